import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import type { TableDescription } from '../../database/catalog/catalog.types.js';
import { shownName, shownPart } from '../../database/object-name.js';
import { KnowledgeNotes } from '../../knowledge/knowledge-notes.js';
import { KnowledgeViews } from '../../knowledge/knowledge-views.js';
import { compactTable } from '../tables/compact-table.js';
import { PAGE_BYTES } from '../tables/page-size.js';
import type { ToolCall } from '../tool.js';
import { Documents } from './documents.js';
import type { ItemName } from './item-id.js';
import { type ItemText, unknownItem } from './item.js';
import { cutToBytes, definitionItem, tableText } from './item-texts.js';

/**
 * Reads an item within what the person may use at this moment. Throws AppError INVALID_ARGUMENT, the same for an item that
 * doesn't exist and for one that the person may not use.
 */
@Injectable()
export class ItemReader {
  constructor(
    private readonly catalog: CatalogService,
    private readonly views: KnowledgeViews,
    private readonly notes: KnowledgeNotes,
    private readonly documents: Documents,
  ) {}

  async read(name: ItemName, call: ToolCall): Promise<ItemText> {
    try {
      return await this.readKnown(name, call);
    } catch (error) {
      // The catalogue would name what is near.
      if (error instanceof AppError && NOT_THERE.has(error.code)) throw unknownItem();
      throw error;
    }
  }

  private async readKnown(name: ItemName, call: ToolCall): Promise<ItemText> {
    switch (name.kind) {
      case 'table':
        return this.table(await this.find(name, call), call);
      case 'column':
        return columnItem(await this.find(name, call), name.column);
      case 'definition':
        return (await this.definition(name.type, name.name, call)) ?? Promise.reject(unknownItem());
      case 'row': {
        const view = await this.views.proved(call);
        if (view === undefined) throw unknownItem();
        return this.documents.read(name.document, name.key, view, call);
      }
      default:
        return name satisfies never;
    }
  }

  private find({ schema, name }: { schema: string; name: string }, call: ToolCall): Promise<TableDescription> {
    if (schema === '' || name === '') throw unknownItem();
    return this.catalog.table(call.tenant, { schema, name }, lookupFor(call));
  }

  private table(table: TableDescription, call: ToolCall): ItemText {
    const { schema, table: name, type } = table;
    const notes = this.notes.forTables(call, [{ schema, name }]);
    return cut({
      title: shownName(schema, name),
      text: tableText(compactTable(table), notes),
      metadata: { kind: type },
    });
  }

  private async definition(type: string, name: string, call: ToolCall): Promise<ItemText | undefined> {
    const view = await this.views.proved(call);
    const found = view && definitionItem(view, type, name);
    return found && cut(found);
  }
}

const NOT_THERE: ReadonlySet<string> = new Set(['UNKNOWN_TABLE', 'AMBIGUOUS_TABLE', 'UNKNOWN_SCHEMA']);

function columnItem(table: TableDescription, wanted: string): ItemText {
  const at = table.columns.findIndex(({ name }) => name === wanted);
  const line = compactTable(table).columns[at];
  if (line === undefined) throw unknownItem();
  const place = shownName(table.schema, table.table);
  return cut({
    title: `${place}.${shownPart(wanted)}`,
    text: `A column of the ${table.type} ${place}:\n${line}`,
    metadata: { kind: 'column', table: place },
  });
}

function cut(item: ItemText): ItemText {
  const text = cutToBytes(item.text, PAGE_BYTES);
  return text === item.text ? item : { ...item, text, metadata: { ...item.metadata, truncated: 'true' } };
}
