/**
 * Bytes of one page of catalogue data, as `bytesOf` counts them. A token of o200k has 2 to 4 of them, even in random names, so
 * that a page stays below 16,000 tokens. docs/results.md has the measurement.
 */
export const PAGE_BYTES = 28_000;

/** How many of the items, from `start` on, fit into so many bytes; at least one, if there is one. */
export function countThatFits(items: readonly unknown[], start: number, bytes: number): number {
  let used = 0;
  let count = 0;
  for (let at = start; at < items.length; at++) {
    used += bytesOf(items[at]) + 1;
    if (used > bytes && count > 0) break;
    count++;
  }
  return count;
}

/** UTF-8 bytes of JSON. A letter beyond U+FFFF counts twice, because a rare one needs a token for each of its bytes. */
export function bytesOf(value: unknown): number {
  const json = JSON.stringify(value);
  return Buffer.byteLength(json) + 4 * (json.match(/[\uD800-\uDBFF]/g)?.length ?? 0);
}

/** Cuts a text of the catalogue (a definition, a description) that would fill a page by itself. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const whole = /[\uD800-\uDBFF]$/.test(text.slice(0, maxLength)) ? maxLength - 1 : maxLength;
  return `${text.slice(0, whole)}… [cut: ${text.length} characters in all]`;
}
