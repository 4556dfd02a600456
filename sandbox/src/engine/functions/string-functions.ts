import { bytesOf } from '../bytes.ts';
import { codePageOf } from '../code-page.ts';
import { collationFor } from '../collation.ts';
import type { BoundExpression } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { BIGINT, INT, isBinary, isString, isUnicode, maxLengthBytes, nchar, char } from '../types.ts';
import {
  argument,
  clip,
  constantNumber,
  define,
  int,
  bigint,
  strict,
  stringType,
  text,
  widestString,
  type Call,
  type FunctionDefinition,
  type FunctionTable,
} from './definition.ts';
import { trimFunctions } from './trim-functions.ts';

const isLong = (t: SqlType): boolean => t.length === -1;

function trimmedLength(s: string): number {
  let n = s.length;
  while (n > 0 && s.charCodeAt(n - 1) === 32) n--;
  return n;
}

function len(call: Call): BoundExpression {
  const x = argument(call, 0);
  const type = isLong(x.type) ? BIGINT : INT;
  const number = (n: number): number | bigint => (type === BIGINT ? BigInt(n) : n);
  if (isBinary(x.type)) return strict(type, [x], v => number((v as Uint8Array).length));
  return strict(type, [text(call, 0)], s => number(trimmedLength(s as string)));
}

function dataLength(call: Call): BoundExpression {
  const x = argument(call, 0);
  const t = x.type;
  const type = isLong(t) || t.name === 'text' || t.name === 'ntext' || t.name === 'image' ? BIGINT : INT;
  const number = (n: number): number | bigint => (type === BIGINT ? BigInt(n) : n);
  if (t.untypedNull) return strict(INT, [x], () => null);
  if (isString(t)) {
    const width = isUnicode(t) ? 2 : 1;
    return strict(type, [x], v => number((v as string).length * width));
  }
  if (isBinary(t)) return strict(type, [x], v => number((v as Uint8Array).length));
  if (t.name === 'xml') return strict(type, [x], v => (v as string).length * 2);
  if (t.name === 'sql_variant') {
    return strict(INT, [x], v => {
      const { type: base, value } = v as { type: SqlType; value: never };
      if (isString(base)) return (value as string).length * (isUnicode(base) ? 2 : 1);
      return isBinary(base) ? (value as Uint8Array).length : maxLengthBytes(base);
    });
  }
  const size = maxLengthBytes(t);
  return strict(INT, [x], v => (size > 0 ? size : bytesOf(t)(v).length));
}

/** UPPER and LOWER character by character, so that the length stays. */
function changeCase(change: (s: string) => string): FunctionDefinition {
  return define(1, 1, call => {
    const x = text(call, 0);
    return strict(stringType([x.type], x.type.length ?? -1), [x], v => {
      const s = v as string;
      const r = change(s);
      return r.length === s.length ? r : [...s].map(c => (change(c).length === c.length ? change(c) : c)).join('');
    });
  });
}

function sideType(x: BoundExpression, count: BoundExpression): SqlType {
  const whole = x.type.length ?? -1;
  const n = constantNumber(count);
  if (whole === -1) return stringType([x.type], -1);
  return stringType([x.type], n === undefined ? whole : Math.min(whole, Math.max(1, n)));
}

const invalidLength = (name: string): SqlError =>
  new SqlError(
    name === 'SUBSTRING' ? 537 : 536,
    `Invalid length parameter passed to the ${name === 'SUBSTRING' ? 'LEFT or SUBSTRING' : name} function.`,
  );

function side(take: (s: string, n: number) => string): FunctionDefinition {
  return define(2, 2, call => {
    const [x, n] = [text(call, 0), int(call, 1)];
    return strict(sideType(x, n), [x, n], (s, count) => {
      if ((count as number) < 0) throw invalidLength(call.name === 'LEFT' ? 'SUBSTRING' : 'RIGHT');
      return take(s as string, count as number);
    });
  });
}

function substring(call: Call): BoundExpression {
  const source = argument(call, 0);
  const [start, length] = [bigint(call, 1), bigint(call, 2)];
  const range = (a: number, n: number): [number, number] => {
    if (n < 0) throw invalidLength('SUBSTRING');
    const from = Math.max(a, 1);
    return [from - 1, Math.max(from - 1, a + n - 1)];
  };
  if (isBinary(source.type)) {
    return strict({ name: 'varbinary', length: source.type.length ?? 8000 }, [source, start, length], (v, a, n) =>
      (v as Uint8Array).subarray(...range(Number(a), Number(n))),
    );
  }
  const x = text(call, 0);
  return strict(sideType(x, int(call, 2)), [x, start, length], (s, a, n) =>
    (s as string).slice(...range(Number(a), Number(n))),
  );
}

function replace(call: Call): BoundExpression {
  const args = [text(call, 0), text(call, 1), text(call, 2)];
  const types = args.map(a => a.type);
  const type = widestString(types);
  const { fold } = collationFor(type.collation);
  const cut = clip(type);
  return strict(type, args, (v, p, r) => {
    const [s, pattern, by] = [v as string, fold(p as string), r as string];
    if (pattern === '') return s;
    const folded = fold(s);
    let result = '';
    let from = 0;
    for (let at = folded.indexOf(pattern); at >= 0; at = folded.indexOf(pattern, from)) {
      result += s.slice(from, at) + by;
      from = at + pattern.length;
    }
    return cut(result + s.slice(from));
  });
}

function stuff(call: Call): BoundExpression {
  const [x, start, length, insert] = [text(call, 0), int(call, 1), int(call, 2), text(call, 3)];
  const type = widestString([x.type, insert.type]);
  const cut = clip(type);
  return {
    type,
    evaluate: env => {
      const s = x.evaluate(env) as string | null;
      const a = start.evaluate(env) as number | null;
      const n = length.evaluate(env) as number | null;
      if (s === null || a === null || n === null || a < 1 || a > s.length || n < 0) return null;
      return cut(s.slice(0, a - 1) + ((insert.evaluate(env) as string | null) ?? '') + s.slice(a - 1 + n));
    },
  };
}

/** The longest result in characters, which protects the process's memory. */
const LONGEST = 64 * 1024 * 1024;

function replicate(call: Call): BoundExpression {
  const [x, n] = [text(call, 0), int(call, 1)];
  const type = widestString([x.type]);
  const limit = type.length === -1 ? LONGEST : (type.length ?? 8000);
  return strict(type, [x, n], (v, count) => {
    const s = v as string;
    const times = count as number;
    if (times < 0) return null;
    if (s.length * times <= limit) return s.repeat(times);
    if (type.length === -1)
      throw new SqlError(701, "There is insufficient system memory in resource pool 'default' to run this query.", 17);
    return s.repeat(Math.ceil(limit / s.length)).slice(0, limit);
  });
}

function space(call: Call): BoundExpression {
  return strict({ name: 'varchar', length: 8000 }, [int(call, 0)], n =>
    (n as number) < 0 ? null : ' '.repeat(Math.min(n as number, 8000)),
  );
}

function charIndex(call: Call): BoundExpression {
  const [pattern, x] = [text(call, 0), text(call, 1)];
  const type = isLong(x.type) ? BIGINT : INT;
  const { fold } = collationFor(x.type.collation ?? pattern.type.collation);
  const args = call.args.length > 2 ? [pattern, x, bigint(call, 2)] : [pattern, x];
  return strict(type, args, (p, v, start) => {
    const from = start === undefined ? 0 : Math.max(0, Number(start) - 1);
    const wanted = fold(p as string);
    const at = wanted === '' ? 0 : fold(v as string).indexOf(wanted, from) + 1;
    return type === BIGINT ? BigInt(at) : at;
  });
}

function translate(call: Call): BoundExpression {
  const args = [text(call, 0), text(call, 1), text(call, 2)];
  const type = stringType(
    args.map(a => a.type),
    args[0]?.type.length ?? -1,
  );
  const { fold } = collationFor(type.collation);
  return strict(type, args, (v, from, to) => {
    const [source, target] = [fold(from as string), to as string];
    if (source.length !== target.length) {
      throw new SqlError(
        9828,
        'The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.',
      );
    }
    const s = v as string;
    const folded = fold(s);
    let result = '';
    for (let i = 0; i < s.length; i++) {
      const at = source.indexOf(folded[i] ?? '');
      result += at < 0 ? s[i] : target[at];
    }
    return result;
  });
}

function ascii(call: Call): BoundExpression {
  const x = text(call, 0);
  const page = codePageOf(isUnicode(x.type) ? undefined : x.type.collation);
  return strict(INT, [x], s => page.encode((s as string).slice(0, 1))[0] ?? null);
}

export const STRING_FUNCTIONS: FunctionTable = {
  ...trimFunctions(),
  LEN: define(1, 1, len),
  DATALENGTH: define(1, 1, dataLength),
  UPPER: changeCase(s => s.toUpperCase()),
  LOWER: changeCase(s => s.toLowerCase()),
  LEFT: side((s, n) => s.slice(0, n)),
  RIGHT: side((s, n) => (n === 0 ? '' : s.slice(-n))),
  SUBSTRING: define(3, 3, substring),
  REPLACE: define(3, 3, replace),
  STUFF: define(4, 4, stuff),
  REPLICATE: define(2, 2, replicate),
  SPACE: define(1, 1, space),
  CHARINDEX: define(2, 3, charIndex),
  TRANSLATE: define(3, 3, translate),
  REVERSE: define(1, 1, call => {
    const x = text(call, 0);
    return strict(stringType([x.type], x.type.length ?? -1), [x], s => (s as string).split('').reverse().join(''));
  }),
  ASCII: define(1, 1, ascii),
  UNICODE: define(1, 1, call => strict(INT, [text(call, 0)], s => (s === '' ? null : (s as string).charCodeAt(0)))),
  CHAR: define(1, 1, call =>
    strict(char(1), [int(call, 0)], n =>
      (n as number) < 0 || (n as number) > 255 ? null : codePageOf().decode(Uint8Array.of(n as number)),
    ),
  ),
  NCHAR: define(1, 1, call =>
    strict(nchar(1), [int(call, 0)], n =>
      (n as number) < 0 || (n as number) > 65535 ? null : String.fromCharCode(n as number),
    ),
  ),
};
