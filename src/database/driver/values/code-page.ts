import { createRequire } from 'node:module';
import { TYPES } from 'tedious';
import type { WireColumn } from './wire.js';

interface PlpReader {
  new (column: Pick<WireColumn, 'type' | 'collation'>): {
    read(parser: { buffer: Buffer; position: number; options: object }): unknown;
  };
}

const require = createRequire(import.meta.url);
const { PLPReader } = require('tedious/lib/value-parser') as { PLPReader: PlpReader };
const { Collation } = require('tedious/lib/collation') as {
  Collation: { fromBuffer(bytes: Buffer): NonNullable<WireColumn['collation']> };
};

const { validate: encode } = TYPES.VarChar as unknown as {
  validate(text: string, collation: WireColumn['collation']): Buffer;
};

const SINGLE_BYTE = /^CP(?:125\d|874)$/;

/** Decodes ASCII directly, which every SQL Server code page contains, and other text with the driver's own reader. */
export function codePageText(bytes: Buffer, collation: WireColumn['collation']): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  const framed = Buffer.alloc(bytes.length + 16);
  framed.writeBigUInt64LE(BigInt(bytes.length), 0);
  framed.writeUInt32LE(bytes.length, 8);
  bytes.copy(framed, 12);
  const reader = new PLPReader({ type: { name: 'VarChar' }, collation });
  const text = reader.read({ buffer: framed, position: 0, options: {} }) as string;
  return text.includes('\uFFFD') && SINGLE_BYTE.test(collation?.codepage ?? '') ? withControls(text, bytes) : text;
}

/** Encodes with the driver's tables. A character that the code page doesn't contain becomes another one, usually ?. */
export function codePageBytes(text: string, collation: NonNullable<WireColumn['collation']>): Buffer {
  return encode(text, collation);
}

/**
 * Bytes from 0x80 to 0x9F that a Windows code page leaves open are the control characters of the same number, in Windows
 * (and so in SQL Server's CAST to nvarchar) as in the WHATWG's encodings (https://encoding.spec.whatwg.org/#indexes); the
 * driver's tables have no letter for them. Such bytes come from UTF-8 that was stored as varchar.
 */
function withControls(text: string, bytes: Buffer): string {
  return text.replace(/\uFFFD/g, (unknown, i: number) => {
    const byte = bytes[i] ?? 0;
    return byte >= 0x80 && byte <= 0x9f ? String.fromCharCode(byte) : unknown;
  });
}

/** The five bytes of MS-TDS 2.2.5.1.2. */
export function collationOf(bytes: Buffer): WireColumn['collation'] {
  return Collation.fromBuffer(bytes);
}

function isAscii(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) >= 0x80) return false;
  return true;
}
