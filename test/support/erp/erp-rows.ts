import type { SchemaRows } from '../../../src/search/catalog/schema-builder.js';
import type { ErpModel } from './erp-model.js';

/** The rows that the queries of the schema reader return for the ERP, for a measurement without a database. */
export function erpRows({ tables }: ErpModel): SchemaRows {
  const ids = new Map(tables.map(({ schema, name }, i) => [`${schema}.${name}`, 1_000 + i]));
  const columnId = (table: string, column: string): number => {
    const found = tables[(ids.get(table) ?? 0) - 1_000];
    return 1 + (found?.columns.findIndex(({ name }) => name === column) ?? -1);
  };
  const each = tables.map((table, i) => ({ table, id: 1_000 + i, name: `${table.schema}.${table.name}` }));
  return {
    objects: each.map(({ table, id }) => [
      id,
      table.schema,
      table.name,
      'U ',
      table.rowCount,
      table.description ?? null,
    ]),
    columns: [
      each.flatMap(({ table, id }) =>
        table.columns.map(({ name, type, nullable }, i) => [id, i + 1, name, type.replace(/\(.*/, ''), nullable, 0]),
      ),
    ],
    parameters: [],
    descriptions: each.flatMap(({ table, id }) =>
      table.columns.flatMap(({ description }, i) => (description === undefined ? [] : [[id, i + 1, description]])),
    ),
    keys: each.flatMap(({ table, id }) => table.columns.flatMap(({ key }, i) => (key ? [[id, 1, true, i + 1]] : []))),
    foreignKeys: each.flatMap(({ table, id, name }) =>
      table.foreignKeys.flatMap(({ columns, target, targetColumns }, key) =>
        columns.map((column, i) => [
          id * 100 + key,
          `FK_${key}`,
          id,
          columnId(name, column),
          ids.get(target) ?? 0,
          columnId(target, targetColumns[i] ?? ''),
        ]),
      ),
    ),
    cut: false,
  };
}
