import { z } from 'zod';

/** The longest statement, in characters. It is far below the limit of sp_executesql, and nobody needs a longer one. */
const MAX_STATEMENT = 500_000;

const parameterValue = z.union(
  [
    z.null(),
    z.boolean(),
    z.number(),
    z.string(),
    z.strictObject({
      type: z.string().max(60).describe("a SQL type, e.g. 'decimal(19,4)', 'date'"),
      value: z.union([z.null(), z.boolean(), z.number(), z.string()]),
    }),
  ],
  { error: 'expected a text, a number, true or false, null, or {type, value}' },
);

const readFields = {
  query: z.string().min(1).max(MAX_STATEMENT).describe('one T-SQL statement'),
  parameters: z
    .record(z.string().max(128), z.unknown().pipe(parameterValue))
    .optional()
    .describe('values for @name in the query; {type, value} sets the SQL type'),
  max_rows: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe("at most this many rows; the server's limit applies too"),
  format: z.enum(['compact', 'objects', 'csv', 'markdown']).optional(),
  cursor: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('next_cursor of the page before, with the same query and parameters'),
};

export const readInput = z.strictObject(readFields);

export const writeInput = z.strictObject({
  ...readFields,
  dry_run: z.boolean().optional().describe('run it, count the rows it changes, and roll back'),
  confirm_token: z.string().min(1).max(300).optional().describe('from a dry run of the same statement: commits it'),
});
