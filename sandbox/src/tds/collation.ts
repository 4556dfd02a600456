/** SQL_Latin1_General_CP1_CI_AS: LCID 0x409, ignoring case, kana and width; sort order 52 (MS-TDS 2.2.5.1.2). */
export const DEFAULT_COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

const UTF8_FLAG = 0x04;
const LATIN1_UTF8 = Buffer.from([0x09, 0x04, 0xd0, 0x24, 0x00]);
const LATIN1_BIN2 = Buffer.from([0x09, 0x04, 0x00, 0x02, 0x00]);

/** The five bytes that represent a collation in TDS. */
export function collationBytes(name: string | undefined): Buffer {
  if (name === undefined) return DEFAULT_COLLATION;
  if (/_UTF8$/i.test(name)) return LATIN1_UTF8;
  if (/_BIN2?$/i.test(name)) return LATIN1_BIN2;
  return DEFAULT_COLLATION;
}

function isUtf8Collation(name: string | undefined): boolean {
  return name !== undefined && /_UTF8$/i.test(name);
}

/** Windows-1252's letters at 0x80 to 0x9F; the rest is Latin-1. */
const HIGH: readonly [number, number][] = [
  [0x80, 0x20ac],
  [0x82, 0x201a],
  [0x83, 0x0192],
  [0x84, 0x201e],
  [0x85, 0x2026],
  [0x86, 0x2020],
  [0x87, 0x2021],
  [0x88, 0x02c6],
  [0x89, 0x2030],
  [0x8a, 0x0160],
  [0x8b, 0x2039],
  [0x8c, 0x0152],
  [0x8e, 0x017d],
  [0x91, 0x2018],
  [0x92, 0x2019],
  [0x93, 0x201c],
  [0x94, 0x201d],
  [0x95, 0x2022],
  [0x96, 0x2013],
  [0x97, 0x2014],
  [0x98, 0x02dc],
  [0x99, 0x2122],
  [0x9a, 0x0161],
  [0x9b, 0x203a],
  [0x9c, 0x0153],
  [0x9e, 0x017e],
  [0x9f, 0x0178],
];
const TO_BYTE = new Map(HIGH.map(([byte, code]) => [code, byte]));

/** Encodes text in the code page of its collation: 1252 or UTF-8. Missing characters become question marks. */
export function encodeText(text: string, collation: string | undefined): Buffer {
  if (isUtf8Collation(collation)) return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'latin1');
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) bytes[i] = TO_BYTE.get(code) ?? 0x3f;
  }
  return bytes;
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
  0x041e: 'windows-874',
  0x041f: 'windows-1254',
  0x0422: 'windows-1251',
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
  const label = utf8 ? 'utf-8' : (LABELS[lcid] ?? 'windows-1252');
  let decoder = decoders.get(label);
  if (!decoder) decoders.set(label, (decoder = new TextDecoder(label, { ignoreBOM: true })));
  return decoder.decode(bytes);
}
