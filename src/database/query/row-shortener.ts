import type { CellValue } from '../driver/result-set.js';
import { beginning, type CellLimit, markCut } from '../driver/values/cut-text.js';

/** A UTF-16 unit takes at most 3 bytes of UTF-8. */
const MOST_BYTES = 3;
/** Texts are not shortened below this length, because little more than the note about the cut would be left. */
const LEAST_BYTES = 100;
const NOTE_BYTES = 50;
const NOTE = /… \[cut: (\d+ (?:characters|bytes)) in all\]$/;

interface Text {
  readonly at: number;
  readonly value: string;
  /** The length of the text as JSON. */
  readonly bytes: number;
}

/**
 * Returns the row with its longest texts shortened, all to the same length, so that its texts have at most `maxBytes`
 * together. A row whose texts are many rather than long is returned as it is. Counts the texts that were whole before.
 */
export function shortenedRow(row: readonly CellValue[], maxBytes: number, limit: CellLimit): readonly CellValue[] {
  let length = 0;
  for (const cell of row) if (typeof cell === 'string') length += cell.length;
  if (length * MOST_BYTES <= maxBytes) return row;
  const texts = row.flatMap((value, at): Text[] =>
    typeof value === 'string' ? [{ at, value, bytes: Buffer.byteLength(JSON.stringify(value)) }] : [],
  );
  const most = lengthOfEach(texts, maxBytes);
  if (most < LEAST_BYTES) return row;
  const short = [...row];
  for (const text of texts) if (text.bytes > most) short[text.at] = shortened(text, most, limit);
  return short;
}

/** Returns the length to which the longest texts must be shortened so that all of them fit; Infinity when they fit. */
function lengthOfEach(texts: readonly Text[], maxBytes: number): number {
  let left = maxBytes;
  const lengths = texts.map(({ bytes }) => bytes).sort((a, b) => a - b);
  for (const [i, bytes] of lengths.entries()) {
    const share = left / (lengths.length - i);
    if (bytes > share) return Math.floor(share);
    left -= bytes;
  }
  return Infinity;
}

function shortened({ value, bytes }: Text, most: number, limit: CellLimit): string {
  const note = NOTE.exec(value);
  const text = note === null ? value : value.slice(0, note.index);
  // Escapes make JSON longer than the text.
  const plain = Math.floor(((most - NOTE_BYTES) * Buffer.byteLength(value)) / bytes);
  const whole = note?.[1] ?? `${value.length} characters`;
  return markCut(beginning(text, plain), whole, note === null ? limit : { ...limit });
}
