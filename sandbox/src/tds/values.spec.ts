import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SqlType, Value, VariantValue } from '../engine/sql-type.ts';
import { ByteReader, ProtocolError } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { writeTypeInfo } from './type-info.ts';
import { InvalidValue } from './valid-value.ts';
import { readTypeInfo } from './value-reader.ts';
import { valueWriter } from './value-writer.ts';

const DAY = 864_000_000_000n;
const MAX_DAYS = 3_652_058n;
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'grapheme', maxLength: Math.floor(maxLength / 4) });
const latin = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'abcXYZ 09éßÿ€“–'), { maxLength }).map(letters => letters.join(''));
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const signed = (bits: bigint): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n });
const decimal = (precision: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n });
function ticks(scale: number): fc.Arbitrary<bigint> {
  const unit = 10n ** BigInt(7 - scale);
  return fc.bigInt({ min: 0n, max: ((MAX_DAYS + 1n) * DAY - 1n) / unit }).map(n => n * unit);
}

const CASES: readonly (readonly [SqlType, fc.Arbitrary<Value>])[] = [
  [{ name: 'bit' }, fc.constantFrom(0, 1)],
  [{ name: 'tinyint' }, fc.integer({ min: 0, max: 255 })],
  [{ name: 'smallint' }, fc.integer({ min: -32_768, max: 32_767 })],
  [{ name: 'int' }, fc.integer()],
  [{ name: 'bigint' }, signed(64n)],
  [{ name: 'real' }, fc.float({ noNaN: true, noDefaultInfinity: true })],
  [{ name: 'float' }, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [{ name: 'decimal', precision: 9, scale: 2 }, decimal(9)],
  [{ name: 'decimal', precision: 19, scale: 0 }, decimal(19)],
  [{ name: 'numeric', precision: 28, scale: 28 }, decimal(28)],
  [{ name: 'decimal', precision: 38, scale: 10 }, decimal(38)],
  [{ name: 'money' }, signed(64n)],
  [{ name: 'smallmoney' }, signed(32n)],
  [{ name: 'date' }, fc.integer({ min: 0, max: Number(MAX_DAYS) })],
  ...[0, 2, 3, 4, 7].flatMap((scale): (readonly [SqlType, fc.Arbitrary<Value>])[] => [
    [{ name: 'time', scale }, ticks(scale).map(n => Number(n % DAY))],
    [{ name: 'datetime2', scale }, ticks(scale)],
    [
      { name: 'datetimeoffset', scale },
      fc.record({ utcTicks: ticks(scale), offset: fc.integer({ min: -840, max: 840 }) }),
    ],
  ]),
  [
    { name: 'datetime' },
    fc.integer({ min: 0, max: 25_919_999 }).map(n => 730_000n * DAY + BigInt(Math.round((n * 100_000) / 3))),
  ],
  [
    { name: 'smalldatetime' },
    fc.integer({ min: 0, max: 65_535 * 1440 }).map(n => 693_595n * DAY + BigInt(n) * 600_000_000n),
  ],
  [{ name: 'uniqueidentifier' }, fc.uuid().map(id => id.toUpperCase())],
  [{ name: 'varchar', length: 50 }, latin(50)],
  [{ name: 'varchar', length: -1 }, latin(300)],
  [{ name: 'varchar', length: -1, collation: 'Latin1_General_100_CI_AS_SC_UTF8' }, text(300)],
  [{ name: 'nvarchar', length: 200 }, text(200)],
  [{ name: 'nvarchar', length: -1 }, text(2000)],
  [{ name: 'xml' }, text(200).map(value => `<a>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</a>`)],
  [{ name: 'varbinary', length: 100 }, bytes(100)],
  [{ name: 'varbinary', length: -1 }, bytes(5000)],
  [{ name: 'geography' }, bytes(200)],
  [{ name: 'hierarchyid' }, bytes(20)],
];

const VARIANTS = CASES.filter(
  ([{ name, length }]) => length !== -1 && !['xml', 'geography', 'hierarchyid'].includes(name),
).map(([type, values]) => values.map((value): VariantValue => ({ type, value: value as VariantValue['value'] })));

function roundTrip(type: SqlType, value: Value): Value {
  const w = new ByteWriter(8);
  // A client sends a CLR type by its names only (UDT_INFO_IN_RPC, MS-TDS 2.2.6.6).
  if (['geography', 'hierarchyid'].includes(type.name)) w.u8(0xf0).shortText('').shortText('sys').shortText(type.name);
  else writeTypeInfo(w, type, 'Db', false);
  valueWriter(type)(w, value);
  w.u8(0xee);
  const reader = new ByteReader(w.take());
  const wire = readTypeInfo(reader);
  const result = wire.read(reader);
  expect(reader.u8()).toBe(0xee);
  expect(wire.type).toMatchObject({ name: type.name });
  return result;
}

describe('values on the wire', () => {
  it.each(CASES.map(([type, values]) => [JSON.stringify(type), type, values] as const))(
    '%s comes back unchanged',
    (_name, type, values) => {
      fc.assert(
        fc.property(fc.option(values, { freq: 10 }), value => {
          expect(roundTrip(type, value)).toEqual(value);
        }),
        { numRuns: 100 },
      );
    },
  );

  it('sql_variant comes back with its base type', () => {
    fc.assert(
      fc.property(fc.oneof(...VARIANTS), variant => {
        const back = roundTrip({ name: 'sql_variant' }, variant) as VariantValue;
        expect(back.type.name).toBe(variant.type.name);
        expect(back.value).toEqual(variant.value);
      }),
      { numRuns: 1000 },
    );
  });

  it('turns letters that the code page lacks into similar ones or question marks', () => {
    expect(roundTrip({ name: 'varchar', length: 20 }, 'aΩ漢b')).toBe('aO?b');
  });

  it.each([
    ['Cyrillic_General_CI_AS', 'Это'],
    ['Polish_100_CS_AS', 'Łódź'],
    ['SQL_Latin1_General_CP1250_CI_AS', 'Łódź'],
    ['Greek_BIN2', 'Αθήνα'],
    ['Hebrew_CI_AI', 'שלום'],
    ['Arabic_CI_AS', 'سلام'],
    ['Lithuanian_CI_AS', 'Žąė'],
    ['Thai_CI_AS', 'ไทย'],
    ['Modern_Spanish_CI_AS', 'señor €'],
  ])('sends varchar of %s with the collation from which the code page is taken', (collation, text) => {
    expect(roundTrip({ name: 'varchar', length: 20, collation }, text)).toBe(text);
  });

  it('never reads past the end of a message, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), junk => {
        try {
          const reader = new ByteReader(junk);
          readTypeInfo(reader).read(reader);
        } catch (error) {
          const known =
            error instanceof ProtocolError ||
            error instanceof InvalidValue ||
            [50000, 9400, 9455].includes((error as { number?: number }).number ?? 0);
          if (!known) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
