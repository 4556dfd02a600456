import { AppError } from '../../../common/app-error.js';
import type { Rows } from '../../connection/catalog-runner.js';
import type { ModuleText } from './object.types.js';
import { PART_CHARACTERS } from './objects.queries.js';

/**
 * What stands behind words that name a secret, in a connection string or an assignment. A guess, for secrets that should
 * not be in a module at all; the permissions of the login decide who may read definitions.
 */
const SECRET =
  /((?:password|passwd|pwd|secret|accountkey|sharedaccess(?:key|signature)|api[_-]?key|access[_-]?token)\s*(?:=|:)\s*)(N?'+[^']{1,1000}'+|"[^"]{1,1000}"|[^;'"\s,)@]{1,1000}(?=[;'"]))/gi;

/** Reads rows of DEFINITION. `isHidden` tells whether a word of the text names something that the person may not see. */
export function moduleText(rows: Rows, isHidden: (text: string) => boolean): ModuleText {
  const read = wholeText(rows);
  if (read.kind !== 'text') return read;
  const { whole, cut } = read;
  if (isHidden(whole)) return { kind: 'names_hidden' };
  const text = whole.replace(SECRET, '$1***');
  return { kind: 'text', text, masked: text !== whole, cut };
}

type WholeText =
  | { readonly kind: 'text'; readonly whole: string; readonly cut: boolean }
  | { readonly kind: 'encrypted' | 'not_permitted' };

/** The text itself, for the server and not for a caller. */
export function wholeText(rows: Rows): WholeText {
  const [first] = rows;
  if (first === undefined) return { kind: 'not_permitted' };
  const [encrypted, characters] = first;
  const parts = rows.map(row => row[2]);
  if (typeof characters !== 'number' || !parts.every(part => typeof part === 'string'))
    return { kind: encrypted === 1 ? 'encrypted' : 'not_permitted' };
  const whole = parts.join('');
  if (whole.length < Math.min(characters, parts.length * PART_CHARACTERS)) throw changed();
  return { kind: 'text', whole, cut: characters > whole.length };
}

function changed(): AppError {
  return new AppError('SQL_ERROR', 'The definition changed while it was read.', { hint: 'Call again.' });
}

const WORD = /[\p{L}\p{Nd}_@#$]+/gu;

/**
 * Tests a text for names, in any place: also in comments and in texts that the module executes. Case is ignored. A name
 * with other characters than letters, digits and `_@#$` is looked for as it is.
 */
export function namesIn(names: Iterable<string>): (text: string) => boolean {
  const plain = new Set<string>();
  const odd: string[] = [];
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower.match(WORD)?.[0] === lower) plain.add(lower);
    else odd.push(lower);
  }
  return text => {
    const lower = text.toLowerCase();
    for (const [word] of lower.matchAll(WORD)) if (plain.has(word)) return true;
    // `]]` in a quoted name is one bracket.
    const unquoted = lower.replaceAll(']]', ']').replaceAll('""', '"');
    return odd.some(name => lower.includes(name) || unquoted.includes(name));
  };
}

const PART = '(?:\\[([^\\]]{1,128})\\]|"([^"]{1,128})"|([\\p{L}_@#][\\p{L}\\p{Nd}_@#$]{0,127}))';
const THREE_PARTS = new RegExp(`${PART} ?\\. ?(?:${PART} ?)?\\. ?(?:\\[|"|[\\p{L}_@#])`, 'giu');

/** Code that makes the text of a statement: names may be put together from parts. */
const DYNAMIC = /\bexec(?:ute)?\s*\(|\bsp_executesql\b|\bopen(?:query|rowset|datasource)\b/i;

/**
 * Whether a text makes statements, or has a name of three parts that does not begin with one of the schemas (in lower case): it may name
 * another database, of which nothing is known here.
 */
export function reachesOut(text: string, schemas: ReadonlySet<string>): boolean {
  if (DYNAMIC.test(text)) return true;
  for (const [, bracketed, quoted, plain] of text.replace(/\s+/g, ' ').matchAll(THREE_PARTS)) {
    if (!schemas.has((bracketed ?? quoted ?? plain ?? '').toLowerCase())) return true;
  }
  return false;
}
