import { NULL, bind, call, cast, d, errorOf, evaluate, literal, n, s, testContext } from '../testing/bound-values.ts';
import { FLOAT, MONEY, TINYINT, describeType } from '../types.ts';
import { bindScalarFunction } from './registry.ts';

const f = (v: number) => literal(v, FLOAT);

describe('mathematical functions (learn.microsoft.com: Mathematical functions)', () => {
  it.each([
    ['ROUND', [d('123.4545'), n(2)], '123.4500'],
    ['ROUND', [d('123.45'), n(-2)], '100.00'],
    ['ROUND', [d('150.75'), n(0)], '151.00'],
    ['ROUND', [d('150.75'), n(0), n(1)], '150.00'],
    ['ROUND', [d('748.58'), n(-1)], '750.00'],
    ['ROUND', [d('748.58'), n(-4)], '0.00'],
    ['ROUND', [d('-2.5'), n(0)], '-3.0'],
    ['ROUND', [f(2.5), n(0)], '3'],
    ['ROUND', [n(1255), n(-1)], '1260'],
    ['CEILING', [d('123.45')], '124'],
    ['CEILING', [d('-123.45')], '-123'],
    ['FLOOR', [d('-123.45')], '-124'],
    ['FLOOR', [cast(d('1.5'), MONEY)], '1.00'],
    ['ABS', [d('-1.0')], '1.0'],
    ['ABS', [n(-5)], '5'],
    ['SIGN', [d('-2.55')], '-1.00'],
    ['POWER', [n(2), n(10)], '1024'],
    ['POWER', [d('2.5'), n(2)], '6.3'],
    ['POWER', [n(2), f(0.5)], '1'],
    ['SQRT', [n(16)], '4'],
    ['SQUARE', [n(3)], '9'],
    ['LOG', [n(8), n(2)], '3'],
    ['LOG10', [n(1000)], '3'],
    ['EXP', [n(0)], '1'],
    ['RADIANS', [n(180)], '3'],
    ['PI', [], '3.14159'],
    ['ISNUMERIC', [s('$1,234.5')], '1'],
    ['ISNUMERIC', [s('1e5')], '1'],
    ['ISNUMERIC', [s('abc')], '0'],
    ['ISNUMERIC', [s('')], '0'],
    ['ISNUMERIC', [NULL], '0'],
    ['ISNUMERIC', [n(5)], '1'],
    ['BIT_COUNT', [n(17)], '2'],
    ['GET_BIT', [n(4), n(2)], '1'],
    ['SET_BIT', [n(0), n(2)], '4'],
    ['LEFT_SHIFT', [n(12345), n(5)], '395040'],
  ] as const)('%s %#', (name, args, expected) => {
    expect(call(name, ...args)).toBe(expected);
  });

  it.each([
    ['ROUND', [d('748.58'), n(-3)], 8115, 'Arithmetic overflow error converting expression to data type numeric.'],
    ['SQRT', [n(-1)], 3623, 'An invalid floating point operation occurred.'],
    ['LOG', [n(0)], 3623, 'An invalid floating point operation occurred.'],
    ['POWER', [n(10), n(12)], 232, 'Arithmetic overflow error for type int, value = 1000000000000.000000.'],
    ['ABS', [n(-2147483648)], 8115, 'Arithmetic overflow error converting expression to data type int.'],
    ['POWER', [n(0), n(-1)], 8134, 'Divide by zero error encountered.'],
  ] as const)('%s raises its error %#', (name, args, number, message) => {
    expect(errorOf(() => evaluate(bind(name, ...args)))).toEqual({ number, message });
  });

  it('derives the types of its results', () => {
    expect(describeType(bind('CEILING', d('123.45')).type)).toBe('numeric(5,0)');
    expect(describeType(bind('POWER', d('2.5'), n(2)).type)).toBe('numeric(38,1)');
    expect(describeType(bind('ABS', literal(5, TINYINT)).type)).toBe('int');
    expect(describeType(bind('ROUND', s('1.5'), n(0)).type)).toBe('float');
  });

  it('RAND is constant within a statement and decided by its seed', () => {
    const settings = { statement: 1 };
    const context = { ...testContext(), statementNumber: () => settings.statement };
    const rand = bindScalarFunction('RAND', [], context);
    if (!rand) throw new Error('no RAND');
    const first = evaluate(rand);
    expect(evaluate(rand)).toBe(first);
    settings.statement = 2;
    expect(evaluate(rand)).not.toBe(first);
    expect(evaluate(bind('RAND', n(42)))).toBe(evaluate(bind('RAND', n(42))));
  });
});
