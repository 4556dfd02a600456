/** Words that name the kind of a column or a table and not what its codes are about. */
const NOISE = new Set(
  'code codes cd id key no nr num lkp lookup lookups lk ref tbl tab dim type types typ kz list master'.split(' '),
);
/** Words that are about nothing in particular: `type` alone leads to no lookup table. */
const MIN_STEM = 3;

/**
 * What a name is about, so that a column and its lookup table can be compared: `OrderStatusCode`, `ORDER_STATUS_CD` and
 * `LkpOrderStatuses` are all `orderstatus`. Undefined when too little of the name remains.
 */
export function stemOf(name: string): string | undefined {
  const words = name
    .replace(/(\p{Ll}|\p{Nd})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{Nd}]+/u)
    .filter(word => word !== '' && !NOISE.has(word));
  const stem = words.map((word, i) => (i === words.length - 1 ? singular(word) : word)).join('');
  return stem.length < MIN_STEM ? undefined : stem;
}

function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}
