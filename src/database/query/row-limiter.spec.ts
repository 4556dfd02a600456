import { describe, expect, it } from '@jest/globals';
import { CollectedRows } from './collected-rows.js';
import { RowLimiter, type RowLimits } from './row-limiter.js';

const COLUMNS = [{ name: 'id', type: 'int' }];
const LIMITS: RowLimits = { maxRows: 2, maxBytes: 1_000, skipRows: 0, drain: true };

// The sandbox counts as SQL Server does. Babelfish sends 0 in the DONE token of a change with OUTPUT, so the tokens are
// imitated here.
describe('the count of a change with OUTPUT', () => {
  const countOf = (rows: number, done: number | undefined, limits: Partial<RowLimits> = {}) => {
    const limiter = new RowLimiter(new CollectedRows(() => 1), { ...LIMITS, ...limits });
    limiter.columns(COLUMNS);
    for (let id = 0; id < rows; id++) void limiter.row([id]);
    void limiter.done(done, true);
    return limiter.affectedRows;
  };

  it.each([
    ['what the server counted', 2, 2, [2]],
    ['what the server counted, even if a trigger hid rows of it', 1, 3, [3]],
    ['the rows that arrived where the server says 0', 2, 0, [2]],
    ['the rows beyond the limit, too', 5, 0, [5]],
    ['0 where nothing was changed', 0, 0, [0]],
  ])('is %s', (_what, rows, done, expected) => expect(countOf(rows, done)).toEqual(expected));

  it('is 0 for a statement after it that changes nothing', () => {
    const limiter = new RowLimiter(new CollectedRows(() => 1), LIMITS);
    limiter.columns(COLUMNS);
    void limiter.row([1]);
    void limiter.done(0, true);
    void limiter.done(0, true);
    expect(limiter.affectedRows).toEqual([1, 0]);
  });

  it('is left out for a SELECT', () => {
    const limiter = new RowLimiter(new CollectedRows(() => 1), LIMITS);
    limiter.columns(COLUMNS);
    void limiter.row([1]);
    void limiter.done(1, false);
    expect(limiter.affectedRows).toEqual([]);
  });
});
