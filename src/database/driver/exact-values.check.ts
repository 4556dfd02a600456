import { createRequire } from 'node:module';
import { AppError } from '../../common/app-error.js';
import { EXACT, installExactValues } from './exact-values.js';
import type { CellValue } from './result-set.js';

interface Sample {
  readonly type: string;
  readonly bytes: string;
  readonly scale?: number;
  readonly precision?: number;
  readonly dataLength?: number;
  readonly expected: CellValue;
}

/** One recorded value of each type that our readers decode, in the byte layout of MS-TDS 2.2.5.5. */
const SAMPLES: readonly Sample[] = [
  { type: 'BigInt', bytes: 'ffffffffffffff7f', expected: '9223372036854775807' },
  {
    type: 'DecimalN',
    precision: 38,
    scale: 2,
    bytes: '1101ffffffff3f228a097ac4865aa84c3b4b',
    expected: '999999999999999999999999999999999999.99',
  },
  { type: 'DecimalN', precision: 9, scale: 4, bytes: '0500d2040000', expected: -0.1234 },
  { type: 'MoneyN', dataLength: 8, bytes: '08ffffff7fffffffff', expected: '922337203685477.5807' },
  { type: 'DateTime2', scale: 7, bytes: '08870370ad6d80460b', expected: '2024-02-29T13:05:06.1234567' },
  { type: 'DateTimeOffset', scale: 3, bytes: '0934f8d30480460b7800', expected: '2024-03-01T00:30:00.500+02:00' },
  {
    type: 'Variant',
    bytes: '150000006c02260201ffffffff3f228a097ac4865aa84c3b4b',
    expected: '999999999999999999999999999999999999.99',
  },
  // varchar in a sql_variant, code page 1252: é.
  { type: 'Variant', bytes: '0a000000a7070904d00034401fe9', expected: 'é' },
];

let checked = false;

/** Throws when this build of the driver would not return exact values; the server must not start then. */
export function assertExactValues(): void {
  if (checked) return;
  installExactValues();
  for (const sample of SAMPLES) {
    const value = decode(sample);
    if (value !== sample.expected) {
      throw new AppError(
        'INTERNAL',
        `The database driver does not decode ${sample.type} exactly. The server refuses to start.`,
        {
          expose: true,
        },
      );
    }
  }
  checked = true;
}

function decode(sample: Sample): unknown {
  const require = createRequire(import.meta.url);
  // The check uses the driver's own row reader, as real rows do.
  const { RowTokenReader } = require('tedious/lib/token/row-token-parser') as {
    RowTokenReader: new () => { read(parser: object): { columns: { value: unknown }[] } };
  };
  const column = { ...sample, type: { name: sample.type }, userType: 0, colName: '' };
  const parser = {
    buffer: Buffer.from(sample.bytes, 'hex'),
    position: 0,
    colMetadata: [column],
    options: { [EXACT]: { maxBytes: 1000, cutCells: 0 } },
  };
  return new RowTokenReader().read(parser).columns[0]?.value;
}
