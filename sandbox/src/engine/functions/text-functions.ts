import { codePageNumber } from '../code-page.ts';
import { collationParts } from '../collation-languages.ts';
import { collationFor } from '../collation.ts';
import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import { compileLike, type LikePattern } from '../like.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { BIGINT, INT, NVARCHAR_MAX, isBinary, isDateTime, isNumeric, isString, nvarchar, varchar } from '../types.ts';
import {
  argument,
  define,
  float,
  int,
  invalidArgument,
  strict,
  stringType,
  text,
  textWidth,
  type Call,
  type FunctionTable,
} from './definition.ts';

/** An argument of CONCAT: anything that converts to text. */
function concatenable(call: Call, index: number): BoundExpression {
  const x = argument(call, index);
  const t = x.type;
  if (isString(t) || t.untypedNull || isNumeric(t) || isDateTime(t) || t.name === 'uniqueidentifier' || isBinary(t))
    return text(call, index);
  if (t.name === 'sql_variant') return castExpression(x, nvarchar(4000));
  throw invalidArgument(call, index, t);
}

function concatType(args: readonly BoundExpression[], separators: number): SqlType {
  const types = args.map(a => a.type);
  const long = types.some(t => t.length === -1);
  return stringType(types, long ? -1 : types.reduce((sum, t) => sum + (t.length ?? textWidth(t)), separators));
}

function concat(call: Call): BoundExpression {
  const args = call.args.map((_, i) => concatenable(call, i));
  return {
    type: concatType(args, 0),
    evaluate: env => {
      let result = '';
      for (const a of args) result += (a.evaluate(env) as string | null) ?? '';
      return result;
    },
  };
}

function concatWithSeparator(call: Call): BoundExpression {
  const args = call.args.map((_, i) => concatenable(call, i));
  const [separator, ...items] = args;
  const separators = (separator?.type.length ?? 1) * Math.max(0, items.length - 1);
  return {
    type: concatType(items, separators),
    evaluate: env => {
      const by = (separator?.evaluate(env) as string | null) ?? '';
      const parts: string[] = [];
      for (const a of items) {
        const v = a.evaluate(env) as string | null;
        if (v !== null) parts.push(v);
      }
      return parts.join(by);
    },
  };
}

function patIndex(call: Call): BoundExpression {
  const [pattern, x] = [text(call, 0), text(call, 1)];
  const type = x.type.length === -1 ? BIGINT : INT;
  let source: Value = null;
  let compiled: LikePattern | undefined;
  return strict(type, [pattern, x], (p, s) => {
    if (!compiled || p !== source) {
      compiled = compileLike(p as string, undefined, x.type.collation ?? pattern.type.collation);
      source = p;
    }
    const at = compiled.indexIn(s as string);
    return type === BIGINT ? BigInt(at) : at;
  });
}

const QUOTES: Readonly<Record<string, readonly [string, string]>> = {
  '[': ['[', ']'],
  ']': ['[', ']'],
  "'": ["'", "'"],
  '"': ['"', '"'],
  '(': ['(', ')'],
  ')': ['(', ')'],
  '<': ['<', '>'],
  '>': ['<', '>'],
  '{': ['{', '}'],
  '}': ['{', '}'],
  '`': ['`', '`'],
};

function quoteName(call: Call): BoundExpression {
  const x = castExpression(text(call, 0), NVARCHAR_MAX);
  const args = call.args.length > 1 ? [x, text(call, 1)] : [x];
  return strict(nvarchar(258), args, (v, mark) => {
    const quote = QUOTES[mark === undefined ? '[' : ((mark as string)[0] ?? '[')];
    const s = v as string;
    if (!quote || s.length > 128) return null;
    const [open, close] = quote;
    return open + s.split(close).join(close + close) + close;
  });
}

/** Splits a name of up to four parts; undefined when it isn't one. */
function splitName(name: string): string[] | undefined {
  const parts: string[] = [];
  const pattern = /\s*(?:\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.[\]"]*))\s*(\.|$)/y;
  for (;;) {
    const m = pattern.exec(name);
    if (!m) return undefined;
    parts.push(m[1]?.replace(/\]\]/g, ']') ?? m[2]?.replace(/""/g, '"') ?? (m[3] ?? '').trim());
    if (m[4] === '') break;
  }
  return parts.length > 4 || parts.at(-1) === '' ? undefined : parts;
}

function parseName(call: Call): BoundExpression {
  const x = castExpression(text(call, 0), NVARCHAR_MAX);
  return strict(nvarchar(128), [x, int(call, 1)], (name, part) => {
    const n = part as number;
    const parts = splitName(name as string);
    if (!parts || n < 1 || n > 4) return null;
    const found = parts[parts.length - n];
    return found === undefined || found === '' || found.length > 128 ? null : found;
  });
}

/** STR: right-justified, rounded; asterisks when the integral part doesn't fit. */
function str(call: Call): BoundExpression {
  const value = float(call, 0);
  const width = call.args.length > 1 ? int(call, 1) : undefined;
  const digits = call.args.length > 2 ? int(call, 2) : undefined;
  const args = [value, ...(width ? [width] : []), ...(digits ? [digits] : [])];
  return strict(varchar(8000), args, (v, w, d) => {
    const size = w === undefined ? 10 : (w as number);
    const decimals = Math.min(16, d === undefined ? 0 : (d as number));
    if (size < 0 || size > 8000 || decimals < 0) return null;
    const whole = (v as number).toFixed(0);
    if (whole.length > size) return '*'.repeat(size);
    const room = Math.max(0, Math.min(decimals, size - whole.length - 1));
    return (v as number).toFixed(room).padStart(size);
  });
}

const SOUNDEX_CODES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['BFPV', '1'],
    ['CGJKQSXZ', '2'],
    ['DT', '3'],
    ['L', '4'],
    ['MN', '5'],
    ['R', '6'],
  ].flatMap(([letters = '', code = '']) => [...letters].map(l => [l, code])),
);

/** Adjacent letters with one code count once, also across H and W (the rules since compatibility level 110). */
function soundex(source: string): string {
  const s = source.trimStart().toUpperCase();
  const first = s[0];
  if (first === undefined || !/[A-Z]/.test(first)) return '0000';
  let result = first;
  let previous = SOUNDEX_CODES[first];
  for (const c of s.slice(1)) {
    if (!/[A-Z]/.test(c)) break;
    const code = SOUNDEX_CODES[c];
    if (code !== undefined && code !== previous) result += code;
    if (c !== 'H' && c !== 'W') previous = code;
  }
  return result.padEnd(4, '0').slice(0, 4);
}

function difference(call: Call): BoundExpression {
  return strict(INT, [text(call, 0), text(call, 1)], (a, b) => {
    const [x, y] = [soundex(a as string), soundex(b as string)];
    return [0, 1, 2, 3].filter(i => x[i] === y[i]).length;
  });
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** JSON escapes as SQL Server writes them: the slash too. */
export const escapeJson = (s: string): string =>
  s.replace(/["\\/\u0000-\u001f]/g, c => ESCAPES[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

function stringEscape(call: Call): BoundExpression {
  return strict(NVARCHAR_MAX, [text(call, 0), text(call, 1)], (s, kind) => {
    if (!/^json$/i.test(kind as string)) {
      throw new SqlError(8116, 'An invalid value was specified for argument 2.');
    }
    return escapeJson(s as string);
  });
}

export const TEXT_FUNCTIONS: FunctionTable = {
  CONCAT: define(2, 254, concat),
  CONCAT_WS: define(3, 254, concatWithSeparator),
  PATINDEX: define(2, 2, patIndex),
  QUOTENAME: define(1, 2, quoteName),
  PARSENAME: define(2, 2, parseName),
  STR: define(1, 3, str),
  SOUNDEX: define(1, 1, call => strict(varchar(4), [text(call, 0)], s => soundex(s as string))),
  DIFFERENCE: define(2, 2, difference),
  STRING_ESCAPE: define(2, 2, stringEscape),
  COLLATIONPROPERTY: define(2, 2, call =>
    strict(INT, [text(call, 0), text(call, 1)], (name, property) => {
      try {
        const c = collationFor(name as string);
        switch ((property as string).toLowerCase()) {
          case 'codepage':
            return codePageNumber(c.name);
          case 'lcid':
            return collationParts(c.name)?.language.lcid ?? null;
          case 'comparisonstyle':
            return c.binary ? 0 : (c.caseSensitive ? 0 : 1) + (c.accentSensitive ? 0 : 2) + 196608;
          case 'version':
            return 0;
          default:
            return null;
        }
      } catch (error) {
        if (error instanceof SqlError) return null;
        throw error;
      }
    }),
  ),
};
