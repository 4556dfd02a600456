import type { QueryParameters } from '../../database/query/query.service.js';
import { quotedPlace, quoteName } from '../../database/object-name.js';
import { STOP_WORDS } from '../../search/text/stop-words.js';
import { fold } from '../../search/text/words.js';
import type { DocumentSource } from './document-source.js';

/** Rows of one table that a search returns. */
const MAX_FOUND = 10;
/** Rows that LIKE looks at: those with the greatest keys, which usually are the newest. */
const MAX_SCANNED = 20_000;
/** Rows of a full-text index that are ranked. */
const MAX_RANKED = 1_000;
const MAX_WORDS = 8;
const MAX_WORD = 60;
const MAX_TITLE = 200;

/** Letters and digits only: no word can be a wildcard of LIKE or an operator. */
const WORD = /[\p{L}\p{M}\p{Nd}]+/gu;

export interface DocumentStatement {
  readonly query: string;
  readonly parameters: QueryParameters;
}

/**
 * The words that are looked for, without single letters and without those that say nothing; a question of only such words
 * is taken by its words of three letters and more. At most 8.
 */
export function documentWords(query: string): readonly string[] {
  const words = [...new Set((query.match(WORD) ?? []).map(word => word.slice(0, MAX_WORD)))];
  const telling = words.filter(word => word.length > 1 && !STOP_WORDS.has(fold(word)));
  return (telling.length > 0 ? telling : words.filter(word => word.length > 2)).slice(0, MAX_WORDS);
}

/** Finds the rows that have at least half of the words; a word in the title counts twice. Returns key and title. */
export function likeStatement(source: DocumentSource, words: readonly string[]): DocumentStatement {
  return searchStatement(source, words, {
    rows: MAX_SCANNED,
    where: '',
    order: ` ORDER BY ${quoteName(source.key)} DESC`,
    least: Math.ceil(words.length / 2),
  });
}

/**
 * The same by a full-text index. FREETEXT reads its text as words and has no operators (learn.microsoft.com: FREETEXT),
 * so that a question can't be a query of its own. `indexed`: the source's columns that the index has.
 */
export function fullTextStatement(
  source: DocumentSource,
  words: readonly string[],
  indexed: readonly string[],
): DocumentStatement {
  const { query, parameters } = searchStatement(source, words, {
    rows: MAX_RANKED,
    where: ` WHERE FREETEXT((${indexed.map(quoteName).join(', ')}), @words)`,
    order: '',
    least: 0,
  });
  return { query, parameters: { ...parameters, words: { type: 'nvarchar(1000)', value: words.join(' ') } } };
}

/** Returns the title and the texts of one row; of two, when the key is not unique. */
export function rowStatement(source: DocumentSource, key: string): DocumentStatement {
  const texts = source.texts.map((name, i) => `${quoteName(name)} AS x${i}`);
  return {
    query: `SELECT TOP (2) LEFT(${quoteName(source.title)}, ${MAX_TITLE}) AS t, ${texts.join(', ')} FROM ${placeOf(source)} WHERE ${quoteName(source.key)} = @key`,
    parameters: { key: { type: source.keyType, value: key } },
  };
}

interface Search {
  readonly rows: number;
  readonly where: string;
  readonly order: string;
  readonly least: number;
}

function searchStatement(
  source: DocumentSource,
  words: readonly string[],
  { rows, where, order, least }: Search,
): DocumentStatement {
  const [key, title] = [quoteName(source.key), quoteName(source.title)];
  const scores = words.map((_word, i) => {
    const texts = source.texts.map(text => `${quoteName(text)} LIKE @w${i}`);
    return `CASE WHEN ${title} LIKE @w${i} THEN 2 WHEN ${texts.join(' OR ')} THEN 1 ELSE 0 END`;
  });
  const found = `SELECT TOP (${rows}) ${key} AS k, LEFT(${title}, ${MAX_TITLE}) AS t, ${scores.join(' + ')} AS s FROM ${placeOf(source)}${where}${order}`;
  return {
    query: `SELECT TOP (${MAX_FOUND}) d.k, d.t FROM (${found}) AS d WHERE d.s >= ${least} ORDER BY d.s DESC, d.k DESC`,
    parameters: Object.fromEntries(
      words.map((word, i) => [`w${i}`, { type: `nvarchar(${MAX_WORD + 2})`, value: `%${word}%` }]),
    ),
  };
}

function placeOf({ table }: DocumentSource): string {
  return quotedPlace({ ...table, name: table.table });
}
