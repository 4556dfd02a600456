import type { TokenReader } from '../lexer/token-reader.js';
import { NUMBER, QUOTED, STRING, WORD } from '../lexer/tsql-lexer.js';

/** A statement that may stand in front of the caller's. */
export interface ScriptSetting {
  /** The first token after it. */
  readonly next: number;
  /** What runs instead of the caller's text: one of the constants of this file, or nothing. */
  readonly dates?: string;
  readonly isolation?: string;
}

const ISOLATION_LEVELS = new Set(['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SNAPSHOT']);
const DATE_FORMATS = new Set(['mdy', 'dmy', 'ymd', 'ydm', 'myd', 'dym']);
/** The names and aliases of sys.syslanguages. */
const LANGUAGES: readonly (readonly [name: string, alias: string])[] = [
  ['us_english', 'English'],
  ['British', 'British English'],
  ['Deutsch', 'German'],
  ['Français', 'French'],
  ['日本語', 'Japanese'],
  ['Dansk', 'Danish'],
  ['Español', 'Spanish'],
  ['Italiano', 'Italian'],
  ['Nederlands', 'Dutch'],
  ['Norsk', 'Norwegian'],
  ['Português', 'Portuguese'],
  ['Suomi', 'Finnish'],
  ['Svenska', 'Swedish'],
  ['čeština', 'Czech'],
  ['magyar', 'Hungarian'],
  ['polski', 'Polish'],
  ['română', 'Romanian'],
  ['hrvatski', 'Croatian'],
  ['slovenčina', 'Slovak'],
  ['slovenski', 'Slovenian'],
  ['ελληνικά', 'Greek'],
  ['български', 'Bulgarian'],
  ['русский', 'Russian'],
  ['Türkçe', 'Turkish'],
  ['eesti', 'Estonian'],
  ['latviešu', 'Latvian'],
  ['lietuvių', 'Lithuanian'],
  ['Português (Brasil)', 'Brazilian'],
  ['繁體中文', 'Traditional Chinese'],
  ['한국어', 'Korean'],
  ['简体中文', 'Simplified Chinese'],
  ['Arabic', 'Arabic'],
  ['ไทย', 'Thai'],
  ['norsk (bokmål)', 'Bokmål'],
];
const LANGUAGE_OF: ReadonlyMap<string, string> = new Map(
  LANGUAGES.flatMap(([name, alias]) => [
    [name.toLowerCase(), name],
    [alias.toLowerCase(), name],
  ]),
);

/** Reads the setting that begins at token `i`; undefined when no setting of the closed list begins there. */
export function readSetting(reader: TokenReader, i: number, database: string): ScriptSetting | undefined {
  if (reader.isWord(i, 'USE')) return isOwn(reader, i + 1, database) ? { next: i + 2 } : undefined;
  if (!reader.isWord(i, 'SET')) return undefined;
  const value = wordOf(reader, i + 2);
  switch (wordOf(reader, i + 1)) {
    case 'nocount':
      // It would hide how many rows a change affects, which the confirmation of a change relies on: it is left out.
      return value === 'on' || value === 'off' ? { next: i + 3 } : undefined;
    case 'transaction':
      return isolation(reader, i + 2);
    case 'dateformat': {
      const format = valueAt(reader, i + 2).toLowerCase();
      return DATE_FORMATS.has(format) ? { next: i + 3, dates: `SET DATEFORMAT ${format};` } : undefined;
    }
    case 'datefirst': {
      const day = reader.kind(i + 2) === NUMBER ? reader.shown(i + 2) : '';
      return /^[1-7]$/.test(day) ? { next: i + 3, dates: `SET DATEFIRST ${day};` } : undefined;
    }
    case 'language': {
      const at = prefixed(reader, i + 2) ? i + 3 : i + 2;
      const language = LANGUAGE_OF.get(valueAt(reader, at).toLowerCase());
      return language === undefined ? undefined : { next: at + 1, dates: `SET LANGUAGE N'${language}';` };
    }
    default:
      return undefined;
  }
}

function isOwn(reader: TokenReader, i: number, database: string): boolean {
  const named = reader.kind(i) === WORD || reader.kind(i) === QUOTED;
  return named && database !== '' && reader.nameAt(i).toLowerCase() === database.toLowerCase();
}

function isolation(reader: TokenReader, i: number): ScriptSetting | undefined {
  if (wordOf(reader, i) !== 'isolation' || wordOf(reader, i + 1) !== 'level') return undefined;
  for (const length of [1, 2]) {
    const words = Array.from({ length }, (_, n) => wordOf(reader, i + 2 + n).toUpperCase()).join(' ');
    if (ISOLATION_LEVELS.has(words))
      return { next: i + 2 + length, isolation: `SET TRANSACTION ISOLATION LEVEL ${words};` };
  }
  return undefined;
}

/** Whether N stands right before a string. */
function prefixed(reader: TokenReader, i: number): boolean {
  return wordOf(reader, i) === 'n' && reader.kind(i + 1) === STRING && reader.start(i + 1) === reader.start(i) + 1;
}

function wordOf(reader: TokenReader, i: number): string {
  return reader.kind(i) === WORD ? reader.shown(i).toLowerCase() : '';
}

/** The text of a word, a quoted name or a string. */
function valueAt(reader: TokenReader, i: number): string {
  switch (reader.kind(i)) {
    case WORD:
    case QUOTED:
      return reader.nameAt(i);
    case STRING:
      return reader.shown(i).slice(1, -1);
    default:
      return '';
  }
}
