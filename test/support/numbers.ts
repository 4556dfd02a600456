const DIGITS = '(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))';

/**
 * A table source with the column `value`, which counts from 1 to `to`: what GENERATE_SERIES(1, to) AS alias gives on SQL
 * Server 2022 and later. It has no order unless the statement asks for one.
 */
export function numbers(to: number, alias = 'numbers'): string {
  const digits = Math.max(1, Math.ceil(Math.log10(to)));
  // The highest digit is in the outer loop.
  const powers = Array.from({ length: digits }, (_, i) => digits - 1 - i);
  const value = powers.map(power => `d${power}.d * ${10 ** power}`).join(' + ');
  const tables = powers.map(power => `${DIGITS} AS d${power} (d)`).join(' CROSS JOIN ');
  const some = to === 10 ** digits ? '' : ` WHERE ${value} < ${to}`;
  return `(SELECT ${value} + 1 AS value FROM ${tables}${some}) AS ${alias}`;
}

/** A million rows. */
export const MILLION_ROWS = `SELECT value AS n FROM ${numbers(1_000_000)}`;
/** Runs until it is cancelled. */
export const ENDLESS = `SELECT COUNT_BIG(*) FROM ${numbers(100_000, 'a')} CROSS JOIN ${numbers(100_000, 'b')} WHERE a.value + b.value < 0`;
/** Ten thousand million rows, of which the first arrives at once. */
export const ENDLESS_ROWS = `SELECT a.value AS n FROM ${numbers(100_000, 'a')} CROSS JOIN ${numbers(100_000, 'b')}`;
