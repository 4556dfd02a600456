/** A part of a name: a word with a capital, a run of capitals, or digits; `XMLFile2` is XML, File, 2. */
const NAME_PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|\p{Lo}+|\p{Nd}+/gu;
const TEXT_WORD = /[\p{L}\p{M}\p{Nd}]+/gu;
/** What databases put in front of names, and what says nothing about them. */
const PREFIXES: ReadonlySet<string> = new Set(['tbl', 'tb', 'vw', 'usp', 'sp', 'udf', 'fn', 'tab']);
/**
 * Endings that are glued to an abbreviated name without a separator, as in KDNR, ORDERID or AUFDAT, in English, German
 * and Spanish: number, identifier, key, flag, date, description, name, amount, quantity, percent, code, type.
 */
const ENDINGS =
  /^(.{2,}?)(nr|no|num|nbr|id|kz|flg|key|dat|date|dt|bez|txt|text|name|nam|nm|amt|betr|qty|mng|cant|prz|pct|cd|code|typ|type|art|prs)$/u;
const MAX_WORD = 40;

/**
 * Folds case and accents: `Größe` and `GROESSE` are `grosse`. The transliterations ae, oe and ue become one letter, in every
 * word, because both spellings occur in one database.
 */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'a')
    .replaceAll('ł', 'l')
    .replace(/([aou])e(?=[b-df-hj-np-tv-z])/gu, '$1');
}

/** The folded words of a sentence, without numbers of one digit. */
export function wordsOf(text: string): readonly string[] {
  return (text.match(TEXT_WORD) ?? []).map(word => fold(word).slice(0, MAX_WORD)).filter(word => word.length > 1);
}

/** The folded words of a name: camel case, snake case and digits are split, and glued endings are words besides. */
export function wordsOfName(name: string): readonly string[] {
  const parts = (name.match(NAME_PART) ?? []).map(part => fold(part).slice(0, MAX_WORD));
  const own = parts.length > 1 && PREFIXES.has(parts[0] ?? '') ? parts.slice(1) : parts;
  const words = new Set<string>();
  for (const part of own) {
    words.add(part);
    const [, start, ending] = ENDINGS.exec(part) ?? [];
    if (start !== undefined && ending !== undefined) words.add(start).add(ending);
  }
  // AUFK and AUFP, VBAK and VBAP: German names of tables end in K for the head (Kopf), P for the lines (Positionen).
  const [only] = own;
  if (own.length === 1 && only?.length === 4 && /[kp]$/u.test(only)) words.add(only.slice(0, 3));
  // `order_line` is also written orderline.
  if (own.length > 1 && own.length < 4) words.add(own.join('').slice(0, MAX_WORD));
  return [...words];
}

const INFLECTION = /(?:(?<=.{4})(?:es|as|os)|(?<=.{3})en|(?<=.{3}e[lr])n|(?<=.{3})[eao])$/u;
const MIN_STEM = 3;

/**
 * A light stem that conflates singular and plural of English, German and Spanish. It takes less away than a linguist's
 * stem, and the same for all three languages, because nobody says in which one a name is written.
 */
export function stem(word: string): string {
  if (word.length <= MIN_STEM || /^\p{Nd}/u.test(word)) return word;
  let rest = word.replace(/ies$/u, 'y').replace(/(?<=.{3}[^s])s$/u, '');
  if (rest.length > 6 && /(?:ing|ed)$/u.test(rest)) rest = rest.replace(/([^aeiou])?\1(?:ing|ed)$/u, '$1');
  return rest.replace(INFLECTION, '').replace(/(?<=.{3})e$/u, '');
}
