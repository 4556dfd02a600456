import fc from 'fast-check';
import { processorTime } from '../testing/processor-time.ts';
import { collationFor } from './collation.ts';
import { comparatorFor, hashKeyFor } from './comparison.ts';
import type { BoundExpression } from './contracts.ts';
import { compileLike } from './like.ts';
import {
  arithmetic,
  bitwise,
  bitwiseNot,
  compare,
  concatenate,
  isDistinctFrom,
  like,
  negate,
  type ArithmeticOperator,
  type ComparisonOperator,
} from './operators.ts';
import { NULL, big, cast, column, d, errorOf, evaluate, literal, n, ns, s, shown } from './testing/bound-values.ts';
import {
  BIGINT,
  BIT,
  DATE,
  DATETIME,
  DATETIME2,
  FLOAT,
  INT,
  MONEY,
  TINYINT,
  UNIQUEIDENTIFIER,
  decimal,
  describeType,
  varbinary,
  varchar,
  unify,
  nvarchar,
} from './types.ts';

const ENV = { row: [], outer: null };
function calc(a: BoundExpression, op: ArithmeticOperator, b: BoundExpression): string {
  const x = arithmetic(op, a, b);
  return `${shown(x)} ${describeType(x.type)}`;
}
const test = (a: BoundExpression, op: ComparisonOperator, b: BoundExpression): boolean | null => compare(op, a, b)(ENV);

describe('arithmetic (learn.microsoft.com: Precision, scale, and length)', () => {
  it('types decimal results', () => {
    expect(calc(d('1.5'), '+', d('2.25'))).toBe('3.75 numeric(4,2)');
    expect(calc(d('10.0'), '/', n(3))).toBe('3.333333 numeric(8,6)');
    expect(calc(n(2), '/', d('3.0'))).toBe('0.666666 numeric(8,6)');
    expect(calc(d('1.23'), '*', d('4.56'))).toBe('5.6088 numeric(7,4)');
    expect(calc(d('-7.5'), '%', n(2))).toBe('-1.5 numeric(2,1)');
    expect(describeType(arithmetic('/', column(1n, decimal(10, 2)), column(3, INT)).type)).toBe('decimal(21,13)');
    expect(describeType(arithmetic('*', column(1n, decimal(38, 20)), column(1n, decimal(38, 20))).type)).toBe(
      'decimal(38,6)',
    );
    expect(describeType(arithmetic('+', column(1n, decimal(38, 10)), column(1n, decimal(38, 10))).type)).toBe(
      'decimal(38,10)',
    );
  });

  it('divides integers towards zero', () => {
    expect(calc(n(-7), '/', n(2))).toBe('-3 int');
    expect(calc(n(-7), '%', n(2))).toBe('-1 int');
    expect(calc(big(7n), '/', n(2))).toBe('3 bigint');
  });

  it('keeps four digits of money', () => {
    expect(calc(cast(n(100), MONEY), '/', cast(n(339), MONEY))).toBe('0.29 money');
    expect(evaluate(arithmetic('/', cast(n(100), MONEY), cast(n(339), MONEY)))).toBe(2949n);
  });

  it.each([
    [n(2147483647), '+', n(1), 8115, 'Arithmetic overflow error converting expression to data type int.'],
    [n(1), '/', n(0), 8134, 'Divide by zero error encountered.'],
    [d('1.0'), '%', n(0), 8134, 'Divide by zero error encountered.'],
    [literal(1, FLOAT), '/', n(0), 8134, 'Divide by zero error encountered.'],
    [
      literal(200, TINYINT),
      '+',
      literal(100, TINYINT),
      8115,
      'Arithmetic overflow error converting expression to data type tinyint.',
    ],
    [
      literal(10n ** 37n, decimal(38, 0)),
      '*',
      literal(10n ** 37n, decimal(38, 0)),
      8115,
      'Arithmetic overflow error converting expression to data type numeric.',
    ],
    [literal(1, BIT), '+', literal(1, BIT), 8117, 'Operand data type bit is invalid for add operator.'],
    [s('a'), '-', s('b'), 8117, 'Operand data type varchar is invalid for subtract operator.'],
    [s('a'), '+', n(1), 245, "Conversion failed when converting the varchar value 'a' to data type int."],
    [literal(1, FLOAT), '%', n(2), 402, 'The data types float and int are incompatible in the modulo operator.'],
    [cast(s('2024-01-01'), DATE), '+', n(1), 206, 'Operand type clash: date is incompatible with int'],
    [
      cast(s('2024-01-01'), DATE),
      '-',
      cast(s('2024-01-01'), DATE),
      8117,
      'Operand data type date is invalid for subtract operator.',
    ],
    [
      cast(s('2024-01-01'), DATETIME2),
      '-',
      cast(s('2024-01-01'), DATETIME),
      402,
      'The data types datetime2 and datetime are incompatible in the subtract operator.',
    ],
  ] as const)('raises errors %#', (a, op, b, number, message) => {
    expect(errorOf(() => evaluate(arithmetic(op, a, b)))).toEqual({ number, message });
  });

  it('counts days on datetime', () => {
    const day = cast(s('2024-01-31'), DATETIME);
    expect(calc(day, '+', literal(1.5, FLOAT))).toBe('Feb  1 2024 12:00PM datetime');
    expect(calc(day, '-', cast(s('2024-01-01'), DATETIME))).toBe('Jan 31 1900 12:00AM datetime');
    expect(calc(day, '+', n(1))).toBe('Feb  1 2024 12:00AM datetime');
  });

  it('returns NULL for a NULL operand, typed by the other side', () => {
    expect(calc(NULL, '+', d('1.5'))).toBe('NULL numeric(3,1)');
    expect(calc(NULL, '*', NULL)).toBe('NULL int');
  });

  it('is exact: (a + b) - b = a for decimals', () => {
    const value = fc.bigInt(-(10n ** 18n), 10n ** 18n);
    fc.assert(
      fc.property(value, value, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), (x, y, p, q) => {
        const [a, b] = [literal(x, decimal(19, p)), literal(y, decimal(19, q))];
        return test(arithmetic('-', arithmetic('+', a, b), b), '=', a) === true;
      }),
    );
  });

  it('negates and concatenates', () => {
    expect(shown(negate(d('1.5')))).toBe('-1.5');
    expect(errorOf(() => evaluate(negate(literal(-2147483648, INT)))).number).toBe(8115);
    const text = concatenate(s('ab'), ns('cd'));
    expect(`${shown(text)} ${describeType(text.type)}`).toBe('abcd nvarchar(4)');
    expect(shown(arithmetic('+', s('a'), NULL))).toBe('NULL');
    expect(
      evaluate(arithmetic('+', literal(Uint8Array.of(1), varbinary(1)), literal(Uint8Array.of(2), varbinary(1)))),
    ).toEqual(Buffer.from([1, 2]));
  });

  it('computes bit operators', () => {
    expect(shown(bitwise('&', n(170), n(75)))).toBe('10');
    expect(shown(bitwise('^', n(170), n(75)))).toBe('225');
    expect(shown(bitwiseNot(n(170)))).toBe('-171');
    expect(shown(bitwiseNot(literal(10, TINYINT)))).toBe('245');
    expect(shown(bitwise('<<', n(12345), n(5)))).toBe('395040');
    expect(shown(bitwise('>>', n(-1), n(28)))).toBe('15');
    expect(errorOf(() => bitwise('&', d('1.5'), n(1))).number).toBe(402);
  });
});

describe('comparison', () => {
  it('ignores case and trailing spaces, but not accents', () => {
    expect(test(s('abc  '), '=', s('ABC'))).toBe(true);
    expect(test(s('resume'), '=', s('résumé'))).toBe(false);
    expect(test(ns('É'), '=', ns('é'))).toBe(true);
    expect(test(s('abc'), '=', s(' abc'))).toBe(false);
  });

  it('follows an explicit collation, refuses two', () => {
    const bin = literal('a', { ...varchar(1), collation: 'Latin1_General_BIN2', explicitCollation: true });
    expect(test(bin, '=', s('A'))).toBe(false);
    const ai = literal('é', { ...varchar(1), collation: 'Latin1_General_CI_AI', explicitCollation: true });
    expect(test(ai, '=', s('E'))).toBe(true);
    expect(errorOf(() => test(bin, '=', ai)).number).toBe(468);
    expect(errorOf(() => collationFor('Nonsense_CI_AS'))).toEqual({
      number: 448,
      message: "Invalid collation 'Nonsense_CI_AS'.",
    });
    expect(errorOf(() => collationFor('Latin1_General_100_CI_AS_SC_UTF8')).number).toBe(50000);
  });

  it('compares across types', () => {
    expect(test(n(5), '<', d('5.1'))).toBe(true);
    expect(test(s('10'), '>', n(9))).toBe(true);
    expect(test(s('2024-01-01'), '=', cast(s('20240101'), DATE))).toBe(true);
    expect(test(literal(0.1, FLOAT), '=', d('0.1'))).toBe(true);
    expect(test(big(3n), '=', n(3))).toBe(true);
    expect(test(NULL, '=', NULL)).toBeNull();
    expect(errorOf(() => test(literal('x', UNIQUEIDENTIFIER), '=', n(1)))).toEqual({
      number: 206,
      message: 'Operand type clash: uniqueidentifier is incompatible with int',
    });
  });

  it('IS DISTINCT FROM compares NULLs', () => {
    expect(
      [
        [NULL, NULL],
        [NULL, n(1)],
        [n(1), n(1)],
        [n(1), n(2)],
      ].map(([a = NULL, b = NULL]) => isDistinctFrom(a, b)(ENV)),
    ).toEqual([false, true, false, true]);
  });

  it('orders uniqueidentifier by its last bytes first', () => {
    const ids = [
      '00000001-0000-0000-0000-000000000000',
      '00000000-0000-0000-0000-000000000001',
      '00000000-0000-0001-0000-000000000000',
    ];
    expect([...ids].sort(comparatorFor(UNIQUEIDENTIFIER))).toEqual([ids[0], ids[2], ids[1]]);
  });

  it('gives equal keys to equal values and only these', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom('a', 'A ', 'é', 'É', 'ß', 'SS', 'ss', 'ｱ', 'σ', 'ς', ''),
    );
    for (const name of [
      'SQL_Latin1_General_CP1_CI_AS',
      'Latin1_General_CS_AS',
      'Latin1_General_CI_AI',
      'Latin1_General_BIN2',
    ]) {
      const c = collationFor(name);
      fc.assert(fc.property(text, text, (a, b) => (c.compare(a, b) === 0) === (c.key(a) === c.key(b))));
      fc.assert(fc.property(text, text, (a, b) => Math.sign(c.compare(a, b)) === -Math.sign(c.compare(b, a))));
    }
    const key = hashKeyFor(decimal(10, 2));
    expect(key(150n)).toBe(key(150n));
    expect(hashKeyFor(varchar(5))(null)).not.toBe(hashKeyFor(varchar(5))('null'));
  });

  it('unifies types by precedence', () => {
    expect(describeType(unify([varchar(5), nvarchar(3)]))).toBe('nvarchar(5)');
    expect(describeType(unify([decimal(10, 2), decimal(8, 5)]))).toBe('decimal(13,5)');
    expect(describeType(unify([INT, decimal(5, 2)]))).toBe('decimal(12,2)');
    expect(unify([BIGINT, FLOAT, DATETIME]).name).toBe('datetime');
  });
});

describe('LIKE (learn.microsoft.com: LIKE)', () => {
  const matches = (value: string, pattern: string, escape?: string): boolean | null =>
    like(s(value), s(pattern), escape === undefined ? undefined : s(escape))(ENV);

  it.each([
    ['comb', '%mb', true],
    ['Hello', '[g-i]ELL_', true],
    ['de la', 'de[^l]%', true],
    ['del', 'de[^l]%', false],
    ['5%', '5[%]', true],
    ['50', '5[%]', false],
    ['a_b', 'a[_]b', true],
    ['a]b', 'a]b', true],
    ['a-b', 'a[a-cdf-]b', true],
    ['abc', 'abc%', true],
    ['abc', '%b%', true],
    ['', '%', true],
    ['', '_', false],
    ['abc', 'a[bc', false],
    ['abcabd', '%ab_d', false],
    ['xaxbx', '%a%b%', true],
    ['xbxax', '%a%b%', false],
    ['abc  ', 'abc', true],
  ])('%s LIKE %s is %s', (value, pattern, expected) => {
    expect(matches(value, pattern)).toBe(expected);
  });

  it('honours ESCAPE', () => {
    expect(matches('abc_def', '%c!_d%', '!')).toBe(true);
    expect(matches('abcXdef', '%c!_d%', '!')).toBe(false);
    expect(errorOf(() => matches('a', 'a', 'xx')).number).toBe(506);
    expect(like(NULL, s('%'))(ENV)).toBeNull();
  });

  it('agrees with a naive matcher', () => {
    const naive = (v: string, p: string): boolean => {
      if (p === '') return v === '';
      if (p[0] === '%') return naive(v, p.slice(1)) || (v !== '' && naive(v.slice(1), p));
      return v !== '' && (p[0] === '_' || p[0] === v[0]) && naive(v.slice(1), p.slice(1));
    };
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '%', '_'), maxLength: 8 });
    fc.assert(
      fc.property(word, pattern, (v, p) => compileLike(p).matches(v) === naive(v, p)),
      { numRuns: 2000 },
    );
  });

  it('needs no exponential time for many %', () => {
    const like = compileLike(`${'%a'.repeat(200)}%b`);
    expect(processorTime(() => expect(like.matches('a'.repeat(20_000))).toBe(false))).toBeLessThan(1000);
  });
});
