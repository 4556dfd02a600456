import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { SealedTokens } from '../../state/sealed-tokens.js';
import type { ToolCall } from '../tool.js';

const PURPOSE = 'list_tables cursor';
const TTL_SECONDS = 3600;

type TableName = Readonly<Record<'schema' | 'name', string>>;

/**
 * Makes the cursors of list_tables. A cursor has the name of the last table of a page and not its position, so that
 * tables created or dropped between two pages make no other table appear twice or not at all.
 */
@Injectable()
export class TableListCursor {
  constructor(private readonly tokens: SealedTokens) {}

  /** The index in `all` at which the page begins. Throws AppError INVALID_ARGUMENT. */
  startOf(cursor: string | undefined, all: readonly TableName[], filter: object, call: ToolCall): number {
    if (cursor === undefined) return 0;
    const payload = this.tokens.verify(PURPOSE, cursor, bindingOf(filter, call));
    if (payload === undefined) {
      throw new AppError(
        'INVALID_ARGUMENT',
        'The cursor does not belong to this list_tables call, or is older than an hour.',
        {
          hint: 'Use next_cursor as it was given and with the same arguments, or leave it out.',
          details: { parameter: 'cursor' },
        },
      );
    }
    const [schema, name] = JSON.parse(payload) as [string, string];
    const last = all.findIndex(table => table.schema === schema && table.name === name);
    if (last >= 0) return last + 1;
    // The table at which the page ended was dropped: the next page begins with the first table that sorts after it.
    const compare = orderOf(all);
    const next = all.findIndex(table => compare(table, { schema, name }) > 0);
    return next < 0 ? all.length : next;
  }

  /** The cursor of the page that follows these tables. */
  after(tables: readonly TableName[], filter: object, call: ToolCall): { next_cursor?: string } {
    const last = tables.at(-1);
    if (last === undefined) return {};
    const payload = JSON.stringify([last.schema, last.name]);
    return { next_cursor: this.tokens.issue(PURPOSE, payload, bindingOf(filter, call), TTL_SECONDS) };
  }
}

type Compare = (a: TableName, b: TableName) => number;

const byCodeUnit: Compare = (a, b) => order(a.schema, b.schema) || order(a.name, b.name);
const { compare: ignoringCase } = new Intl.Collator('en', { sensitivity: 'accent' });
const byLetter: Compare = (a, b) => ignoringCase(a.schema, b.schema) || ignoringCase(a.name, b.name);

/** The database sorts by its own collation; most collations ignore case, and a binary one compares code units. */
function orderOf(all: readonly TableName[]): Compare {
  const isSorted = all.every((table, index) => index === 0 || byLetter(all[index - 1] as TableName, table) <= 0);
  return isSorted ? byLetter : byCodeUnit;
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** `filter` has the order of the input's schema, so equal arguments give equal texts. */
function bindingOf(filter: object, { principal }: ToolCall): readonly string[] {
  return [principal.tenant, principal.subject, JSON.stringify(filter)];
}
