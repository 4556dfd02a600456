import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { limitsObjects } from '../../database/access.js';
import type { CellValue } from '../../database/driver/result-set.js';
import { CatalogService } from '../../database/catalog/catalog.service.js';
import { StatementBatch } from '../../database/policy/statement-batch.js';
import { type QueryParameters, QueryService } from '../../database/query/query.service.js';
import type { SubjectOrder, SubjectPart } from '../../export/export-order.js';
import { fileNameOf } from '../../export/file-name.js';
import type { Subject } from '../../knowledge/file/subject-definitions.js';
import { KnowledgeService } from '../../knowledge/knowledge.service.js';
import { unknownDefinition } from '../../knowledge/metrics/metric-request.js';
import { orderBasis } from '../../knowledge/order-basis.js';
import { JoinGraph } from '../../knowledge/model/join-graph.js';
import { Drift } from '../../knowledge/model/resolution.js';
import { SchemaModel } from '../../knowledge/model/schema-model.js';
import { resolveSubject, type ResolvedSubject } from '../../knowledge/subjects/resolve-subject.js';
import type { ToolCall } from '../tool.js';

/** 4,000 characters, of which none has more than 4 bytes. */
const MAX_KEY_BYTES = 16_000;

/** Makes the order for a person's data from the definitions and the database as they are now. */
@Injectable()
export class SubjectOrders {
  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly catalog: CatalogService,
    private readonly queries: QueryService,
  ) {}

  /** Throws AppError UNKNOWN_DEFINITION, INVALID_ARGUMENT for an id that the key can't have, and those of the catalogue. */
  async order(name: string, id: string | number, call: ToolCall): Promise<SubjectOrder> {
    const knowledge = this.knowledge.of(call.tenant);
    const subjects = knowledge?.definitions.subjects ?? [];
    const subject = subjects.find(each => each.name === name.trim().toLowerCase());
    if (subject === undefined || knowledge === undefined) {
      const names = subjects.map(each => each.name);
      throw unknownDefinition('subject', name, names);
    }
    const model = new SchemaModel(this.catalog, call.tenant, call.signal);
    const graph = new JoinGraph(model, knowledge.definitions.joins);
    const protectedPatterns = call.tenant.config.protectedColumns;
    const resolved = await resolveSubject(subject, { model, graph, protectedPatterns }).catch((error: unknown) => {
      throw error instanceof Drift ? drifted(subject, error.message, call) : error;
    });
    const parts = partsOf(subject, resolved, call);
    const given = { id: { type: resolved.keyType, value: id } };
    const { asked, stored, found } = await this.keyOf(resolved, given, call);
    if (/^(?:var)?char/.test(resolved.keyType) && asked !== String(id).replace(/ +$/, '')) throw unstorable(resolved);
    if (found > 1) throw drifted(subject, `several rows of ${subject.table} have this ${subject.key}`, call);
    // Queries may compare it with columns that distinguish spellings which are one person here.
    const parameters = stored === undefined ? given : { id: { type: resolved.keyType, value: stored } };
    const statements = parts.map(({ statement }) => statement);
    return {
      dataSubject: {
        name: subject.name,
        id: stored ?? String(id),
        requestedAt: new Date().toISOString(),
        retention: subject.retention,
        parts,
      },
      statement: new StatementBatch(statements, '').given,
      parameters,
      format: 'json',
      // Without the id: the trail and the pages of links have the name of the file.
      fileName: fileNameOf(`${subject.name}-data`, 'json'),
      basis: orderBasis(call.tenant, knowledge),
    };
  }

  /** See ResolvedSubject. `stored` is undefined for a person whom the subject's table doesn't have (any more). */
  private async keyOf(
    { keyStatement }: ResolvedSubject,
    parameters: QueryParameters,
    call: ToolCall,
  ): Promise<{ readonly asked: string | undefined; readonly stored: string | undefined; readonly found: number }> {
    const options = { parameters, maxRows: 1, maxCellBytes: MAX_KEY_BYTES };
    const { resultSets } = await this.queries.read(keyStatement, call, options);
    const [asked, stored, found] = resultSets[0]?.rows[0] ?? [];
    return { asked: textOf(asked), stored: textOf(stored), found: Number(found) };
  }
}

function textOf(cell: CellValue | undefined): string | undefined {
  return typeof cell === 'string' ? cell : undefined;
}

function unstorable({ keyType }: ResolvedSubject): AppError {
  return new AppError('INVALID_ARGUMENT', `id: it has characters that ${keyType} cannot store in this database.`, {
    hint: 'Check the id: no person has it. SQL Server would change it, perhaps into the id of another person.',
    details: { parameter: 'id' },
  });
}

/** All of them: a file without a category would look whole. */
function partsOf(subject: Subject, { categories }: ResolvedSubject, call: ToolCall): readonly SubjectPart[] {
  return categories.map(({ name, part, drift }) => {
    if (part === undefined) throw drifted(subject, `${name}: ${drift}`, call);
    return part;
  });
}

/** The reason names tables, which a person with limits may not know. */
function drifted({ name }: Subject, reason: string, { principal }: ToolCall): AppError {
  const shown = limitsObjects(principal.access) ? '.' : `: ${reason}`;
  return new AppError('UNKNOWN_DEFINITION', `The subject ${name} no longer fits the database${shown}`, {
    hint: 'An administrator must correct it in the knowledge file. Until then nothing is handed out, because it would not be all.',
  });
}
