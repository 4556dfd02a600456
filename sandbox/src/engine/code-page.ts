import { collationParts } from './collation-languages.ts';
import { notSupported } from './sql-error.ts';

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

const ASCII = /^[\x00-\x7f]*$/;

/** A Windows code page with one byte for each character. */
export class CodePage {
  readonly number: number;
  /** The characters of the bytes 0x80 to 0xFF. */
  private readonly high: readonly string[];
  private readonly toByte: ReadonlyMap<string, number>;

  constructor(number: number) {
    this.number = number;
    const bytes = Uint8Array.from({ length: 128 }, (_, i) => 0x80 + i);
    this.high = [...new TextDecoder(`windows-${number}`).decode(bytes)];
    this.toByte = new Map(this.high.flatMap((c, i) => (c === '\ufffd' ? [] : [[c, 0x80 + i] as const])));
  }

  encode(text: string): Uint8Array {
    if (ASCII.test(text)) return Buffer.from(text, 'latin1');
    const bytes: number[] = [];
    for (const c of text) {
      bytes.push(this.byteOf(c));
      if (c.length === 2) bytes.push(63); // A surrogate pair becomes two question marks.
    }
    return Uint8Array.from(bytes);
  }

  decode(bytes: Uint8Array): string {
    let text = '';
    for (const b of bytes) text += b < 0x80 ? String.fromCharCode(b) : (this.high[b - 0x80] ?? '?');
    return text;
  }

  /** Characters that the code page lacks become their best fit or '?'. */
  through(text: string): string {
    return ASCII.test(text) ? text : this.decode(this.encode(text));
  }

  private byteOf(c: string): number {
    const code = c.codePointAt(0) ?? 63;
    if (code < 0x80) return code;
    const byte = this.toByte.get(c);
    if (byte !== undefined) return byte;
    const fit = BEST_FIT[c] ?? c.normalize('NFKD')[0] ?? '?';
    return fit < '\x80' ? fit.charCodeAt(0) : (this.toByte.get(fit) ?? 63);
  }
}

const SUPPORTED: ReadonlySet<number> = new Set([874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257]);
const pages = new Map<number, CodePage>();

export function codePageNumber(collation?: string): number {
  return (collation === undefined ? undefined : collationParts(collation)?.language.codePage) ?? 1252;
}

/**
 * The code page of char, varchar and text in a collation; undefined means the default collation. Refused are code
 * pages with characters of several bytes or with combining marks (1258), and those of MS-DOS.
 */
export function codePageOf(collation?: string): CodePage {
  const number = codePageNumber(collation);
  let page = pages.get(number);
  if (!page) {
    if (!SUPPORTED.has(number)) {
      throw notSupported(`char, varchar and text in the code page ${number} (${collation}); nchar and nvarchar work`);
    }
    pages.set(number, (page = new CodePage(number)));
  }
  return page;
}

/** Converts Unicode text to varchar of the default collation. */
export const throughCodePage = (text: string): string => codePageOf().through(text);

export const encodeUtf16 = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
export const decodeUtf16 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf16le');
