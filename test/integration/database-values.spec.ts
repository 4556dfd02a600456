import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CellValue } from '../../src/database/driver/result-set.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { numbers } from '../support/numbers.js';

interface TypeCase {
  readonly type: string;
  /** The written value, as text or JSON, and the value that must be read. */
  readonly values: fc.Arbitrary<readonly [written: unknown, read: CellValue]>;
}

const same = <T extends CellValue>(values: fc.Arbitrary<T>) => values.map(value => [value, value] as const);
const integers = (min: bigint, max: bigint) =>
  fc.bigInt(min, max).map((n): readonly [string, CellValue] => {
    const safe = n >= -9007199254740991n && n <= 9007199254740991n;
    return [n.toString(), safe ? Number(n) : n.toString()];
  });

/** A decimal text with exactly `scale` digits, which is read as a number where that is exact. */
const decimals = (precision: number, scale: number) =>
  fc.bigInt(-(10n ** BigInt(precision)) + 1n, 10n ** BigInt(precision) - 1n).map((n): readonly [string, CellValue] => {
    const digits = (n < 0n ? -n : n).toString().padStart(scale + 1, '0');
    const whole = digits.slice(0, digits.length - scale);
    const text = `${n < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`}`;
    return [text, isExact(text) ? Number(text) + 0 : text];
  });

/** Whether the shortest text of the nearest double has the same value as this text. */
function isExact(text: string): boolean {
  const [mantissa = '', exponent = '0'] = String(Number(text)).split('e');
  return sameDigits(scaled(mantissa, Number(exponent)), scaled(text, 0));
}

const scaled = (text: string, exponent: number): readonly [bigint, number] => {
  const [whole = '', fractional = ''] = text.split('.');
  return [BigInt(whole + fractional), fractional.length - exponent];
};

function sameDigits([a, scaleOfA]: readonly [bigint, number], [b, scaleOfB]: readonly [bigint, number]): boolean {
  const scale = Math.max(scaleOfA, scaleOfB, 0);
  return a * 10n ** BigInt(scale - scaleOfA) === b * 10n ** BigInt(scale - scaleOfB);
}

/** The shortest decimal that reads back as this single-precision number. */
function shortestReal(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}

const dates = (from: string, to: string) =>
  fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true }).map(date => date.toISOString());
const fraction = (digits: number) => fc.nat(10 ** digits - 1).map(n => String(n).padStart(digits, '0'));

const TYPES: readonly TypeCase[] = [
  { type: 'bit', values: same(fc.boolean()) },
  { type: 'tinyint', values: integers(0n, 255n) },
  { type: 'smallint', values: integers(-32768n, 32767n) },
  { type: 'int', values: integers(-2147483648n, 2147483647n) },
  { type: 'bigint', values: integers(-(2n ** 63n), 2n ** 63n - 1n) },
  { type: 'decimal(9,4)', values: decimals(9, 4) },
  { type: 'decimal(18,2)', values: decimals(18, 2) },
  { type: 'decimal(28,10)', values: decimals(28, 10) },
  { type: 'decimal(38,0)', values: decimals(38, 0) },
  { type: 'decimal(38,38)', values: decimals(38, 38) },
  { type: 'numeric(38,19)', values: decimals(38, 19) },
  { type: 'money', values: decimals(18, 4) },
  { type: 'smallmoney', values: decimals(9, 4) },
  { type: 'float', values: same(fc.double({ noNaN: true, noDefaultInfinity: true }).map(n => n + 0)) },
  {
    type: 'real',
    values: fc
      .float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) })
      .map(n => [n, shortestReal(n) + 0] as const),
  },
  {
    type: 'nvarchar(200)',
    values: same(fc.string({ unit: 'grapheme', maxLength: 40 }).filter(text => !text.includes('\0'))),
  },
  {
    type: 'nvarchar(max)',
    values: same(fc.string({ unit: 'grapheme', minLength: 0, maxLength: 3000 }).filter(text => !text.includes('\0'))),
  },
  { type: 'varchar(200)', values: same(fc.string({ maxLength: 100 })) },
  { type: 'nchar(5)', values: fc.string({ minLength: 1, maxLength: 5 }).map(text => [text, text.padEnd(5)] as const) },
  { type: 'uniqueidentifier', values: fc.uuid().map(id => [id, id.toUpperCase()] as const) },
  { type: 'date', values: dates('0001-01-01', '9999-12-31').map(iso => [iso.slice(0, 10), iso.slice(0, 10)] as const) },
  {
    type: 'datetime2(7)',
    values: fc
      .tuple(dates('0001-01-01', '9999-12-30'), fraction(7))
      .map(([iso, f]) => [`${iso.slice(0, 19)}.${f}`, `${iso.slice(0, 19)}.${f}`] as const),
  },
  {
    type: 'datetime2(0)',
    values: dates('0001-01-01', '9999-12-30').map(iso => [iso.slice(0, 19), iso.slice(0, 19)] as const),
  },
  {
    type: 'smalldatetime',
    values: dates('1900-01-01', '2079-06-05').map(iso => [`${iso.slice(0, 16)}:00`, `${iso.slice(0, 16)}:00`] as const),
  },
  {
    type: 'datetime',
    values: fc
      .tuple(dates('1753-01-01', '9999-12-30'), fc.nat(99), fc.constantFrom('0', '3', '7'))
      .map(([iso, n, last]) => {
        const text = `${iso.slice(0, 19)}.${String(n).padStart(2, '0')}${last}`;
        return [text, text] as const;
      }),
  },
  {
    type: 'time(5)',
    values: fc
      .tuple(dates('2000-01-01', '2000-01-02'), fraction(5))
      .map(([iso, f]) => [`${iso.slice(11, 19)}.${f}`, `${iso.slice(11, 19)}.${f}`] as const),
  },
  {
    type: 'datetimeoffset(3)',
    values: fc
      .tuple(dates('0002-01-01', '9998-12-30'), fraction(3), fc.integer({ min: -840, max: 840 }))
      .map(([iso, f, minutes]) => {
        const size = Math.abs(minutes);
        const zone = `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
        return [`${iso.slice(0, 19)}.${f}${zone}`, `${iso.slice(0, 19)}.${f}${zone}`] as const;
      }),
  },
  {
    type: 'varbinary(100)',
    values: fc
      .uint8Array({ maxLength: 64 })
      .map(bytes => [Buffer.from(bytes).toString('base64'), shownHex(bytes)] as const),
  },
  {
    type: 'varbinary(max)',
    values: fc
      .uint8Array({ maxLength: 500 })
      .map(bytes => [Buffer.from(bytes).toString('base64'), shownHex(bytes)] as const),
  },
];

function shownHex(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex').toUpperCase();
  return bytes.length <= 64 ? `0x${hex}` : `0x${hex.slice(0, 128)}… [cut: ${bytes.length} bytes in all]`;
}

describe('values', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    services = databaseServices();
    tenant = testTenant(database.config, { readOnly: false }, { maxResultBytes: 10_000_000 });
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  it.each(TYPES)('of type $type are read as they were written', async ({ type, values }) => {
    const call = testCall(tenant);
    const name = `dbo.[t_${type}]`;
    await services.queries.write(`CREATE TABLE ${name} (i int NOT NULL PRIMARY KEY, v ${type} NULL)`, call);
    const samples = fc.sample(values, { numRuns: 60, seed: 20261121 });
    const parameters = Object.fromEntries(samples.map(([written], i) => [`p${i}`, { type, value: written }]));
    const rows = samples.map((_sample, i) => `(${i}, @p${i})`).join(', ');
    await services.queries.write(`INSERT INTO ${name} (i, v) VALUES ${rows}, (-1, NULL)`, call, { parameters });
    const result = await services.queries.read(`SELECT v FROM ${name} ORDER BY i`, call);
    expect(result.resultSets[0]?.rows.map(row => row[0])).toEqual([null, ...samples.map(([, read]) => read)]);
    const shown = result.resultSets[0]?.columns[0]?.type;
    expect(shown?.replace('decimal', 'numeric')).toBe(type.replace('decimal', 'numeric'));
  });

  it('of a sql_variant are read by their base type', async () => {
    const sql = `SELECT CAST(CAST(123456789012345678901234567890.12 AS decimal(38,2)) AS sql_variant) AS a,
      CAST(CAST('2024-02-29T10:20:30.1234567+05:30' AS datetimeoffset(7)) AS sql_variant) AS b,
      CAST(N'ü' AS sql_variant) AS c, CAST(CAST(9223372036854775807 AS bigint) AS sql_variant) AS d,
      CAST(CAST(1.5 AS money) AS sql_variant) AS e, CAST(NULL AS sql_variant) AS f,
      CAST(CAST('é€' AS varchar(10)) AS sql_variant) AS g, CAST(CAST('ü' AS char(3)) AS sql_variant) AS h`;
    const result = await services.queries.read(sql, testCall(tenant));
    expect(result.resultSets[0]?.rows[0]).toEqual([
      '123456789012345678901234567890.12',
      '2024-02-29T10:20:30.1234567+05:30',
      'ü',
      '9223372036854775807',
      1.5,
      null,
      'é€',
      'ü  ',
    ]);
  });

  it('of XML and JSON documents are complete, in one cell', async () => {
    const rows = `SELECT value AS n, REPLICATE(N'x', 100) AS text FROM ${numbers(100)}`;
    const json = await services.queries.read(`${rows} FOR JSON PATH`, testCall(tenant));
    expect(json.resultSets[0]?.columns[0]?.name).toBe('json');
    expect(json.resultSets[0]?.rows).toHaveLength(1);
    expect(JSON.parse(String(json.resultSets[0]?.rows[0]?.[0]))).toHaveLength(100);
  });

  it('of a document are complete even when the cell limit is small', async () => {
    const short = testTenant(database.config, { name: 'short' }, { maxCellBytes: 500 });
    const rows = `SELECT value AS n, REPLICATE(N'x', 100) AS text FROM ${numbers(100)}`;
    for (const sql of [`${rows} FOR JSON PATH`, `${rows} FOR XML PATH`]) {
      const { resultSets, cutCells } = await services.queries.read(sql, testCall(short));
      expect([cutCells, String(resultSets[0]?.rows[0]?.[0])]).toEqual([0, expect.not.stringContaining('[cut:')]);
    }
  });

  it('of a document count the bytes that they have in the result', async () => {
    const small = testTenant(database.config, { name: 'small' }, { maxResultBytes: 20_000 });
    const sql = `SELECT value AS n, N'"' AS """" FROM ${numbers(2000)} FOR JSON PATH`;
    const { resultSets } = await services.queries.read(sql, testCall(small));
    expect(resultSets[0]?.truncatedBy).toBe('bytes');
    expect(JSON.stringify(resultSets[0]?.rows).length).toBeLessThan(20_000 + 2 * 2_033 + 100);
  });
});
