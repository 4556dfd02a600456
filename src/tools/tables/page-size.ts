/**
 * UTF-8 bytes of JSON in one page of catalogue data. Names are dense for a tokenizer (o200k reads 2 to 4 bytes as a token),
 * so that a page stays under 16,000 tokens. docs/results.md has the measurement.
 */
export const PAGE_BYTES = 30_000;

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

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Cuts a text of the catalogue (a definition, a description) that would fill a page by itself. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const whole = /[\uD800-\uDBFF]$/.test(text.slice(0, maxLength)) ? maxLength - 1 : maxLength;
  return `${text.slice(0, whole)}… [cut: ${text.length} characters in all]`;
}
