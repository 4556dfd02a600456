import { collationParts } from './collation-languages.ts';
import { SqlError, notSupported } from './sql-error.ts';
import type { SqlType } from './sql-type.ts';

const DEFAULT_COLLATION = 'SQL_Latin1_General_CP1_CI_AS';

/** How strings of one collation are compared, ordered, hashed and cut up. */
export interface Collation {
  readonly name: string;
  readonly caseSensitive: boolean;
  readonly accentSensitive: boolean;
  readonly binary: boolean;
  /** Equal strings (after ignoring trailing spaces) have equal keys, and only these. */
  key(text: string): string;
  /** Like `key`, but trailing spaces count and every character keeps its place (LIKE, CHARINDEX, REPLACE). */
  fold(text: string): string;
  compare(a: string, b: string): number;
}

const ASCII = /^[\x20-\x7e]*$/;

function foldWide(text: string): string {
  // Width- and kana-insensitive, as every collation without _WS and _KS is.
  return text.replace(/[\uff01-\uff5e\u30a1-\u30f6ς]/g, c => {
    const code = c.charCodeAt(0);
    if (code === 0x3c2) return 'σ';
    return String.fromCharCode(code >= 0xff01 ? code - 0xfee0 : code - 0x60);
  });
}

const stripMarks = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '');

/** Lower-cases character by character, so that positions stay what they were (İ alone would become two). */
function lowerInPlace(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  let result = '';
  for (const c of text) {
    const l = c.toLowerCase();
    result += l.length === c.length ? l : c;
  }
  return result;
}

export function trimSpaces(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 32) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Compares as if the shorter one were padded with spaces, by code unit. */
function compareBinary(a: string, b: string): number {
  const n = Math.max(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = i < a.length ? a.charCodeAt(i) : 32;
    const y = i < b.length ? b.charCodeAt(i) : 32;
    if (x !== y) return x - y;
  }
  return 0;
}

function binaryCollation(name: string): Collation {
  const fold = (text: string): string => text;
  return {
    name,
    caseSensitive: true,
    accentSensitive: true,
    binary: true,
    key: trimSpaces,
    fold,
    compare: compareBinary,
  };
}

function linguisticCollation(
  name: string,
  locale: string,
  caseSensitive: boolean,
  accentSensitive: boolean,
): Collation {
  const sensitivity = caseSensitive ? (accentSensitive ? 'variant' : 'case') : accentSensitive ? 'accent' : 'base';
  const collator = new Intl.Collator(locale, { sensitivity });
  // Printable ASCII has no contractions: a table of weights gives the collator's order much faster.
  const weights = new Int16Array(128).fill(-1);
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  const sorted = [...printable].sort((a, b) => collator.compare(a, b));
  sorted.forEach((c, i) => {
    const previous = sorted[i - 1];
    const same = !caseSensitive && previous !== undefined && collator.compare(previous, c) === 0;
    weights[c.charCodeAt(0)] = same ? (weights[previous.charCodeAt(0)] ?? i) : i;
  });
  const plainOrder = locale === 'en' && !caseSensitive;

  const fold = (text: string): string => {
    if (ASCII.test(text)) return caseSensitive ? text : text.toLowerCase();
    const wide = foldWide(text);
    const cased = caseSensitive ? wide : lowerInPlace(wide);
    if (accentSensitive) return cased;
    let result = '';
    for (const c of cased) {
      const base = stripMarks(c);
      result += base.length === c.length ? base : c;
    }
    return result;
  };
  const key = (text: string): string => {
    const trimmed = trimSpaces(text);
    if (ASCII.test(trimmed)) return caseSensitive ? trimmed : trimmed.toLowerCase();
    const wide = foldWide(trimmed.normalize('NFC'));
    const cased = caseSensitive ? wide : wide.toLowerCase().replace(/ß/g, 'ss').replace(/ς/g, 'σ');
    return accentSensitive ? cased : stripMarks(cased);
  };
  const slow = (a: string, b: string): number => {
    const x = key(a);
    const y = key(b);
    if (x === y) return 0;
    return collator.compare(trimSpaces(a), trimSpaces(b)) || (x < y ? -1 : 1);
  };
  const compare = (a: string, b: string): number => {
    if (a === b) return 0;
    if (!plainOrder) return slow(a, b);
    const x = trimSpaces(a);
    const y = trimSpaces(b);
    const n = Math.min(x.length, y.length);
    let difference = 0;
    for (let i = 0; i < n; i++) {
      const c = x.charCodeAt(i);
      const d = y.charCodeAt(i);
      if (c < 32 || c > 126 || d < 32 || d > 126) return slow(x, y);
      if (difference === 0 && c !== d) difference = (weights[c] ?? 0) - (weights[d] ?? 0);
    }
    if (x.length === y.length) return difference;
    const rest = x.length > y.length ? x : y;
    for (let i = n; i < rest.length; i++) {
      const c = rest.charCodeAt(i);
      if (c < 32 || c > 126) return slow(x, y);
    }
    return difference || x.length - y.length;
  };
  return { name, caseSensitive, accentSensitive, binary: false, key, fold, compare };
}

const cache = new Map<string, Collation>();

function build(name: string): Collation {
  const parts = collationParts(name);
  if (!parts) throw new SqlError(448, `Invalid collation '${name}'.`);
  if (parts.utf8) throw notSupported(`UTF-8 collations (${name})`);
  const { locale } = parts.language;
  if (locale === undefined) throw notSupported(`the collation ${name}`);
  if (parts.otherSensitivity) throw notSupported(`kana-, width- or variation-selector-sensitive collations (${name})`);
  if (parts.binary) return binaryCollation(name);
  return linguisticCollation(name, locale, parts.caseSensitive, parts.accentSensitive);
}

/** The collation of that name; error 448 when there is none. `database_default` and undefined mean the default. */
export function collationFor(name?: string): Collation {
  const wanted = name === undefined || /^(database_default|catalog_default)$/i.test(name) ? DEFAULT_COLLATION : name;
  const id = wanted.toLowerCase();
  let found = cache.get(id);
  if (!found) {
    found = build(wanted);
    cache.set(id, found);
  }
  return found;
}

/** Collation facets of the result of combining two strings: explicit wins, then a non-default one (error 468). */
export function unifyCollation(a: SqlType, b: SqlType): Pick<SqlType, 'collation' | 'explicitCollation'> {
  if (a.collation === undefined && b.collation === undefined) return {};
  const same = (a.collation ?? '').toLowerCase() === (b.collation ?? '').toLowerCase();
  const wins = (t: SqlType): Pick<SqlType, 'collation' | 'explicitCollation'> =>
    t.explicitCollation ? { collation: t.collation, explicitCollation: true } : { collation: t.collation };
  if (a.explicitCollation && (!b.explicitCollation || same)) return wins(a);
  if (b.explicitCollation && !a.explicitCollation) return wins(b);
  if (a.collation === undefined || same) return wins(b);
  if (b.collation === undefined) return wins(a);
  throw new SqlError(
    468,
    `Cannot resolve the collation conflict between "${a.collation}" and "${b.collation}" in the equal to operation.`,
  );
}
