import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import type { CellValue } from '../../database/driver/result-set.js';
import { shownName } from '../../database/object-name.js';
import { QueryService } from '../../database/query/query.service.js';
import type { DocumentRows, KnowledgeDocument } from '../../knowledge/file/definitions.js';
import type { KnowledgeView } from '../../knowledge/knowledge-view.js';
import { tableOf } from '../../knowledge/model/schema-model.js';
import type { ToolCall } from '../tool.js';
import {
  type DocumentStatement,
  documentWords,
  fullTextStatement,
  likeStatement,
  rowStatement,
} from './document-sql.js';
import { canBeKey, type DocumentSource, documentSource } from './document-source.js';
import { FullTextColumns } from './full-text-columns.js';
import { type ItemText, unknownItem } from './item.js';
import { cutToBytes } from './item-texts.js';

/** A row that a search found. */
export interface FoundRow {
  /** The title of the entry in the knowledge file. */
  readonly document: string;
  readonly key: string;
  readonly title: string;
}

/** Tables of texts that one search reads. */
const MAX_SOURCES = 10;
/** How long all of them may take together; the answer has what was found by then. */
const LIMIT_MS = 10_000;
/** The part of MAX_RESULT_BYTES that a text may take: JSON needs escapes, and the item has a frame. */
const TEXT_SHARE = 0.8;

/**
 * Finds and reads rows of the tables that the knowledge file declares as texts. The statements are the person's own: the
 * policy judges them, row-level security applies, the tenant's limits hold, and they are audited.
 */
@Injectable()
export class Documents {
  constructor(
    private readonly catalog: CatalogService,
    private readonly queries: QueryService,
    private readonly fullText: FullTextColumns,
  ) {}

  /** Of each table in turn the best rows first. A table that can't be read now has none. */
  async search(query: string, view: KnowledgeView, call: ToolCall): Promise<readonly FoundRow[]> {
    const words = documentWords(query);
    if (words.length === 0) return [];
    const bounded = { ...call, signal: AbortSignal.any([call.signal, AbortSignal.timeout(LIMIT_MS)]) };
    const found: FoundRow[][] = [];
    for (const { title, rows } of declared(view).slice(0, MAX_SOURCES)) {
      if (bounded.signal.aborted) break;
      const cells = await this.rowsIn(rows, words, bounded).catch((error: unknown) => {
        if (call.signal.aborted || !isExpected(error)) throw error;
        return [];
      });
      found.push(cells.map(([key, text]) => ({ document: title, key: String(key), title: titled(text, title, key) })));
    }
    return inTurn(found);
  }

  /** Throws AppError INVALID_ARGUMENT for a row that doesn't exist or that the person may not read. */
  async read(document: string, key: string, view: KnowledgeView, call: ToolCall): Promise<ItemText> {
    const entry = declared(view).find(({ title }) => title === document);
    const source = entry && (await this.sourceOf(entry.rows, call));
    if (source === undefined || !canBeKey(source.keyType, key)) throw unknownItem();
    const maxBytes = Math.floor(call.tenant.config.limits.maxResultBytes * TEXT_SHARE);
    const { rows, cutCells } = await this.run(rowStatement(source, key), call, maxBytes);
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw unknownItem();
    const parts = source.texts.map((name, i) => partOf(name, row[i + 1], source.texts.length > 1));
    const whole = parts.filter(part => part !== '').join('\n\n');
    const text = cutToBytes(whole, maxBytes, cutCells === 0);
    const { schema, table } = source.table;
    return {
      title: titled(row[0], document, key),
      text,
      metadata: {
        kind: 'document',
        source: document,
        table: shownName(schema, table),
        ...(cutCells > 0 || text !== whole ? { truncated: 'true' } : {}),
      },
    };
  }

  private async sourceOf(rows: DocumentRows, call: ToolCall): Promise<DocumentSource | undefined> {
    const table = await this.catalog.table(call.tenant, tableOf(rows.table), lookupFor(call));
    return documentSource(rows, table, call.tenant.config.protectedColumns);
  }

  private async rowsIn(
    declaredRows: DocumentRows,
    words: readonly string[],
    call: ToolCall,
  ): Promise<readonly (readonly CellValue[])[]> {
    const source = await this.sourceOf(declaredRows, call);
    if (source === undefined) return [];
    const indexed = await this.fullText.of(source, call);
    if (indexed.length > 0) {
      try {
        return (await this.run(fullTextStatement(source, words, indexed), call)).rows;
      } catch (error) {
        // Such as full-text search that is not installed, or an index that is being made.
        if (!(error instanceof AppError) || error.code !== 'SQL_ERROR') throw error;
      }
    }
    return (await this.run(likeStatement(source, words), call)).rows;
  }

  /** Long texts are cut, so that at most two rows of at most nine cells need no further limit. */
  private async run({ query, parameters }: DocumentStatement, call: ToolCall, maxCellBytes?: number) {
    const quiet = { ...call, progress: () => {} };
    const { resultSets, cutCells } = await this.queries.read(query, quiet, {
      parameters,
      maxCellBytes,
      measureRow: () => 1,
    });
    return { rows: resultSets[0]?.rows ?? [], cutCells };
  }
}

type Declared = KnowledgeDocument & { readonly rows: DocumentRows };

function declared({ documents }: KnowledgeView): readonly Declared[] {
  return documents.filter((document): document is Declared => document.rows !== undefined);
}

function titled(cell: CellValue | undefined, document: string, key: CellValue | undefined): string {
  const title = String(cell ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return title === '' ? `${document} ${String(key)}` : title;
}

function partOf(column: string, cell: CellValue | undefined, named: boolean): string {
  const text = String(cell ?? '').trim();
  return text === '' || !named ? text : `${column}:\n${text}`;
}

/** The first of each list, then the second of each. */
function inTurn<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(list => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap(list => list.slice(i, i + 1))).flat();
}

function isExpected(error: unknown): boolean {
  return error instanceof AppError && error.code !== 'INTERNAL';
}
