import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { guidToBytes } from '../bytes.ts';
import { codePageOf } from '../code-page.ts';
import { trimSpaces } from '../collation.ts';
import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import { SqlError, notSupported } from '../sql-error.ts';
import type { Value } from '../sql-type.ts';
import {
  INT,
  UNIQUEIDENTIFIER,
  VARBINARY_MAX,
  VARCHAR_MAX,
  isBinary,
  isInteger,
  isString,
  isUnicode,
  varbinary,
  varchar,
} from '../types.ts';
import {
  allArguments,
  argument,
  define,
  dynamic,
  int,
  invalidArgument,
  strict,
  text,
  type Call,
  type FunctionTable,
} from './definition.ts';

const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  SHA: 'sha1',
  SHA1: 'sha1',
  SHA2_256: 'sha256',
  SHA2_512: 'sha512',
};

function hashBytes(call: Call): BoundExpression {
  const input = argument(call, 1);
  if (!isString(input.type) && !isBinary(input.type) && !input.type.untypedNull)
    throw invalidArgument(call, 1, input.type);
  return strict(varbinary(8000), [text(call, 0), castExpression(input, VARBINARY_MAX)], (algorithm, data) => {
    const name = (algorithm as string).toUpperCase();
    if (name === 'MD2' || name === 'MD4') throw notSupported(`HASHBYTES with ${name}`);
    const known = ALGORITHMS[name];
    return known === undefined
      ? null
      : createHash(known)
          .update(data as Uint8Array)
          .digest();
  });
}

/** BINARY_CHECKSUM of single-byte text: for each byte, rotate left by four bits, then exclusive or. */
function rollingChecksum(bytes: Uint8Array, seed = 0): number {
  let sum = seed;
  for (const b of bytes) sum = ((sum << 4) | (sum >>> 28)) ^ b;
  return sum | 0;
}

/** NEWID() expressions: their checksum may be any number, since they're random. */
const RANDOM_GUIDS = new WeakSet<BoundExpression>();

/**
 * The values of CHECKSUM aren't documented. Integers (up to int) are their own checksum, and BINARY_CHECKSUM of a
 * varchar is known; all other types are refused.
 */
function checksum(call: Call): BoundExpression {
  const args = allArguments(call);
  const [x] = args;
  if (!x || args.length > 1) throw notSupported(`${call.name} of several values`);
  const t = x.type;
  if (isInteger(t) && t.name !== 'bigint') return dynamic(INT, [x], v => (v === null ? 2147483647 : v));
  if (RANDOM_GUIDS.has(x)) {
    return dynamic(INT, [x], v => Buffer.from(guidToBytes(v as string)).readInt32LE(0));
  }
  if (call.name === 'BINARY_CHECKSUM' && isString(t) && !isUnicode(t)) {
    const page = codePageOf(t.collation);
    return strict(INT, [x], v => rollingChecksum(page.encode(trimSpaces(v as string))));
  }
  throw notSupported(`${call.name} of ${t.name}: SQL Server doesn't document its values; use HASHBYTES`);
}

function newId(call: Call): BoundExpression {
  const { session } = call.context;
  const x = dynamic(UNIQUEIDENTIFIER, [], () => (call.name === 'NEWID' ? session.newId() : session.newSequentialId()));
  RANDOM_GUIDS.add(x);
  return x;
}

const MAX_EXPANDED = 64 * 1024 * 1024;

function decompress(v: Value): Value {
  try {
    return gunzipSync(v as Uint8Array, { maxOutputLength: MAX_EXPANDED });
  } catch {
    throw new SqlError(8631, 'DECOMPRESS: the input is not in GZIP format or expands to more than 64 MB.');
  }
}

/** BASE64_ENCODE(bytes [, url_safe]): the alphabet of RFC 4648, table 1, or table 2 without padding. */
function base64Encode(call: Call): BoundExpression {
  const source = argument(call, 0);
  if (!isBinary(source.type) && !source.type.untypedNull) throw invalidArgument(call, 0, source.type);
  const size = source.type.length ?? 8000;
  const type = size === -1 || size > 6000 ? VARCHAR_MAX : varchar(8000);
  const args = [source, ...(call.args.length > 1 ? [int(call, 1)] : [])];
  return strict(type, args, (v, urlSafe) =>
    Buffer.from(v as Uint8Array).toString(urlSafe === undefined || urlSafe === 0 ? 'base64' : 'base64url'),
  );
}

function base64Decode(call: Call): BoundExpression {
  const source = text(call, 0);
  const type = source.type.length === -1 ? VARBINARY_MAX : varbinary(8000);
  return strict(type, [source], v => {
    const compact = (v as string).replace(/[\s]/g, '');
    const digits = compact.replace(/={1,2}$/, '');
    if (
      !/^[A-Za-z0-9+/_-]*$/.test(digits) ||
      digits.length % 4 === 1 ||
      (digits !== compact && compact.length % 4 !== 0)
    ) {
      throw new SqlError(9803, 'Invalid data for type "Base64Decode".');
    }
    return Buffer.from(digits, 'base64');
  });
}

export const HASH_FUNCTIONS: FunctionTable = {
  HASHBYTES: define(2, 2, hashBytes),
  CHECKSUM: define(1, 254, checksum),
  BINARY_CHECKSUM: define(1, 254, checksum),
  COMPRESS: define(1, 1, call =>
    strict(VARBINARY_MAX, [castExpression(argument(call, 0), VARBINARY_MAX)], v => gzipSync(v as Uint8Array)),
  ),
  DECOMPRESS: define(1, 1, call =>
    strict(VARBINARY_MAX, [castExpression(argument(call, 0), VARBINARY_MAX, { implicit: true })], decompress),
  ),
  BASE64_ENCODE: define(1, 2, base64Encode),
  BASE64_DECODE: define(1, 1, base64Decode),
  NEWID: define(0, 0, newId),
  NEWSEQUENTIALID: define(0, 0, newId),
  CRYPT_GEN_RANDOM: define(1, 2, call =>
    dynamic(varbinary(8000), [int(call, 0)], n =>
      n === null || (n as number) < 1 || (n as number) > 8000 ? null : randomBytes(n as number),
    ),
  ),
};
