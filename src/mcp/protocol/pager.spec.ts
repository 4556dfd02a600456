import { randomBytes } from 'node:crypto';
import { SealedTokens } from '../../state/sealed-tokens.js';
import { StateCipher } from '../../state/state-cipher.js';
import { Pager } from './pager.js';
import { RpcError } from './rpc.error.js';

describe('Pager', () => {
  const tokens = new SealedTokens(new StateCipher(randomBytes(32)));
  const pager = new Pager(tokens);
  const items = Array.from({ length: 7 }, (_, index) => index);

  it('returns every item once over all pages, in order', () => {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = pager.page('tools', items, cursor, 3);
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(items);
  });

  it('returns a list that fits into one page as it is, without a cursor', () => {
    expect(pager.page('tools', items, undefined, 7)).toEqual({ items });
    expect(pager.page('tools', [], undefined, 7)).toEqual({ items: [] });
  });

  it('makes the same cursor in every process, because clients cache the first page', () => {
    const first = pager.page('tools', items, undefined, 3);
    expect(new Pager(tokens).page('tools', items, undefined, 3)).toEqual(first);
  });

  it.each([null, ''])('begins at the first item with %j, which clients send for no cursor', cursor => {
    expect(pager.page('tools', items, cursor, 3)).toEqual(pager.page('tools', items, undefined, 3));
  });

  it('refuses a cursor of another list, a changed cursor, and a value that is not a cursor', () => {
    const { nextCursor = '' } = pager.page('tools', items, undefined, 3);
    expect(() => pager.page('prompts', items, nextCursor, 3)).toThrow(RpcError);
    const otherUse = tokens.issue('statement cursor', '3', ['tools'], 60);
    for (const cursor of [`${nextCursor}=`, `${nextCursor}x`, otherUse, 'bogus', '3', 3, {}, [nextCursor]]) {
      expect(() => pager.page('tools', items, cursor, 3)).toThrow('The cursor does not belong to this list.');
    }
  });
});
