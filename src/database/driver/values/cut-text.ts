/** The size limit of a cell, and the number of truncated cells that arrived. Each running statement has its own. */
export interface CellLimit {
  /** Bytes of UTF-8. */
  readonly maxBytes: number;
  cutCells: number;
  /** How many bytes of a binary value are shown, of those that `maxBytes` allows; 64 by default. */
  readonly shownBytes?: number;
}

/** Returns the text, or its beginning with a note of its full length. It never splits a character. */
export function cutText(text: string, limit: CellLimit): string {
  // A UTF-16 unit takes at most 3 bytes of UTF-8.
  if (text.length * 3 <= limit.maxBytes || Buffer.byteLength(text) <= limit.maxBytes) return text;
  return markCut(beginning(text, limit.maxBytes), `${text.length} characters`, limit);
}

/** Binary beyond this length tells a model nothing and costs about one token for each byte. */
const SHOWN_BYTES = 64;

/** Returns `0x…` as T-SQL writes it, or the first 64 bytes with a note of the full length. */
export function hexText(bytes: Buffer, fullLength: number, limit: CellLimit): string {
  const fits = Math.min(limit.shownBytes ?? SHOWN_BYTES, Math.max(0, Math.floor((limit.maxBytes - 2) / 2)));
  const hex = `0x${bytes.subarray(0, fits).toString('hex').toUpperCase()}`;
  return fullLength <= fits ? hex : markCut(hex, `${fullLength} bytes`, limit);
}

/** The note at the end of a truncated cell; its group is the full length. */
export const CUT_NOTE = /… \[cut: (\d+ (?:characters|bytes)) in all\]$/;

export function markCut(text: string, whole: string, limit: CellLimit): string {
  limit.cutCells++;
  return `${text}… [cut: ${whole} in all]`;
}

export function beginning(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (bytes > maxBytes) break;
    end += code < 0x1_0000 ? 1 : 2;
  }
  return text.slice(0, end);
}
