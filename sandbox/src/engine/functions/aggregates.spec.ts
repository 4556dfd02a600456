import fc from 'fast-check';
import type { SqlType, Value } from '../sql-type.ts';
import { errorOf } from '../testing/bound-values.ts';
import { BIGINT, BIT, FLOAT, INT, MONEY, NVARCHAR_MAX, decimal, describeType, nvarchar, varchar } from '../types.ts';
import { bindAggregate } from './aggregates.ts';

function aggregate(name: string, t: SqlType, values: readonly Value[], distinct = false): Value {
  const bound = bindAggregate(name, [t], { distinct });
  if (!bound) throw new Error(`no aggregate ${name}`);
  const accumulator = bound.create();
  for (const v of values) accumulator.add([v]);
  return accumulator.result();
}

function joined(t: SqlType, rows: readonly (readonly Value[])[]): Value {
  const accumulator = bindAggregate('STRING_AGG', [t, varchar(2)])?.create();
  for (const row of rows) accumulator?.add(row);
  return accumulator?.result() ?? null;
}

describe('aggregates (learn.microsoft.com: Aggregate functions)', () => {
  it('leaves NULLs out', () => {
    expect(aggregate('COUNT', INT, [1, null, 2])).toBe(2);
    expect(aggregate('SUM', INT, [1, null, 2])).toBe(3);
    expect(aggregate('AVG', INT, [1, null, 2])).toBe(1);
    expect(aggregate('SUM', INT, [null])).toBeNull();
    expect(aggregate('COUNT_BIG', INT, [])).toBe(0n);
    expect(aggregate('MAX', varchar(5), ['b', null, 'C', 'a'])).toBe('C');
    expect(aggregate('MIN', varchar(5), ['b', 'C', 'a'])).toBe('a');
  });

  it('counts rows with COUNT(*)', () => {
    const star = bindAggregate('COUNT', [], { star: true })?.create();
    star?.add([]);
    star?.add([]);
    expect(star?.result()).toBe(2);
  });

  it('DISTINCT follows the collation', () => {
    expect(aggregate('COUNT', varchar(5), ['a', 'A ', 'b', null], true)).toBe(2);
    expect(aggregate('SUM', INT, [2, 2, 3], true)).toBe(5);
    expect(aggregate('APPROX_COUNT_DISTINCT', INT, [1, 1, 2, null])).toBe(2n);
  });

  it('derives the types of SUM and AVG', () => {
    expect(describeType(bindAggregate('SUM', [decimal(10, 2)])?.type ?? INT)).toBe('decimal(38,2)');
    expect(describeType(bindAggregate('AVG', [decimal(10, 2)])?.type ?? INT)).toBe('decimal(38,6)');
    expect(bindAggregate('SUM', [BIGINT])?.type).toBe(BIGINT);
    expect(bindAggregate('AVG', [MONEY])?.type).toBe(MONEY);
    expect(aggregate('AVG', decimal(5, 2), [100n, 200n, 200n])).toBe(1666666n);
  });

  it('computes standard deviation and variance', () => {
    expect(aggregate('VAR', INT, [2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(32 / 7, 12);
    expect(aggregate('STDEVP', FLOAT, [2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(2, 12);
    expect(aggregate('STDEV', INT, [5])).toBeNull();
    expect(aggregate('VARP', INT, [5])).toBe(0);
  });

  it('joins strings', () => {
    expect(
      joined(nvarchar(5), [
        ['a', ', '],
        [null, ', '],
        ['b', ', '],
      ]),
    ).toBe('a, b');
    expect(
      joined(INT, [
        [1, ','],
        [2, ','],
      ]),
    ).toBe('1,2');
    expect(joined(nvarchar(5), [[null, ',']])).toBeNull();
    const long = 'x'.repeat(3000);
    expect(
      errorOf(() =>
        joined(nvarchar(4000), [
          [long, ','],
          [long, ','],
        ]),
      ).number,
    ).toBe(9829);
    expect(
      joined(NVARCHAR_MAX, [
        [long, ','],
        [long, ','],
      ]),
    ).toHaveLength(6001);
  });

  it.each([
    ['SUM', BIT, 8117, 'Operand data type bit is invalid for sum operator.'],
    ['AVG', varchar(5), 8117, 'Operand data type varchar is invalid for avg operator.'],
    ['MAX', BIT, 8117, 'Operand data type bit is invalid for max operator.'],
  ] as const)('refuses %s of a type that it does not accept', (name, t, number, message) => {
    expect(errorOf(() => bindAggregate(name, [t]))).toEqual({ number, message });
  });

  it('raises an error when a sum overflows', () => {
    expect(errorOf(() => aggregate('SUM', INT, [2147483647, 1])).message).toBe(
      'Arithmetic overflow error converting expression to data type int.',
    );
    expect(errorOf(() => bindAggregate('APPROX_PERCENTILE_CONT', [INT])).number).toBe(50000);
    expect(bindAggregate('NOPE', [INT])).toBeUndefined();
  });

  it('SUM of decimals is exact in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(-(10n ** 20n), 10n ** 20n), { minLength: 1 }),
        values => aggregate('SUM', decimal(21, 3), values) === values.reduce((a, b) => a + b, 0n),
      ),
    );
  });
});
