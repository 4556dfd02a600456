import { AppError } from '../common/app-error.js';

/** A T-SQL name of one to three parts as the caller wrote it, without quotes. `db..t` has no schema. */
export interface ObjectName {
  readonly database?: string;
  readonly schema?: string;
  readonly name: string;
}

const MAX_NAME = 128;
/**
 * An unquoted name with spaces, as people write it, after an optional plain schema (and database). It may hold nothing
 * that is syntax.
 */
const SPOKEN_NAME =
  /^(?:(?:([\p{L}_][\p{L}\p{Nd}_@#$]*)\s*\.\s*)?([\p{L}_][\p{L}\p{Nd}_@#$]*)\s*\.\s*)?([\p{L}\p{Nd}\p{Extended_Pictographic}_][\p{L}\p{M}\p{Nd}\p{Extended_Pictographic}_ $#@&'-]*)$/u;
const PLAIN = /[\p{L}_@#][\p{L}\p{Nd}_@#$]*/uy;

/** Quotes a name for SQL text, whatever characters it holds (`]` is doubled, as QUOTENAME does). */
export function quoteName(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

/** The name for SQL text; with its database where that is not the tenant's own. */
export function quotedPlace({
  database,
  schema,
  name,
}: {
  readonly database?: string | undefined;
  readonly schema: string;
  readonly name: string;
}): string {
  const place = `${quoteName(schema)}.${quoteName(name)}`;
  return database === undefined ? place : `${quoteName(database)}.${place}`;
}

/** The name as people write it: each part is quoted only where it must be. */
export function shownName(schema: string, name: string): string {
  return `${shownPart(schema)}.${shownPart(name)}`;
}

export function shownPart(part: string): string {
  return isPlain(part) ? part : quoteName(part);
}

/** The one part of a name that a caller wrote, without the quotes and the blanks around it. */
export function unquotedPart(text: string): string {
  const trimmed = text.trim();
  const quoted = /^[["]/.test(trimmed) ? readPart(trimmed, 0) : undefined;
  return quoted?.end === trimmed.length ? quoted.name : trimmed;
}

/** Reads `Orders`, `sales.Orders`, `db.sales.Orders`, `db..Orders`, `[odd name]` or `"odd name"`. Throws AppError INVALID_ARGUMENT. */
export function parseObjectName(text: string): ObjectName {
  const trimmed = text.trim();
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const part = readPart(trimmed, at);
    if (part === undefined) break;
    parts.push(part.name);
    at = skipBlanks(trimmed, part.end);
    if (at === trimmed.length) return toName(parts, text);
    if (trimmed[at] !== '.') break;
    at = skipBlanks(trimmed, at + 1);
    if (trimmed[at] === '.' && parts.length === 1) {
      parts.push('');
      at = skipBlanks(trimmed, at + 1);
    }
  }
  const [, ...spoken] = SPOKEN_NAME.exec(trimmed) ?? [];
  if (spoken.length > 0)
    return toName(
      spoken.filter(part => part !== undefined),
      text,
    );
  throw invalid(text);
}

function readPart(text: string, at: number): { name: string; end: number } | undefined {
  const first = text[at];
  if (first === '[' || first === '"') return readQuoted(text, at, first === '[' ? ']' : '"');
  PLAIN.lastIndex = at;
  const match = PLAIN.exec(text);
  return match === null ? undefined : { name: match[0], end: PLAIN.lastIndex };
}

function readQuoted(text: string, at: number, close: string): { name: string; end: number } | undefined {
  let name = '';
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] !== close) name += text[i];
    else if (text[i + 1] === close) {
      name += close;
      i++;
    } else return name === '' ? undefined : { name, end: i + 1 };
  }
  return undefined;
}

function toName(parts: readonly string[], given: string): ObjectName {
  if (parts.some(part => part.length > MAX_NAME)) throw invalid(given);
  if (parts.length > 3) {
    throw new AppError('INVALID_ARGUMENT', 'The table name has more than three parts: it names another server.', {
      hint: 'Write schema.table.',
    });
  }
  const [name = '', schema = '', database] = [...parts].reverse();
  return { ...(database === undefined ? {} : { database }), ...(schema === '' ? {} : { schema }), name };
}

function skipBlanks(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at] ?? '')) at++;
  return at;
}

function isPlain(part: string): boolean {
  PLAIN.lastIndex = 0;
  return PLAIN.exec(part) !== null && PLAIN.lastIndex === part.length;
}

function invalid(given: string): AppError {
  const shown = given.length > 60 ? `${given.slice(0, 60)}…` : given;
  return new AppError('INVALID_ARGUMENT', `${JSON.stringify(shown)} is not a table name.`, {
    hint: 'Write it as Orders, sales.Orders or [sales].[odd name].',
  });
}
