import type { TableDescription } from '../../database/catalog/catalog.types.js';
import type { TableProfile } from '../profile/table-profiles.js';
import { bytesOf, countThatFits, cutText, PAGE_BYTES } from './page-size.js';
import type { FullTable } from './table-schemas.js';

/** In this order a table is given out; its keys come before the tables that refer to it, of which there may be many. */
const LISTS = [
  'columns',
  'foreign_keys',
  'indexes',
  'unique_constraints',
  'check_constraints',
  'referenced_by',
] as const;
const MAX_TEXT = 2_000;
/** About as long as a profile gets. */
const ROOM_FOR_PROFILE = '-'.repeat(400);

type List = (typeof LISTS)[number];
type Item = readonly [List, unknown];

export interface Page<T> {
  readonly content: T;
  /** Where the next page begins. */
  readonly next: number | undefined;
}

/** Everything that the pages of a table list, in their order. With `profiled` each column keeps room for its profile. */
export function itemsOfTable(table: TableDescription, profiled = false): readonly Item[] {
  return LISTS.flatMap(list =>
    table[list].map((item): Item => {
      const cut = withCutTexts(item);
      return [list, profiled && list === 'columns' ? { ...cut, profile: ROOM_FOR_PROFILE } : cut];
    }),
  );
}

/** Puts the profiles into the columns of a page whose items kept room for them. */
export function withProfiles(page: FullTable, { columns, joins, message }: TableProfile, first: boolean): FullTable {
  const notes = [page.message, message].filter(note => note !== undefined);
  return {
    ...page,
    columns: page.columns.map(({ profile: _room, ...column }) => {
      const profile = columns.get(column.name) as FullTable['columns'][number]['profile'];
      return profile === undefined ? column : { ...column, profile };
    }),
    ...(first && joins.length > 0 ? { joins } : {}),
    ...(notes.length === 0 ? {} : { message: notes.join(' ') }),
  };
}

/** The page of a table that begins with the item `start`. A table that fits into one page has no totals. */
export function pageOfTable(table: TableDescription, items: readonly Item[], start: number): Page<FullTable> {
  const empty = { columns: [], foreign_keys: [], indexes: [], unique_constraints: [], check_constraints: [] };
  const own = { primary_keys: [...table.primary_keys], referenced_by: [], ...cutDescription(table.description) };
  const head = { ...table, ...empty, ...own };
  const end = start + countThatFits(items, start, PAGE_BYTES - bytesOf(head));
  const shown = items.slice(start, end);
  const listsOf = (some: readonly Item[]) =>
    LISTS.map(list => [list, some.filter(([of]) => of === list).map(([, item]) => item)] as const);
  const content = { ...head, ...Object.fromEntries(listsOf(shown)) };
  if (shown.length === items.length) return { content, next: undefined };
  const totals = Object.fromEntries(listsOf(items).map(([list, all]) => [list, all.length]));
  const parts = listsOf(shown)
    .filter(([, part]) => part.length > 0)
    .map(([list, part]) => {
      const before = items.slice(0, start).filter(([of]) => of === list).length;
      return `${list} ${before + 1} to ${before + part.length} of ${totals[list] ?? 0}`;
    });
  const message = `This page has a part of the table: ${parts.join(', ')}.`;
  return {
    content: { ...content, totals: totals as FullTable['totals'], message },
    next: end < items.length ? end : undefined,
  };
}

function withCutTexts<T extends object>(item: T): T {
  const entries = Object.entries(item).map(([key, value]): [string, unknown] => [
    key,
    typeof value === 'string' ? cutText(value, MAX_TEXT) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

function cutDescription(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description: cutText(description, MAX_TEXT) };
}
