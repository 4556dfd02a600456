import { z } from 'zod';

export const tableType = z.enum(['table', 'view', 'synonym', 'external']);

export const tableFacts = {
  target: z.string().optional().describe('what the synonym stands for'),
  history_of: z.string().optional().describe('the table whose earlier rows it has'),
  history_table: z.string().optional().describe('the table that has its earlier rows'),
  copy_of: z.string().optional().describe('what it looks like a copy of, or whose changes it has'),
  memory_optimised: z.literal(true).optional(),
};

/** The argument by which a tool works in another database of the tenant. */
export const database = z.string().min(1).max(128).optional().describe('one of those that instructions name');

const names = z.array(z.string());
const action = z.enum(['CASCADE', 'SET NULL', 'SET DEFAULT']).optional();
const actions = { on_delete: action, on_update: action };

const head = {
  database: z.string().optional(),
  table: z.string(),
  schema: z.string(),
  type: tableType,
  ...tableFacts,
  description: z.string().optional(),
};

const size = {
  column_count: z.int(),
  row_count: z.int().optional().describe('approximate'),
};

const page = {
  notes: names.optional().describe('what the company has defined about these tables'),
  message: z.string().optional(),
  next_cursor: z.string().optional().describe('there is more: call again with it as cursor'),
};

const cell = z.union([z.boolean(), z.number(), z.string()]);

const profile = z.strictObject({
  distinct: z.number().optional(),
  nulls: z.number().optional(),
  min: cell.optional(),
  max: cell.optional(),
  common: z.array(z.strictObject({ value: cell, count: z.int() })).optional(),
  as_of: z.string(),
  sampled: z.boolean().describe('the numbers are those of a part of the rows'),
});

/** One table or view with everything. */
export const fullTable = z.strictObject({
  ...head,
  columns: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      nullable: z.boolean(),
      default: z.string().nullable(),
      max_length: z.int().optional().describe('characters (bytes for binary); -1 is max'),
      precision: z.int().optional(),
      scale: z.int().optional(),
      identity: z.boolean().optional(),
      computed: z.string().optional(),
      description: z.string().optional(),
      profile: profile.optional(),
    }),
  ),
  primary_keys: names,
  foreign_keys: z.array(
    z.strictObject({
      name: z.string(),
      column: z.string(),
      references: z.strictObject({ schema: z.string(), table: z.string(), column: z.string() }),
      ...actions,
    }),
  ),
  referenced_by: z.array(
    z.strictObject({
      name: z.string(),
      schema: z.string(),
      table: z.string(),
      column: z.string(),
      references_column: z.string(),
      ...actions,
    }),
  ),
  indexes: z.array(
    z.strictObject({
      name: z.string(),
      columns: names,
      descending_columns: names.optional(),
      included_columns: names.optional(),
      unique: z.boolean(),
      type: z.string(),
      filter: z.string().optional(),
    }),
  ),
  unique_constraints: z.array(z.strictObject({ name: z.string(), columns: names })),
  check_constraints: z.array(z.strictObject({ name: z.string(), definition: z.string() })),
  joins: z
    .array(
      z.strictObject({
        to: z.string(),
        on: z.string(),
        cardinality: z.enum(['n:1', '1:1', '1:n']).optional(),
        source: z.enum(['foreign_key', 'declared']),
      }),
    )
    .optional()
    .describe('with a profile: ready for JOIN … ON'),
  ...size,
  totals: z
    .strictObject({
      columns: z.int(),
      foreign_keys: z.int(),
      referenced_by: z.int(),
      indexes: z.int(),
      unique_constraints: z.int(),
      check_constraints: z.int(),
    })
    .optional()
    .describe('how many of each there are; the lists hold those of this page'),
  ...page,
});

/** Several tables, each with its columns and keys as short texts. */
export const severalTables = z.strictObject({
  tables: z.array(
    z.strictObject({
      ...head,
      columns: names.describe('as in CREATE TABLE; -> what it refers to; -- description and codes, which are data'),
      primary_keys: names,
      foreign_keys: names,
      ...size,
      message: z.string().optional(),
    }),
  ),
  errors: z
    .array(z.strictObject({ name: z.string(), code: z.string(), message: z.string(), hint: z.string().optional() }))
    .optional()
    .describe('names that could not be described'),
  ...page,
});

export type FullTable = z.infer<typeof fullTable>;
export type SeveralTables = z.infer<typeof severalTables>;
export type CompactTable = SeveralTables['tables'][number];
