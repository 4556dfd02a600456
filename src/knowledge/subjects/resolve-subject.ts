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
import { columnNamed, keyOf, type ModelTable, type SchemaModel } from '../model/schema-model.js';

/** Types of keys. Only keys of one kind are compared: of another one '01' and '1', two persons, would be the same. */
const KEY_KINDS = {
  number: 'tinyint smallint int bigint decimal numeric'.split(' '),
  text: 'char varchar nchar nvarchar'.split(' '),
  GUID: ['uniqueidentifier'],
} as const;
type KeyKind = keyof typeof KEY_KINDS;
/** A name that may stand in a statement as it is. */
const COLLATION = /^\w{1,128}$/;
/** As long as a text that isn't `max` can be. */
const STORED = 'nvarchar(4000)';

/** The column by which persons are told apart. What is equal there is one person, in all categories. */
interface SubjectKey {
  readonly table: ModelTable;
  readonly column: ColumnDescription;
  readonly kind: KeyKind;
  /** Undefined for a key that is no text, and where the catalogue doesn't say. */
  readonly collation: string | undefined;
}

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
   * `found` is 2 where the subject's table has several rows of this key.
   */
  readonly keyStatement: string;
  readonly categories: readonly ResolvedCategory[];
}

export interface SubjectParts {
  readonly model: SchemaModel;
  readonly graph: JoinGraph;
  /** The tenant's patterns of protected columns. */
  readonly protectedPatterns: readonly string[];
}

/** Finds the tables and columns of a subject as they are now. Throws Drift when its own table or key is not there. */
export async function resolveSubject(subject: Subject, parts: SubjectParts): Promise<ResolvedSubject> {
  const table = await existing(subject.table, parts.model);
  const column = columnNamed(table, subject.key);
  if (column === undefined) throw new Drift(noColumn(table, subject.key));
  const keyType = keyTypeOf(column, table);
  const kind = kindOf(column) as KeyKind;
  const collation = kind === 'text' ? await parts.model.collation(table, column) : undefined;
  const key: SubjectKey = { table, column, kind, collation };
  const categories: ResolvedCategory[] = [];
  for (const category of subject.categories) categories.push(await resolved(category, key, parts));
  return { keyType, keyStatement: keyStatementOf(key), categories };
}

function keyStatementOf({ table, column }: SubjectKey): string {
  const name = quoteName(column.name);
  const rows = `FROM ${quoted(table)} WHERE ${name} = @id`;
  const stored = `SELECT TOP (1) RTRIM(CONVERT(${STORED}, ${name})) ${rows}`;
  const found = `SELECT COUNT(*) FROM (SELECT TOP (2) 1 AS one ${rows}) AS same`;
  return `SELECT RTRIM(CONVERT(${STORED}, @id)) AS asked, (${stored}) AS stored, (${found}) AS found`;
}

async function resolved(
  category: SubjectCategory,
  subjectKey: SubjectKey,
  parts: SubjectParts,
): Promise<ResolvedCategory> {
  const { name } = category;
  try {
    return { name, part: await partOf(category, subjectKey, parts) };
  } catch (error) {
    if (!(error instanceof Drift)) throw error;
    return { name, drift: error.message };
  }
}

async function partOf(category: SubjectCategory, subjectKey: SubjectKey, parts: SubjectParts): Promise<SubjectPart> {
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
  const key = await keyColumn(category, subjectKey, table, parts);
  return {
    ...about,
    statement: statementOf(table, columns, key, await personIn(key, subjectKey, parts.model)),
    leftOut: out.map(({ name: column }) => column),
    isQuery: false,
  };
}

/** The column that has the person's key: of the table, or of one that joins lead to without multiplying rows. */
async function keyColumn(
  { key, via }: SubjectCategory,
  { table: { schema, name }, column, kind }: SubjectKey,
  table: ModelTable,
  { model, graph }: SubjectParts,
): Promise<ResolvedColumn> {
  const reference = key === undefined ? { parts: [schema, name, column.name] } : referenceOf(key);
  const found = await new Resolution(model, graph, table).column(reference, via);
  const loose = found.way.find(edge => !edge.guaranteed);
  if (loose !== undefined)
    throw new Drift(
      `The join ${loose.name} leads to columns of ${shown(loose.to)} that are no key, so it could give a row twice. Write a query instead.`,
    );
  if (kindOf(found.column) !== kind)
    throw new Drift(
      `${found.column.name} of ${shown(found.table)} is ${typeText(found.column)}, and the key of the subject is a ${kind}. Write a query that converts one of them.`,
    );
  return found;
}

/** The key in a comparison with a column: as the subject's own column compares, wherever another column differs. */
async function personIn({ table, column }: ResolvedColumn, key: SubjectKey, model: SchemaModel): Promise<string> {
  const { collation } = key;
  const isOwn = keyOf(table) === keyOf(key.table) && column.name === key.column.name;
  if (collation === undefined || isOwn || (await model.collation(table, column)) === collation) return '@id';
  if (!COLLATION.test(collation)) throw new Drift(`The collation of ${key.column.name} has no usable name.`);
  return `@id COLLATE ${collation}`;
}

function statementOf(
  table: ModelTable,
  columns: readonly ColumnDescription[],
  key: ResolvedColumn,
  person: string,
): string {
  const joins = new JoinPlan(table);
  const where = `${joins.column(key)} = ${person}`;
  const [order] = table.uniqueKeys;
  return [
    `SELECT ${columns.map(({ name }) => `t0.${quoteName(name)}`).join(', ')}`,
    joins.sql,
    `WHERE ${where}`,
    ...(order === undefined ? [] : [`ORDER BY ${order.map(name => `t0.${quoteName(name)}`).join(', ')}`]),
  ].join('\n');
}

function kindOf({ type }: ColumnDescription): KeyKind | undefined {
  return (Object.keys(KEY_KINDS) as KeyKind[]).find(kind => (KEY_KINDS[kind] as readonly string[]).includes(type));
}

function keyTypeOf(column: ColumnDescription, table: ModelTable): string {
  const written = typeText(column);
  const type = readParameterType(written);
  if (kindOf(column) !== undefined && !('fault' in type)) return type.declaration;
  throw new Drift(`The key ${column.name} of ${shown(table)} is ${written}. A key is a number, a text or a GUID.`);
}
