import { readSetting } from './script-settings.js';
import { TokenReader } from '../lexer/token-reader.js';
import { type Tokens, tokenize, WORD } from '../lexer/tsql-lexer.js';

/**
 * A script as people write it, without what stands around its statement. The removed parts have become spaces, so that
 * offsets, lines and columns are those of the caller's text.
 */
export interface ScriptFrame {
  readonly statement: string;
  readonly tokens: Tokens;
  /** How the statement reads and writes dates: `SET DATEFORMAT dmy;`, on one line. */
  readonly dates: string;
  /** `SET TRANSACTION ISOLATION LEVEL …;`, which must come before the transaction begins. */
  readonly isolation: string;
}

const OPENING_FENCE = /^\s*```[ \t]*(?:sql|t-?sql|mssql)?[ \t]*\r?\n/i;
const FENCE = '```';

/**
 * Removes a closed list of things: a Markdown fence around everything, settings in front of the statement, and GO after
 * these settings and at the end. What remains is judged as any other statement, so that the list cannot weaken the
 * policy. Settings without a statement are left as they are.
 */
export function readFrame(text: string, database: string): ScriptFrame {
  const bare = withoutFence(text);
  const tokens = tokenize(bare);
  const unchanged = { statement: bare, tokens, dates: '', isolation: '' };
  // Where servers disagree about the end of a comment, they disagree about what the settings are.
  if (tokens.loneReturn || tokens.fault !== undefined) return unchanged;
  const reader = new TokenReader(bare, tokens);
  const settings = readSettings(reader, database);
  let count = tokens.count;
  while (count > settings.next && (isSeparator(reader, count - 1) || endsSeparator(reader, count - 1))) count--;
  const changed = settings.next > 0 || count < tokens.count;
  if (!changed || settings.next >= count) return unchanged;
  let statement = bare;
  if (settings.next > 0) statement = blanked(statement, reader.start(0), tokens.ends[settings.next - 1] ?? 0);
  for (let i = count; i < tokens.count; i++) statement = blanked(statement, reader.start(i), tokens.ends[i] ?? 0);
  return {
    statement,
    tokens: tokenize(statement),
    dates: settings.dates.join(' '),
    isolation: settings.isolation,
  };
}

interface Settings {
  /** The first token that belongs to none of them; 0 when there are none. */
  readonly next: number;
  readonly dates: readonly string[];
  readonly isolation: string;
}

/** At most so many settings in front of a statement; nobody needs more. */
const MAX_SETTINGS = 20;

function readSettings(reader: TokenReader, database: string): Settings {
  const dates: string[] = [];
  let isolation = '';
  let next = 0;
  for (let n = 0; n < MAX_SETTINGS; n++) {
    const setting = readSetting(reader, afterSemicolons(reader, next), database);
    if (setting === undefined) break;
    if (setting.dates !== undefined) dates.push(setting.dates);
    isolation = setting.isolation ?? isolation;
    next = afterSemicolons(reader, setting.next);
    // Settings of a session outlive their batch, so a GO after them changes nothing.
    while (isSeparator(reader, next)) next = afterSemicolons(reader, next + 1);
  }
  return { next, dates, isolation };
}

function afterSemicolons(reader: TokenReader, i: number): number {
  while (reader.isSign(i, ';')) i++;
  return i;
}

/** Whether the token is a semicolon after a GO: client tools refuse it, but people mean the GO. */
function endsSeparator(reader: TokenReader, i: number): boolean {
  return reader.isSign(i, ';') && isSeparator(reader, i - 1);
}

/** Whether the token is a GO that has its line to itself, without a count. */
function isSeparator(reader: TokenReader, i: number): boolean {
  if (i <= 0 || reader.kind(i) !== WORD || !reader.isWord(i, 'GO')) return false;
  const { text, tokens } = reader;
  const start = reader.start(i);
  const lineStart = text.lastIndexOf('\n', start) + 1;
  if (/[^ \t]/.test(text.slice(lineStart, start))) return false;
  const end = tokens.ends[i] ?? 0;
  const newLine = text.indexOf('\n', end);
  return /^[ \t]*;?[ \t]*(?:\r?$|--)/.test(text.slice(end, newLine < 0 ? text.length : newLine));
}

function withoutFence(text: string): string {
  const opening = OPENING_FENCE.exec(text)?.[0];
  if (opening === undefined) return text;
  const end = text.trimEnd().length;
  const closing = end - FENCE.length;
  if (closing < opening.length || text.slice(closing, end) !== FENCE) return text;
  const lineStart = text.lastIndexOf('\n', closing) + 1;
  if (/[^ \t]/.test(text.slice(lineStart, closing))) return text;
  const bare = blanked(blanked(text, 0, opening.length), closing, end);
  return bare.trim() === '' ? text : bare;
}

/** Replaces everything but line ends by spaces. */
function blanked(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ') + text.slice(end);
}
