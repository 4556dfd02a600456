import { z } from 'zod';
import type { ModuleText, ObjectDescription } from '../../database/catalog/objects/object.types.js';
import type { Page } from './full-table.js';
import { bytesOf, countThatFits, PAGE_BYTES } from './page-size.js';

const names = z.array(z.string());

export const describedObject = z.strictObject({
  database: z.string().optional(),
  schema: z.string(),
  name: z.string(),
  type: z.enum(['procedure', 'function', 'view', 'trigger']),
  table: z.string().optional().describe('the table of a trigger'),
  parameters: z
    .array(z.strictObject({ name: z.string().optional(), type: z.string(), output: z.literal(true).optional() }))
    .optional()
    .describe('without a name: what a function returns'),
  result_columns: z
    .array(z.strictObject({ name: z.string(), type: z.string(), nullable: z.boolean() }))
    .optional()
    .describe('of the first result'),
  definition: z.string().optional().describe('the text, or the part of it that this page has'),
  depends_on: names,
  used_by: names,
  modified_at: z.string().optional(),
  message: z.string().optional(),
  next_cursor: z.string().optional().describe('the text goes on: call again with it as cursor'),
});

export type DescribedObject = z.infer<typeof describedObject>;

/** Names and columns that a page has at most, so that the text has room. */
const MAX_LISTED = 200;
const MAX_PIECE = 2_000;

/** The text in pieces that end with a line where they can. */
export function itemsOfText(text: ModuleText): readonly string[] {
  if (text.kind !== 'text') return [];
  return text.text.match(/[^\n]*\n|[^\n]+$/g)?.flatMap(line => line.match(/[\s\S]{1,2000}/g) ?? []) ?? [];
}

/** The first page has everything that is known, and the others the rest of the text. */
export function pageOfObject(
  object: ObjectDescription,
  pieces: readonly string[],
  start: number,
): Page<DescribedObject> {
  const head = start === 0 ? wholeHead(object) : shortHead(object);
  const end = start + countThatFits(pieces, start, Math.max(PAGE_BYTES - bytesOf(head), MAX_PIECE));
  const definition = pieces.slice(start, end).join('');
  const next = end < pieces.length ? end : undefined;
  const notes = [
    ...(start === 0 ? notesOf(object) : []),
    ...(pieces.length > end - start ? ['This page has a part of the text.'] : []),
  ];
  return {
    content: {
      ...head,
      ...(definition === '' ? {} : { definition }),
      ...(notes.length === 0 ? {} : { message: notes.join(' ') }),
    },
    next,
  };
}

function shortHead({ database, schema, name, type }: ObjectDescription): DescribedObject {
  return { ...(database === undefined ? {} : { database }), schema, name, type, depends_on: [], used_by: [] };
}

function wholeHead(object: ObjectDescription): DescribedObject {
  const { table, parameters, resultColumns, dependsOn = [], usedBy = [], modifiedAt } = object;
  return {
    ...shortHead(object),
    ...(table === undefined ? {} : { table }),
    ...(parameters.length === 0 ? {} : { parameters: parameters.slice(0, MAX_LISTED) }),
    ...(resultColumns === undefined ? {} : { result_columns: resultColumns.slice(0, MAX_LISTED) }),
    depends_on: dependsOn.slice(0, MAX_LISTED),
    used_by: usedBy.slice(0, MAX_LISTED),
    ...(modifiedAt === undefined ? {} : { modified_at: modifiedAt }),
  };
}

function notesOf({ type, text, parameters, resultColumns, dependsOn, usedBy }: ObjectDescription): readonly string[] {
  const lists = [parameters, resultColumns ?? [], dependsOn ?? [], usedBy ?? []];
  return [
    ...textNotes(text),
    ...(resultColumns === undefined && type === 'procedure'
      ? ['The result columns are not known without running it.']
      : []),
    ...(dependsOn === undefined || usedBy === undefined
      ? ['The login of this server may not read all dependencies.']
      : []),
    ...(lists.some(list => list.length > MAX_LISTED) ? [`Lists have at most ${MAX_LISTED} entries here.`] : []),
  ];
}

function textNotes(text: ModuleText): readonly string[] {
  switch (text.kind) {
    case 'encrypted':
      return ['The text is encrypted (WITH ENCRYPTION), so the database shows it to nobody.'];
    case 'not_permitted':
      return ['The login of this server may not read the text (VIEW DEFINITION).'];
    case 'names_hidden':
      return ['The text is left out, because it names, or may name, objects that you may not use.'];
    case 'text':
      return [
        ...(text.masked ? ['What looks like a secret is replaced by ***.'] : []),
        ...(text.cut ? ['The text is longer than this server reads; its end is missing.'] : []),
      ];
    default:
      return text satisfies never;
  }
}
