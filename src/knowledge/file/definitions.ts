import { z } from 'zod';
import {
  cacheDuration,
  columnName,
  date,
  metricExpression,
  name,
  ownColumnName,
  procedureName,
  rowExpression,
  sqlType,
  tableName,
  text,
  texts,
  timeZone,
  webAddress,
} from './field-schemas.js';
import { subject } from './subject-definitions.js';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const MAX_ITEMS = 500;
const MAX_TABLES = 50;

const calendar = z.strictObject({
  time_zone: timeZone.default('UTC').describe('the zone in which days begin and end, such as Europe/Berlin'),
  first_day_of_week: z.enum(DAYS).default('monday'),
  fiscal_year_first_month: z.int().min(1).max(12).default(1).describe('1 is January; fiscal quarters begin there too'),
  fiscal_year_named_after: z
    .enum(['start', 'end'])
    .default('end')
    .describe('whether FY2026 is the fiscal year that begins or that ends in 2026'),
});

const term = z.strictObject({
  word: text(100).describe('the word as people say it'),
  synonyms: texts(30).optional(),
  meaning: text(1_000).describe('one or two sentences'),
  columns: z.array(columnName).max(20).optional().describe('the columns that hold it'),
  table: tableName.optional().describe('the table of the condition'),
  condition: rowExpression.optional().describe('a condition over the columns of the table'),
});

const dimension = z.strictObject({
  name,
  synonyms: texts(30).optional(),
  meaning: text(500).optional(),
  column: ownColumnName.optional().describe('Column of the base table, or schema.Table.Column'),
  expression: rowExpression.optional().describe('instead of column: an expression over the columns of a row'),
  via: z
    .array(text(128))
    .min(1)
    .max(8)
    .optional()
    .describe('foreign keys or joins, where several ways lead to the table'),
});

const metric = z.strictObject({
  name,
  title: text(100).optional(),
  synonyms: texts(30).optional(),
  meaning: text(1_000),
  table: tableName.describe('the base table: the metric adds up its rows'),
  expression: metricExpression.describe('of SUM, COUNT, COUNT(DISTINCT …), MIN, MAX, AVG and + - * /'),
  filter: rowExpression.optional().describe('a condition that each row of the metric must meet'),
  dimensions: z.array(dimension).max(60).optional().describe('what the metric can be divided and filtered by'),
  time_column: ownColumnName.optional().describe('the date of a row'),
  time_stored_as: z
    .enum(['local', 'utc'])
    .default('local')
    .describe('local: the column has times of the calendar’s zone; of a datetimeoffset nothing needs to be said'),
  unit: text(40).optional(),
  owner: text(100),
  verified_on: date.optional(),
  cache: cacheDuration.optional().describe('how long an answer may be used again, such as 10m; without it never'),
  same_for_all: z
    .boolean()
    .optional()
    .describe('true: all people see the same rows, although the database or the access rules distinguish them'),
});

const join = z.strictObject({
  name: text(128),
  from: z.union([columnName, z.array(columnName).min(1).max(8)]).describe('one column, or several that are one key'),
  to: z.union([columnName, z.array(columnName).min(1).max(8)]),
  cardinality: z.enum(['many_to_one', 'one_to_one', 'one_to_many', 'many_to_many']),
  meaning: text(500).optional(),
});

const scalar = z.union([z.string().max(4_000), z.number(), z.boolean(), z.null()]);

const parameter = z.strictObject({
  name: text(64).regex(/^[A-Za-z][A-Za-z0-9_]*$/, { error: 'must be a parameter name without @, such as from_date' }),
  type: sqlType.describe('a SQL type, such as date or decimal(19,4)'),
  default: scalar.optional().describe('without a default the parameter must be given'),
  meaning: text(300).optional(),
});

const query = z.strictObject({
  name,
  title: text(100),
  questions: texts(20).min(1).describe('the questions that the query answers, as people ask them'),
  meaning: text(1_000).optional(),
  parameters: z.array(parameter).max(30).optional(),
  sql: text(50_000).describe('one SELECT; values stand in it as @name'),
  owner: text(100),
  verified_on: date,
  as_tool: z.boolean().default(false).describe('a tool and a prompt of its own'),
  evaluate: z
    .enum(['rows', 'columns'])
    .default('rows')
    .describe(
      'what mssql-mcp evaluate compares; columns: the rows change by themselves, such as those of the last hour',
    ),
  cache: cacheDuration.optional().describe('how long an answer may be used again, such as 10m; without it never'),
  same_for_all: z
    .boolean()
    .optional()
    .describe('true: all people see the same rows, although the database or the access rules distinguish them'),
});

const procedure = z.strictObject({
  name: name.describe('the name of the tool'),
  title: text(100),
  procedure: procedureName.describe('the procedure or table function with its schema, such as sales.CloseMonth'),
  questions: texts(20).optional().describe('the questions that it answers, as people ask them'),
  meaning: text(1_000).optional().describe('what it does, and when to call it'),
  parameters: z
    .array(z.strictObject({ name: text(128).describe('without @'), meaning: text(300) }))
    .max(50)
    .optional()
    .describe('what the parameters mean; names, types and defaults come from the database'),
  reads: z
    .boolean()
    .default(false)
    .describe('it only reads: the server reads its text and that of all it uses, and refuses it where that is not so'),
  owner: text(100).optional(),
  verified_on: date.optional(),
});

/** What of a query is judged as SQL. */
export const statement = query.pick({ sql: true, parameters: true });

const documentRows = z.strictObject({
  table: tableName.describe('the table or view whose rows are texts'),
  key: text(128).describe('the column that identifies a row: a whole number, a short text or a uniqueidentifier'),
  title: text(128).describe('the column with the title'),
  text: z.array(text(128)).min(1).max(8).describe('the columns with the text'),
});

const document = z.strictObject({
  title: text(150),
  text: text(4_000).optional(),
  url: webAddress.optional(),
  tables: z.array(tableName).max(MAX_TABLES).optional().describe('what it is about'),
  rows: documentRows.optional().describe('a table of texts, for the tools search and fetch (deep_research)'),
});

const caution = z.strictObject({
  table: tableName.describe('the table to avoid'),
  reason: text(500),
  instead: z.union([tableName, z.array(tableName).min(1).max(5)]).optional(),
});

export const sections = {
  terms: term,
  metrics: metric,
  joins: join,
  queries: query,
  procedures: procedure,
  documents: document,
  subjects: subject,
  caution,
};

const listOf = <S extends z.ZodType>(schema: S) => z.array(schema).max(MAX_ITEMS).default([]);

/** The knowledge file. */
export const knowledge = z.strictObject({
  calendar: calendar.prefault({}).describe('what "last quarter" means'),
  terms: listOf(term).describe('words of the company'),
  metrics: listOf(metric).describe('numbers that have one definition'),
  joins: listOf(join).describe('columns that belong together without a foreign key'),
  queries: listOf(query).describe('verified queries'),
  procedures: listOf(procedure).describe('procedures and table functions that are tools of their own'),
  documents: listOf(document).describe('texts that explain tables'),
  subjects: listOf(subject).describe('what belongs to a person, for access requests (GDPR article 15)'),
  caution: listOf(caution).describe('tables to avoid'),
});

export type Calendar = z.infer<typeof calendar>;
/** The calendar of a file that says nothing of it. */
export const USUAL_CALENDAR: Calendar = calendar.parse({});
export type Term = z.infer<typeof term>;
export type Dimension = z.infer<typeof dimension>;
export type Metric = z.infer<typeof metric>;
export type Join = z.infer<typeof join>;
export type QueryParameter = z.infer<typeof parameter>;
export type VerifiedQuery = z.infer<typeof query>;
export type DeclaredProcedure = z.infer<typeof procedure>;
export type Statement = z.infer<typeof statement>;
export type KnowledgeDocument = z.infer<typeof document>;
export type DocumentRows = z.infer<typeof documentRows>;
export type Caution = z.infer<typeof caution>;
export type Definitions = z.infer<typeof knowledge>;
