import type * as ast from '../../../parser/ast.ts';
import { parseBatch } from '../../../parser/parse.ts';
import type {
  BindContext,
  IndexDefinition,
  ResolvedSource,
  StoredRow,
  StoredTable,
} from '../../binder/bind-context.ts';
import type { Ticker } from '../../contracts.ts';
import type { SqlType, Value } from '../../sql-type.ts';
import { typeFromName } from '../../types.ts';
import { compileQuery } from '../compile-query.ts';
import type { CompiledQuery } from '../compiled-query.ts';
import { rowKeyFor } from '../row-keys.ts';
import { type Row, drain } from '../row-source.ts';

/** A table in memory, with what the query executor asks of one. */
export function fakeTable(
  name: string,
  columns: Readonly<Record<string, SqlType>>,
  rows: readonly Row[],
  primaryKey?: readonly string[],
): StoredTable & { scans: number; seeks: number } {
  const names = Object.keys(columns);
  const definitions = names.map((column, i) => ({
    name: column,
    columnId: i + 1,
    type: columns[column]!,
    nullable: !primaryKey?.includes(column),
  }));
  const stored: StoredRow[] = rows.map((values, id) => ({ id, values }));
  const key = (primaryKey ?? []).map(column => names.indexOf(column));
  const index = {
    indexId: 1,
    name: `PK_${name}`,
    unique: true,
    clustered: true,
    key: key.map(ordinal => ({ ordinal, descending: false })),
    included: [],
    disabled: false,
    ignoreDuplicateKey: false,
    fillFactor: 0,
  } as IndexDefinition;
  const keyOf = key.length > 0 ? rowKeyFor(key.map(i => definitions[i]!.type)) : () => 0;
  const byKey = new Map(stored.map(row => [keyOf(key.map(i => row.values[i]!)), row]));
  const table = {
    kind: 'table',
    lifetime: 'permanent',
    objectId: 1,
    schema: 'dbo',
    name,
    columns: definitions,
    indexes: key.length > 0 ? [index] : [],
    checks: [],
    foreignKeys: [],
    rowCount: rows.length,
    created: 0n,
    modified: 0n,
    scans: 0,
    seeks: 0,
    ordinalOf: (column: string) => names.findIndex(n => n.toLowerCase() === column.toLowerCase()),
    scan() {
      table.scans++;
      return stored;
    },
    seek(_index: IndexDefinition, values: readonly Value[]) {
      table.seeks++;
      const row = byKey.get(keyOf(values));
      return row ? [row] : [];
    },
    row: (id: number) => stored[id],
  };
  return table as unknown as StoredTable & { scans: number; seeks: number };
}

export interface FakeDatabase {
  readonly tables: readonly StoredTable[];
  readonly views?: Readonly<Record<string, string>>;
  readonly functions?: Readonly<
    Record<
      string,
      { readonly parameters: readonly { readonly name: string; readonly type: SqlType }[]; readonly query: string }
    >
  >;
  readonly variables?: Readonly<Record<string, { readonly type: SqlType; readonly value: Value }>>;
  readonly filters?: BindContext['rowFilters'];
}

export function fakeContext(database: FakeDatabase): BindContext {
  const context: BindContext = {
    resolveSource(name): ResolvedSource | undefined {
      const last = name[name.length - 1]!.toLowerCase();
      const table = database.tables.find(t => t.name.toLowerCase() === last);
      if (table) return { kind: 'table', objectId: table.objectId, schema: 'dbo', name: table.name, table };
      const view = Object.entries(database.views ?? {}).find(([key]) => key.toLowerCase() === last);
      return view && { kind: 'view', objectId: 2, schema: 'dbo', name: view[0], query: queryOf(view[1]), context };
    },
    resolveTableFunction(name) {
      const found = database.functions?.[name[name.length - 1]!];
      return (
        found && {
          kind: 'inline-function',
          objectId: 3,
          schema: 'dbo',
          name: name[name.length - 1]!,
          parameters: found.parameters,
          query: queryOf(found.query),
          context,
        }
      );
    },
    resolveScalarFunction: () => undefined,
    resolveSequence: () => undefined,
    variable(name) {
      const found = database.variables?.[name];
      return found && { type: found.type, get: () => found.value };
    },
    resolveType: type =>
      typeFromName(
        type.name,
        type.args.map(arg => (arg === -1 ? 'max' : arg)),
      ),
    functions: { statementTime: () => 0n, statementNumber: () => 1 } as unknown as BindContext['functions'],
    checkPermission: () => undefined,
    ...(database.filters ? { rowFilters: database.filters } : {}),
  };
  return context;
}

function queryOf(text: string): ast.Query {
  const [statement] = parseBatch(text);
  if (statement?.kind !== 'select statement') throw new Error(`Not a query: ${text}`);
  return statement.query;
}

export const STILL: Ticker = { tick: () => false };

export const compile = (text: string, context: BindContext): CompiledQuery => compileQuery(queryOf(text), context);

/** All rows of a query, values as they stand in the engine. */
export const rowsOfQuery = (text: string, context: BindContext): Row[] =>
  drain(compile(text, context).run(null, STILL));
