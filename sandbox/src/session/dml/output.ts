import { bindExpression } from '../../engine/binder/bind-expression.ts';
import { Scope, type ScopeColumn } from '../../engine/binder/scope.ts';
import { PAUSE, type ResultColumn, type Steps } from '../../engine/contracts.ts';
import { notSupported, SqlError } from '../../engine/sql-error.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import { INT, nvarchar } from '../../engine/types.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { ExecutionContext } from '../execution-context.ts';
import type { SessionState } from '../session-state.ts';
import { resolveInsertTarget } from './insert-target.ts';
import { RowInserter } from './row-inserter.ts';
import { type VariableLog, writerFor } from './session-writer.ts';

/** A changed row before and after; `row` holds the columns of FROM. */
export interface ChangedRow {
  readonly deleted: readonly Value[] | null;
  readonly inserted: readonly Value[] | null;
  readonly action: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly row: readonly Value[];
}

interface OutputItem {
  readonly column: ResultColumn;
  evaluate(row: readonly Value[]): Value;
}

interface OutputTarget {
  readonly database: Database;
  readonly table: MemoryTable;
  readonly ordinals: readonly number[];
}

/** An OUTPUT clause, compiled. */
export interface OutputPlan {
  readonly items: readonly OutputItem[];
  readonly into: OutputTarget | undefined;
}

export interface OutputSource {
  readonly table: MemoryTable;
  readonly images: readonly ('inserted' | 'deleted')[];
  /** Columns of FROM, of MERGE's source and target. */
  readonly scope?: Scope;
  readonly action?: boolean;
}

export function compileOutput(
  session: SessionState,
  context: ExecutionContext,
  clauses: readonly ast.OutputClause[],
  source: OutputSource,
): OutputPlan[] {
  return clauses.map(clause => {
    const scope = outputScope(context, source);
    const items = clause.items.flatMap(item => outputItems(item, scope));
    return { items, into: clause.into ? intoTarget(session, context, clause, items.length) : undefined };
  });
}

/** inserted.*, deleted.*, $action, then the columns of FROM. */
function outputScope(context: ExecutionContext, source: OutputSource): Scope {
  const scope = new Scope(context, undefined, source.scope?.compilation);
  for (const image of ['inserted', 'deleted'] as const) {
    const hidden = !source.images.includes(image);
    for (const { name, type, nullable } of source.table.columns) {
      scope.add({ name, qualifier: image, type, nullable: nullable || source.action === true, hidden });
    }
  }
  scope.add({ name: '$action', qualifier: null, type: nvarchar(10), nullable: false, hidden: source.action !== true });
  for (const column of source.scope?.columns ?? []) scope.add(column);
  return scope;
}

function outputItems(item: ast.SelectItem, scope: Scope): OutputItem[] {
  switch (item.kind) {
    case 'assignment':
      throw notSupported('an assignment in OUTPUT', item.line);
    case 'star': {
      const qualifier = item.qualifier?.[item.qualifier.length - 1]?.toLowerCase();
      const found = scope.columns.flatMap((column, i) =>
        !column.hidden && column.name !== null && column.qualifier?.toLowerCase() === qualifier ? [{ column, i }] : [],
      );
      if (qualifier === undefined || found.length === 0) {
        throw new SqlError(
          107,
          `The column prefix '${item.qualifier?.join('.') ?? ''}' does not match with a table name or alias name used in the query.`,
          15,
        );
      }
      return found.map(({ column, i }) => ({ column: resultColumn(column, column.name!), evaluate: row => row[i]! }));
    }
    case 'expression': {
      const bound = bindExpression(item.expression, scope);
      const { expression } = item;
      const name = item.alias ?? (expression.kind === 'column' ? expression.parts[expression.parts.length - 1]! : '');
      const type = bound.type.untypedNull ? INT : bound.type;
      return [{ column: { name, type, nullable: true }, evaluate: row => bound.evaluate({ row, outer: null }) }];
    }
  }
}

const resultColumn = (column: ScopeColumn, name: string): ResultColumn => ({
  name,
  type: column.type,
  nullable: column.nullable,
});

function intoTarget(
  session: SessionState,
  context: ExecutionContext,
  clause: ast.OutputClause,
  count: number,
): OutputTarget {
  const target = resolveInsertTarget(session, context, clause.into!, clause.intoColumns, clause.line);
  if (target.ordinals.length !== count)
    throw new SqlError(213, 'Column name or number of supplied values does not match table definition.');
  if (target.table.foreignKeys.length > 0) {
    throw new SqlError(
      332,
      `The target table '${target.table.name}' of the OUTPUT INTO clause cannot be on either side of a (primary key, foreign key) relationship. Found reference constraint '${target.table.foreignKeys[0]!.name}'.`,
    );
  }
  return target;
}

/** The rows of OUTPUT for the client; rows of OUTPUT INTO are written here. */
export interface OutputRows {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
}

export function* produceOutput(
  session: SessionState,
  plans: readonly OutputPlan[],
  table: MemoryTable,
  changes: readonly ChangedRow[],
  log: VariableLog,
): Steps<OutputRows | undefined> {
  let sent: OutputRows | undefined;
  const nothing = new Array<Value>(table.columns.length).fill(null);
  for (const plan of plans) {
    const rows: (readonly Value[])[] = [];
    for (const change of changes) {
      if (session.ticker.tick()) yield PAUSE;
      const row = [...(change.inserted ?? nothing), ...(change.deleted ?? nothing), change.action, ...change.row];
      rows.push(plan.items.map(item => item.evaluate(row)));
    }
    if (!plan.into) {
      sent = { columns: plan.items.map(item => item.column), rows };
      continue;
    }
    const { database, table: into, ordinals } = plan.into;
    const types: SqlType[] = plan.items.map(item => item.column.type);
    const inserter = new RowInserter(
      session,
      writerFor(session, database, 'INSERT', log),
      database,
      into,
      ordinals,
      types,
    );
    for (const row of rows) inserter.insert(row);
  }
  return sent;
}
