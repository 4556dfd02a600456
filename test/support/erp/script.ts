import type { ErpColumn, ErpModel, ErpTable } from './erp-model.js';

const quote = (name: string): string => `[${name}]`;
const text = (value: string): string => `N'${value.replaceAll("'", "''")}'`;
const nameOf = ({ schema, name }: Pick<ErpTable, 'schema' | 'name'>): string => `${quote(schema)}.${quote(name)}`;

/**
 * The batches that create the tables with their keys, descriptions and rows. A foreign key does not check the rows that
 * are there (WITH NOCHECK), because only lookup tables and a few others have rows. Query Store then remembers the queries.
 */
export function erpBatches({ tables, queries }: ErpModel): readonly string[] {
  const schemas = [...new Set(tables.map(({ schema }) => schema))].filter(schema => schema !== 'dbo');
  return [
    ...schemas.map(schema => `CREATE SCHEMA ${quote(schema)}`),
    ...inBatches(tables.map(createTable)),
    ...inBatches(tables.flatMap(insertRows)),
    ...inBatches(tables.flatMap(addForeignKeys)),
    ...inBatches(tables.flatMap(addDescriptions)),
    ...inBatches(tables.flatMap(addStatistics)),
    'ALTER DATABASE CURRENT SET QUERY_STORE = ON',
    ...queries,
    ...queries,
    'ALTER DATABASE CURRENT SET QUERY_STORE = OFF',
  ];
}

function createTable(table: ErpTable): string {
  const keys = table.columns.filter(({ key }) => key).map(({ name }) => quote(name));
  const columns = table.columns.map(
    ({ name, type, key, nullable }) => `${quote(name)} ${type}${nullable && !key ? ' NULL' : ' NOT NULL'}`,
  );
  const primary = `CONSTRAINT ${quote(`PK_${table.schema}_${table.name}`)} PRIMARY KEY (${keys.join(', ')})`;
  return `CREATE TABLE ${nameOf(table)} (${[...columns, primary].join(', ')});`;
}

function insertRows(table: ErpTable): readonly string[] {
  return table.rows.map(row => {
    const columns = table.columns.slice(0, Math.max(row.length, table.columns.filter(isRequired).length));
    const rest = table.columns.slice(columns.length).filter(isRequired);
    const values = [
      ...columns.map((column, i) => valueOf(column, row[i])),
      ...rest.map(column => valueOf(column, undefined)),
    ];
    const names = [...columns, ...rest].map(({ name }) => quote(name));
    return `INSERT ${nameOf(table)} (${names.join(', ')}) VALUES (${values.join(', ')});`;
  });
}

const isRequired = ({ nullable }: ErpColumn): boolean => !nullable;

function valueOf({ type, nullable }: ErpColumn, value: string | undefined): string {
  if (value !== undefined && value !== '') return text(value);
  if (nullable) return 'NULL';
  return /char/.test(type) ? "N''" : /date|time/.test(type) ? "'2026-01-01'" : '0';
}

function addForeignKeys(table: ErpTable): readonly string[] {
  return table.foreignKeys.map(({ columns, target, targetColumns }, i) => {
    const [schema = '', name = ''] = target.split('.');
    const constraint = quote(`FK_${table.schema}_${table.name}_${i + 1}`);
    return `ALTER TABLE ${nameOf(table)} WITH NOCHECK ADD CONSTRAINT ${constraint} FOREIGN KEY (${columns.map(quote).join(', ')}) REFERENCES ${nameOf({ schema, name })} (${targetColumns.map(quote).join(', ')});`;
  });
}

function addDescriptions(table: ErpTable): readonly string[] {
  const add = (value: string, column?: string): string =>
    `EXEC sys.sp_addextendedproperty N'MS_Description', ${text(value)}, N'SCHEMA', ${text(table.schema)}, N'TABLE', ${text(table.name)}${column === undefined ? '' : `, N'COLUMN', ${text(column)}`};`;
  return [
    ...(table.description === undefined ? [] : [add(table.description)]),
    ...table.columns.flatMap(({ name, description }) => (description === undefined ? [] : [add(description, name)])),
  ];
}

/** The sizes of the model, and statistics on the texts of tables that are too large to be read as lookup tables. */
function addStatistics(table: ErpTable): readonly string[] {
  const isRead = table.rows.length === 0 || table.rowCount <= 5_000;
  const texts = isRead ? [] : table.columns.filter(({ type, key }) => type.startsWith('nvarchar') && !key);
  return [
    ...texts.map(
      ({ name }) => `CREATE STATISTICS ${quote(`S_${name}`)} ON ${nameOf(table)} (${quote(name)}) WITH FULLSCAN;`,
    ),
    `UPDATE STATISTICS ${nameOf(table)} WITH ROWCOUNT = ${table.rowCount};`,
  ];
}

const STATEMENTS_PER_BATCH = 100;

function inBatches(statements: readonly string[]): readonly string[] {
  const batches = [];
  for (let at = 0; at < statements.length; at += STATEMENTS_PER_BATCH)
    batches.push(statements.slice(at, at + STATEMENTS_PER_BATCH).join('\n'));
  return batches;
}
