import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { SealedTokens } from '../../state/sealed-tokens.js';
import { StateCipher } from '../../state/state-cipher.js';
import type { ToolCall } from '../tool.js';
import { input, ListTablesTool } from './list-tables.tool.js';
import { TableListCursor } from './table-list-cursor.js';

const callOf = (tenant: string, subject: string): ToolCall => ({ principal: { tenant, subject } }) as ToolCall;
const tablesOf = (...names: string[]) =>
  names.map(text => {
    const [schema = '', name = ''] = text.split('.');
    return { schema, name };
  });

describe('TableListCursor', () => {
  const ann = callOf('demo', 'ann');
  const filter = { schema: undefined, include_views: false };
  const tokens = new SealedTokens(new StateCipher(randomBytes(32)));
  const cursors = new TableListCursor(tokens);
  const cursorAfter = (...names: string[]): string | undefined =>
    cursors.after(tablesOf(...names), filter, ann).next_cursor;
  const restAfter = (cursor: string | undefined, ...all: string[]): readonly string[] =>
    all.slice(cursors.startOf(cursor, tablesOf(...all), filter, ann));

  it('begins at the first table without a cursor', () => {
    expect(restAfter(undefined, 'dbo.A', 'dbo.B')).toEqual(['dbo.A', 'dbo.B']);
  });

  it('continues after the last table of the page', () => {
    expect(restAfter(cursorAfter('dbo.A', 'dbo.B'), 'dbo.A', 'dbo.B', 'dbo.C', 'sales.A')).toEqual([
      'dbo.C',
      'sales.A',
    ]);
    expect(restAfter(cursorAfter('dbo.A', 'dbo.B'), 'dbo.A', 'dbo.B')).toEqual([]);
  });

  it('repeats and leaves out no table when others were created or dropped between two pages', () => {
    const cursor = cursorAfter('dbo.B', 'dbo.D');
    expect(restAfter(cursor, 'dbo.A', 'dbo.B', 'dbo.C', 'dbo.D', 'dbo.E')).toEqual(['dbo.E']);
    expect(restAfter(cursor, 'dbo.D', 'dbo.E')).toEqual(['dbo.E']);
  });

  it('continues with the table that sorts next when the last one was dropped', () => {
    expect(restAfter(cursorAfter('dbo.B'), 'dbo.A', 'dbo.C', 'sales.A')).toEqual(['dbo.C', 'sales.A']);
    expect(restAfter(cursorAfter('dbo.Z'), 'dbo.A', 'sales.A')).toEqual(['sales.A']);
    expect(restAfter(cursorAfter('sales.B'), 'dbo.A', 'sales.A')).toEqual([]);
  });

  it('continues with the next table both in a database that ignores case and in one that does not', () => {
    expect(restAfter(cursorAfter('dbo.Beta'), 'dbo.alpha', 'dbo.Beta2', 'dbo.gamma')).toEqual([
      'dbo.Beta2',
      'dbo.gamma',
    ]);
    expect(restAfter(cursorAfter('dbo.Zoo'), 'dbo.Alpha', 'dbo.Beta', 'dbo.alpha')).toEqual(['dbo.alpha']);
  });

  it('makes a cursor that list_tables accepts, whatever the names are', () => {
    const schema = '\u0000'.repeat(128);
    const { next_cursor: cursor } = cursors.after([{ schema, name: '漢'.repeat(128) }], filter, ann);
    expect(input.safeParse({ cursor }).success).toBe(true);
    expect(cursors.startOf(cursor, [{ schema, name: '漢'.repeat(128) }], filter, ann)).toBe(1);
  });

  it.each([
    ['person', callOf('demo', 'bob'), filter],
    ['tenant', callOf('production', 'ann'), filter],
    ['schema', ann, { ...filter, schema: 'sales' }],
    ['choice of views', ann, { ...filter, include_views: true }],
  ])('refuses a cursor of another %s', (_what, call, otherFilter) => {
    expect(() => cursors.startOf(cursorAfter('dbo.A'), tablesOf('dbo.A'), otherFilter, call)).toThrow(
      'does not belong to this list_tables call',
    );
  });

  it('refuses a cursor of another tool, an unsigned cursor, and one that is older than an hour', () => {
    const payload = JSON.stringify(['dbo', 'A']);
    const others = [
      tokens.issue('statement cursor', payload, ['demo', 'ann', JSON.stringify(filter)], 60),
      Buffer.from(payload).toString('base64url'),
      'nonsense',
      '',
    ];
    const own = cursorAfter('dbo.A');
    for (const cursor of others)
      expect(() => restAfter(cursor, 'dbo.A')).toThrow('does not belong to this list_tables call');
    jest.useFakeTimers({ now: Date.now() + 3_602_000 });
    try {
      expect(() => restAfter(own, 'dbo.A')).toThrow('older than an hour');
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives list_tables pages of 500 tables', async () => {
    const all = tablesOf(...Array.from({ length: 1_100 }, (_, n) => `dbo.T${String(n).padStart(4, '0')}`));
    const tool = new ListTablesTool(
      { list: () => Promise.resolve({ tables: all, truncated: false }) } as never,
      cursors,
    );
    const call = { ...ann, tenant: {} } as ToolCall;
    const counts: number[] = [];
    let cursor: string | undefined;
    do {
      const { structured: page } = await tool.execute({ include_views: false, cursor }, call);
      counts.push(page.count);
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(counts).toEqual([500, 500, 100]);
  });
});
