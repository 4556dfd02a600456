/**
 * How well `short` abbreviates `word`, from 0 to 1: it must begin with the same letter, and its letters must occur in the
 * word in this order. A beginning (`cust`) and a skeleton of consonants (`cntct`) are good abbreviations.
 */
export function abbreviates(short: string, word: string): number {
  if (short.length < 2 || short.length > word.length - 2 || short[0] !== word[0]) return 0;
  // Two letters are enough for a short word: pg, dt, nm.
  if (short.length === 2) return word.length < 6 && short === skeleton(word) ? 1 : 0;
  if (word.startsWith(short)) return short.length > 3 ? 1 : 0.35;
  let at = 0;
  for (const letter of short) {
    at = word.indexOf(letter, at) + 1;
    if (at === 0) return 0;
  }
  const consonants = skeleton(word);
  if (short === consonants || short === withoutDoubles(consonants)) return 1;
  const sameEnd = short.at(-1) === word.at(-1);
  // Abbreviations leave vowels out, except at the end: whse, but not dat for diameter.
  if (/[aeiou]/u.test(sameEnd ? short.slice(1, -1) : short.slice(1))) return 0;
  if (short.length / consonants.length < 0.5) return 0;
  return sameEnd && short.length > 3 ? 0.85 : 0.6;
}

function skeleton(word: string): string {
  return word.slice(0, 1) + word.slice(1).replace(/[aeiouy]/gu, '');
}

function withoutDoubles(text: string): string {
  return text.replace(/(.)\1/gu, '$1');
}

/**
 * Whether two words differ by at most `limit` typing errors: a letter too much, missing, wrong, or two in the wrong order
 * (the restricted Damerau-Levenshtein distance). Only a band around the diagonal is computed.
 */
export function isTypo(a: string, b: string, limit: number): boolean {
  if (Math.abs(a.length - b.length) > limit) return false;
  let [before, row]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = new Array<number>(b.length + 1).fill(limit + 1);
    next[0] = i;
    let best = limit + 1;
    for (let j = Math.max(1, i - limit); j <= Math.min(b.length, i + limit); j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min((row?.[j - 1] ?? 0) + same, (row?.[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        distance = Math.min(distance, (before?.[j - 2] ?? 0) + 1);
      next[j] = distance;
      best = Math.min(best, distance);
    }
    if (best > limit) return false;
    [before, row] = [row ?? [], next];
  }
  return (row?.[b.length] ?? limit + 1) <= limit;
}

/** How many typing errors are forgiven in a word of this length. */
export function forgivenErrors(length: number): number {
  if (length < 4) return 0;
  return length < 8 ? 1 : 2;
}
