import { createRequire } from 'node:module';
import type { CellValue } from './result-set.js';
import { codePageText } from './values/code-page.js';
import { beginning, type CellLimit, cutText, hexText, markCut } from './values/cut-text.js';
import { documentKind } from './values/document-pieces.js';
import { userTypeText } from './values/user-types.js';
import type { WireColumn } from './values/wire.js';
import { readerOf } from './values/wire-readers.js';

// tedious converts decimals, money and variants to doubles and drops offsets, and no option changes that. Its row
// reader
// calls `readValue` through the module's exports, so replacing the export is enough. Only requests marked with `EXACT`
// are read here: TypeORM and other users of the driver keep the driver's values.

interface ParserOptions {
  [EXACT]?: CellLimit | undefined;
}
interface TokenParser {
  buffer: Buffer;
  position: number;
  options: ParserOptions;
}
interface PlpReader {
  metadata: WireColumn;
  expectedLength: bigint | undefined;
  chunks: Buffer[];
  length: number;
  chunkRemaining: number;
  kept?: number;
}
interface ValueParser {
  readValue(
    buffer: Buffer,
    offset: number,
    column: WireColumn,
    options: ParserOptions,
  ): { value: unknown; offset: number };
  PLPReader: {
    prototype: { read(this: PlpReader, parser: TokenParser): unknown };
  };
}

/** Set on a connection's parser options while a request of ours runs on it. */
export const EXACT = Symbol('exact values');

const require = createRequire(import.meta.url);
const driver = require('tedious/lib/value-parser') as ValueParser;
const helpers = require('tedious/lib/token/helpers') as { NotEnoughDataError: new (byteCount: number) => object };

/** 2,033 characters of at most 3 bytes (a pair of surrogates is 4). */
const LONGEST_PIECE = 2_033 * 3;
const UNCUT_PIECE: CellLimit = { maxBytes: LONGEST_PIECE, cutCells: 0 };
const PLP_NULL = 0xffff_ffff_ffff_ffffn;
let installed = false;

/** Idempotent. */
export function installExactValues(): void {
  if (installed) return;
  installed = true;
  const driverReadValue = driver.readValue;
  const driverReadPlp = driver.PLPReader.prototype.read;
  driver.readValue = (buffer, offset, column, options) => {
    const cells = options[EXACT];
    if (cells === undefined) return driverReadValue(buffer, offset, column, options);
    const limit = limitOf(column, cells);
    const read = readerOf(column)?.(buffer, offset, column, limit);
    if (read !== undefined) return read;
    const result = driverReadValue(buffer, offset, column, options);
    return { value: plainValue(result.value, limit), offset: result.offset };
  };
  driver.PLPReader.prototype.read = function (parser) {
    const limit = parser.options[EXACT];
    return limit === undefined
      ? driverReadPlp.call(this, parser)
      : readPlp(this, parser, limitOf(this.metadata, limit));
  };
}

/** A piece of a document is not a cell: the protocol sets its length, and the result's size limits the document. */
function limitOf(column: WireColumn, limit: CellLimit): CellLimit {
  return limit.maxBytes < LONGEST_PIECE && documentKind(column.colName) !== undefined ? UNCUT_PIECE : limit;
}

/** Converts the values that the driver reads: text in a code page, and binary. */
function plainValue(value: unknown, limit: CellLimit): CellValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return cutText(value, limit);
  if (Buffer.isBuffer(value)) return hexText(value, value.length, limit);
  throw new Error(`the driver gave a ${typeof value} where text or bytes were expected`);
}

/**
 * Reads a value in chunks, up to 2 GB (MS-TDS 2.2.5.2.3). It keeps as much of the value as a cell may show, and counts
 * all of it.
 */
function readPlp(state: PlpReader, parser: TokenParser, limit: CellLimit): CellValue {
  if (state.expectedLength === undefined) {
    need(parser, 8);
    state.expectedLength = parser.buffer.readBigUInt64LE(parser.position);
    parser.position += 8;
  }
  if (state.expectedLength === PLP_NULL) return null;
  const keep = keptBytes(state.metadata, limit);
  state.kept ??= 0;
  for (;;) {
    if (state.chunkRemaining === 0) {
      need(parser, 4);
      const length = parser.buffer.readUInt32LE(parser.position);
      parser.position += 4;
      if (length === 0) break;
      state.chunkRemaining = length;
    }
    const start = parser.position;
    const end = Math.min(start + state.chunkRemaining, parser.buffer.length);
    if (start === end) throw new helpers.NotEnoughDataError(start + 1);
    const wanted = Math.min(end - start, keep - state.kept);
    if (wanted > 0) {
      // The bytes are copied: a slice would keep the whole packet in memory until the value is complete.
      state.chunks.push(Buffer.from(parser.buffer.subarray(start, start + wanted)));
      state.kept += wanted;
    }
    state.length += end - start;
    state.chunkRemaining -= end - start;
    parser.position = end;
  }
  return plpValue(state.metadata, Buffer.concat(state.chunks, state.kept), state.length, limit);
}

function need(parser: TokenParser, bytes: number): void {
  if (parser.buffer.length < parser.position + bytes) throw new helpers.NotEnoughDataError(parser.position + bytes);
}

/** More bytes than a cell shows, so that the text is cut between characters. */
function keptBytes(column: WireColumn, limit: CellLimit): number {
  const spare = column.type.name === 'UDT' ? 1_000_000 : 8;
  return limit.maxBytes * 2 + spare;
}

function plpValue(column: WireColumn, bytes: Buffer, fullLength: number, limit: CellLimit): CellValue {
  switch (column.type.name) {
    case 'NVarChar':
    case 'Xml': {
      const text = bytes.toString('utf16le');
      if (bytes.length === fullLength) return cutText(text, limit);
      return markCut(beginning(text, limit.maxBytes), `${Math.floor(fullLength / 2)} characters`, limit);
    }
    case 'VarChar': {
      const text = codePageText(bytes, column.collation);
      if (bytes.length === fullLength) return cutText(text, limit);
      return markCut(beginning(text, limit.maxBytes), `${fullLength} bytes`, limit);
    }
    case 'UDT': {
      const text = bytes.length === fullLength ? userTypeText(column.udtInfo?.typeName ?? '', bytes) : undefined;
      return text === undefined ? hexText(bytes, fullLength, limit) : cutText(text, limit);
    }
    default:
      return hexText(bytes, fullLength, limit);
  }
}
