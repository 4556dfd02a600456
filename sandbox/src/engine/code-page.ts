/** Windows-1252, the code page of char and varchar under the collations the sandbox knows. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const TO_BYTE = new Map<string, number>([...HIGH].map((c, i) => [c, 0x80 + i]));
const BEST_FIT: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'Ð',
  đ: 'd',
  ı: 'i',
  Ħ: 'H',
  ħ: 'h',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '―': '-',
  '\u2009': ' ',
  '\u2003': ' ',
  '\u2002': ' ',
  '∞': '8',
  '≤': '=',
  '≥': '=',
  Ω: 'O',
  π: 'p',
  α: 'a',
  β: 'ß',
  δ: 'd',
};

const LATIN1 = /^[\x00-\x7f\xa0-\xff]*$/;

function encodeChar(c: string): number {
  const code = c.codePointAt(0) ?? 63;
  if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code;
  const byte = TO_BYTE.get(c);
  if (byte !== undefined) return byte;
  const fit = BEST_FIT[c] ?? c.normalize('NFKD')[0] ?? '?';
  const fitCode = fit.charCodeAt(0);
  return fitCode < 0x80 || (fitCode >= 0xa0 && fitCode <= 0xff) ? fitCode : 63;
}

export function encodeCodePage(text: string): Uint8Array {
  if (LATIN1.test(text)) return Buffer.from(text, 'latin1');
  const bytes: number[] = [];
  for (const c of text) {
    bytes.push(encodeChar(c));
    if (c.length === 2) bytes.push(63); // A surrogate pair becomes two question marks.
  }
  return Uint8Array.from(bytes);
}

export function decodeCodePage(bytes: Uint8Array): string {
  let text = '';
  for (const b of bytes) text += b >= 0x80 && b < 0xa0 ? (HIGH[b - 0x80] ?? '?') : String.fromCharCode(b);
  return text;
}

/** Converts Unicode text to varchar: characters that the code page lacks become their best fit or '?'. */
export const throughCodePage = (text: string): string =>
  LATIN1.test(text) ? text : decodeCodePage(encodeCodePage(text));

export const encodeUtf16 = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
export const decodeUtf16 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf16le');
