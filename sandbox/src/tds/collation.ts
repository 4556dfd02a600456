import { codePageOf } from '../engine/code-page.ts';
import { collationParts } from '../engine/collation-languages.ts';

/** SQL_Latin1_General_CP1_CI_AS: LCID 0x409, ignoring case, kana and width; sort order 52 (MS-TDS 2.2.5.1.2). */
export const DEFAULT_COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

const UTF8_FLAG = 0x04;
const IGNORE_KANA_AND_WIDTH = 0xc0;
const IGNORE_CASE = 0x10;
const IGNORE_ACCENTS = 0x20;
/** The upper four bits of the fourth byte. */
const VERSIONS: Readonly<Record<number, number>> = { 90: 0x10, 100: 0x20, 140: 0x30, 160: 0x30 };

/** The five bytes that represent a collation in TDS; clients take the code page from them. */
export function collationBytes(name: string | undefined): Buffer {
  const parts = name === undefined ? undefined : collationParts(name);
  if (!parts || /^SQL_Latin1_General_CP1_CI_AS$/i.test(name!)) return DEFAULT_COLLATION;
  const { lcid, sortOrder } = parts.language;
  const ignored = parts.binary
    ? 0
    : IGNORE_KANA_AND_WIDTH | (parts.caseSensitive ? 0 : IGNORE_CASE) | (parts.accentSensitive ? 0 : IGNORE_ACCENTS);
  const binary = parts.binary === 'BIN' ? 1 : parts.binary === 'BIN2' ? 2 : 0;
  const last = (VERSIONS[parts.version] ?? 0) | binary | (parts.utf8 ? UTF8_FLAG : 0);
  return Buffer.from([lcid & 0xff, lcid >> 8, ignored, last, sortOrder ?? 0]);
}

/** Encodes text in the code page of its collation, or in UTF-8. Missing characters become question marks. */
export function encodeText(text: string, collation: string | undefined): Uint8Array {
  if (collation !== undefined && collationParts(collation)?.utf8) return Buffer.from(text, 'utf8');
  return codePageOf(collation).encode(text);
}

const LABELS: Readonly<Record<number, string>> = {
  0x0401: 'windows-1256',
  0x0404: 'big5',
  0x0405: 'windows-1250',
  0x0408: 'windows-1253',
  0x040d: 'windows-1255',
  0x040e: 'windows-1250',
  0x0411: 'shift_jis',
  0x0412: 'euc-kr',
  0x0415: 'windows-1250',
  0x0418: 'windows-1250',
  0x0419: 'windows-1251',
  0x041a: 'windows-1250',
  0x041b: 'windows-1250',
  0x041c: 'windows-1250',
  0x041e: 'windows-874',
  0x041f: 'windows-1254',
  0x0422: 'windows-1251',
  0x0424: 'windows-1250',
  0x0425: 'windows-1257',
  0x0426: 'windows-1257',
  0x0427: 'windows-1257',
  0x042a: 'windows-1258',
  0x0804: 'gbk',
};
const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

/** Decodes text of a client in the code page of the collation that the client sends with it. */
export function decodeText(bytes: Uint8Array, collation: Uint8Array): string {
  const lcid = (collation[0] ?? 0) | ((collation[1] ?? 0) << 8);
  const utf8 = ((collation[3] ?? 0) & UTF8_FLAG) !== 0;
  // The sort orders 80 to 96 are those of SQL collations with code page 1250.
  const sortOrder = collation[4] ?? 0;
  const eastern = sortOrder >= 80 && sortOrder <= 96;
  const label = utf8 ? 'utf-8' : eastern ? 'windows-1250' : (LABELS[lcid] ?? 'windows-1252');
  let decoder = decoders.get(label);
  if (!decoder) decoders.set(label, (decoder = new TextDecoder(label, { ignoreBOM: true })));
  return decoder.decode(bytes);
}
