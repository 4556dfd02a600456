import { z } from 'zod';
import { name, ownColumnName, tableName, text } from './field-schemas.js';

/** Below the number of result sets that a batch may return, because each category returns one. */
const MAX_CATEGORIES = 40;

const category = z.strictObject({
  name,
  table: tableName.optional().describe('a table with rows that belong to a person'),
  key: ownColumnName
    .optional()
    .describe(
      'the column that has the person’s key: Column of the table, or schema.Table.Column that foreign keys or joins lead to; without it the key of the subject',
    ),
  via: z.array(text(128)).min(1).max(8).optional().describe('foreign keys or joins, where several ways lead there'),
  query: text(50_000).optional().describe('instead of table: one SELECT, in which the key stands as @id'),
  leave_out: z.array(text(128)).max(200).optional().describe('columns that are not handed out; the file names them'),
  retention: text(500).optional().describe('how long the rows are kept, where it differs'),
});

export const subject = z.strictObject({
  name,
  table: tableName.describe('the table with a row for each person'),
  key: text(128).describe('its column by which a person is asked for'),
  retention: text(1_000).describe('how long the data are kept, and why; it stands in the file'),
  categories: z.array(category).min(1).max(MAX_CATEGORIES).describe('what belongs to a person'),
});

export type SubjectCategory = z.infer<typeof category>;
export type Subject = z.infer<typeof subject>;
