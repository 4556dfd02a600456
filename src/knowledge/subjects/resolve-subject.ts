import { protectedColumns } from '../../common/column-patterns.js';
import type { ColumnDescription } from '../../database/catalog/catalog.types.js';
import { typeText } from '../../database/catalog/type-text.js';
import { readParameterType } from '../../database/driver/parameter-types.js';
import { quoteName } from '../../database/object-name.js';
import type { SubjectPart } from '../../export/export-order.js';
import type { Subject, SubjectCategory } from '../file/subject-definitions.js';
import { JoinPlan } from '../metrics/join-plan.js';
import type { JoinGraph } from '../model/join-graph.js';
import { Drift, noColumn, quoted, Resolution, type ResolvedColumn, shown } from '../model/resolution.js';
import { existing, referenceOf } from '../model/resolve-metric.js';
import { columnNamed, type ModelTable, type SchemaModel, tableOf } from '../model/schema-model.js';

const KEY_TYPES: ReadonlySet<string> = new Set(
  'tinyint smallint int bigint decimal numeric char varchar nchar nvarchar uniqueidentifier'.split(' '),
);

/** A category of a person's data, ready to run with the parameter `@id`; or why it does not fit the database. */
export type ResolvedCategory =
  | { readonly name: string; readonly part: SubjectPart; readonly drift?: undefined }
  | { readonly name: string; readonly part?: undefined; readonly drift: string };

export interface ResolvedSubject {
  /** The SQL type of `@id`. */
  readonly keyType: string;
  /**
   * Returns one row. `asked` is the id as its type has it: a varchar turns characters that its code page lacks into others.
   * `stored` is the key as the database has it, because a person may be asked for in several spellings; NULL for nobody.
   */
  readonly keyStatement: string;
  readonly categories: readonly ResolvedCategory[];
}

export interface SubjectParts {
  readonly model: SchemaModel;
  readonly graph: JoinGraph;
  /** The tenant's patterns of columns that never leave. */
  readonly protectedPatterns: readonly string[];
}

/** Finds the tables and columns of a subject as they are now. Throws Drift when its own table or key is not there. */
export async function resolveSubject(subject: Subject, parts: SubjectParts): Promise<ResolvedSubject> {
  const table = await existing(subject.table, parts.model);
  const key = columnNamed(table, subject.key);
  if (key === undefined) throw new Drift(noColumn(table, subject.key));
  const keyType = keyTypeOf(key, table);
  const categories: ResolvedCategory[] = [];
  for (const category of subject.categories) categories.push(await resolved(category, subject, parts));
  const column = quoteName(key.name);
  const stored = `SELECT TOP (1) RTRIM(CONVERT(nvarchar(450), ${column})) FROM ${quoted(table)} WHERE ${column} = @id`;
  const keyStatement = `SELECT RTRIM(CONVERT(nvarchar(450), @id)) AS asked, (${stored}) AS stored`;
  return { keyType, keyStatement, categories };
}

async function resolved(category: SubjectCategory, subject: Subject, parts: SubjectParts): Promise<ResolvedCategory> {
  const { name } = category;
  try {
    return { name, part: await partOf(category, subject, parts) };
  } catch (error) {
    if (!(error instanceof Drift)) throw error;
    return { name, drift: error.message };
  }
}

async function partOf(category: SubjectCategory, subject: Subject, parts: SubjectParts): Promise<SubjectPart> {
  const { name, table: written, query, leave_out: leaveOut = [], retention } = category;
  const about = { category: name, ...(retention === undefined ? {} : { retention }) };
  if (query !== undefined || written === undefined)
    return { ...about, statement: query ?? '', leftOut: leaveOut, isQuery: true };
  const table = await existing(written, parts.model);
  const missing = leaveOut.find(column => columnNamed(table, column) === undefined);
  if (missing !== undefined) throw new Drift(noColumn(table, missing));
  const isProtected = protectedColumns(parts.protectedPatterns);
  const leaves = new Set(leaveOut.map(column => column.toLowerCase()));
  const out = table.columns.filter(
    ({ name: column }) =>
      leaves.has(column.toLowerCase()) || isProtected({ schema: table.schema, table: table.name, column }),
  );
  const columns = table.columns.filter(column => !out.includes(column));
  if (columns.length === 0) throw new Drift(`All columns of ${shown(table)} are left out or protected.`);
  const key = await keyColumn(category, subject, table, parts);
  return {
    ...about,
    statement: statementOf(table, columns, key),
    leftOut: out.map(({ name: column }) => column),
    isQuery: false,
  };
}

/** The column that has the person's key: of the table, or of one that joins lead to without multiplying rows. */
async function keyColumn(
  { key, via }: SubjectCategory,
  subject: Subject,
  table: ModelTable,
  { model, graph }: SubjectParts,
): Promise<ResolvedColumn> {
  const { schema, name } = tableOf(subject.table);
  const reference = key === undefined ? { parts: [schema, name, subject.key] } : referenceOf(key);
  const found = await new Resolution(model, graph, table).column(reference, via);
  const loose = found.way.find(edge => !edge.guaranteed);
  if (loose !== undefined)
    throw new Drift(
      `The join ${loose.name} leads to columns of ${shown(loose.to)} that are no key, so it could give a row twice. Write a query instead.`,
    );
  return found;
}

function statementOf(table: ModelTable, columns: readonly ColumnDescription[], key: ResolvedColumn): string {
  const joins = new JoinPlan(table);
  const where = `${joins.column(key)} = @id`;
  const [order] = table.uniqueKeys;
  return [
    `SELECT ${columns.map(({ name }) => `t0.${quoteName(name)}`).join(', ')}`,
    joins.sql,
    `WHERE ${where}`,
    ...(order === undefined ? [] : [`ORDER BY ${order.map(name => `t0.${quoteName(name)}`).join(', ')}`]),
  ].join('\n');
}

function keyTypeOf(column: ColumnDescription, table: ModelTable): string {
  const written = typeText(column);
  const type = readParameterType(written);
  if (KEY_TYPES.has(column.type) && !('fault' in type)) return type.declaration;
  throw new Drift(`The key ${column.name} of ${shown(table)} is ${written}. A key is a number, a text or a GUID.`);
}
