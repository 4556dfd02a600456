import { castExpression, converter, toDisplayString } from './convert.ts';
import { compare } from './operators.ts';
import { SqlError } from './sql-error.ts';
import type { SqlType, Value } from './sql-type.ts';
import { column } from './testing/bound-values.ts';
import {
  BIGINT,
  BIT,
  DATE,
  DATETIME,
  DATETIME2,
  DATETIMEOFFSET,
  FLOAT,
  INT,
  MONEY,
  NVARCHAR_MAX,
  REAL,
  SMALLDATETIME,
  SMALLINT,
  SMALLMONEY,
  SQL_VARIANT,
  TIME,
  TINYINT,
  UNIQUEIDENTIFIER,
  XML,
  binary,
  char,
  decimal,
  describeType,
  nchar,
  nvarchar,
  varbinary,
  varchar,
} from './types.ts';

const SAMPLES: readonly (readonly [SqlType, Value])[] = [
  [BIT, 1],
  [TINYINT, 200],
  [SMALLINT, -300],
  [INT, 70_000],
  [BIGINT, 5_000_000_000n],
  [decimal(10, 3), -1234567n],
  [MONEY, 12345n],
  [SMALLMONEY, 500n],
  [REAL, 1.5],
  [FLOAT, -2.25],
  [DATE, 738_000],
  [TIME, 1_234_567],
  [DATETIME, 638_000_000_000_000_000n],
  [SMALLDATETIME, 638_000_064_000_000_000n],
  [DATETIME2, 638_000_000_001_234_567n],
  [DATETIMEOFFSET, { utcTicks: 638_000_000_001_234_567n, offset: -480 }],
  [char(5), 'ab   '],
  [varchar(20), '2024-01-05'],
  [nchar(3), 'é  '],
  [nvarchar(50), '42'],
  [NVARCHAR_MAX, '<a/>'],
  [binary(4), Uint8Array.of(0, 0, 1, 2)],
  [varbinary(8), Uint8Array.of(7)],
  [UNIQUEIDENTIFIER, '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  [XML, '<a>1</a>'],
  [SQL_VARIANT, { type: INT, value: 5 }],
];

function outcome(run: () => unknown): 'value' | number {
  try {
    run();
    return 'value';
  } catch (error) {
    // Any other error would be a defect of the sandbox.
    if (!(error instanceof SqlError)) throw error;
    return error.number;
  }
}

describe.each(SAMPLES.map(([type, value]) => ({ name: describeType(type), type, value })))(
  'from $name',
  ({ type, value }) => {
    it('converts to each type, or refuses with an error of SQL Server', () => {
      for (const [target] of SAMPLES) {
        const result = outcome(() => {
          const v = converter(type, target)(value);
          expect(v).not.toBeUndefined();
          toDisplayString(v, target);
          expect(converter(type, target)(null)).toBeNull();
        });
        expect(result).not.toBe(50000);
      }
    });

    it('converts explicitly whatever it converts implicitly', () => {
      for (const [target] of SAMPLES) {
        const implicit = outcome(() => converter(type, target, { implicit: true }));
        if (implicit === 'value') expect(outcome(() => converter(type, target))).toBe('value');
        else expect([206, 257]).toContain(implicit);
      }
    });

    it('keeps a value that is cast to its own type, and finds it equal to itself', () => {
      const x = castExpression(column(value, type), type);
      expect(x.evaluate({ row: [], outer: null })).toEqual(value);
      if (type.name !== 'xml') expect(compare('=', x, column(value, type))({ row: [], outer: null })).toBe(true);
    });
  },
);
