/** The first three groups of a uniqueidentifier are little-endian on the wire (MS-TDS 2.2.5.5.1.6). */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

export function guidToBytes(text: string): Buffer {
  const plain = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Buffer.from(ORDER.map(i => plain[i] ?? 0));
}

export function guidFromBytes(bytes: Uint8Array): string {
  const hex = Buffer.from(ORDER.map(i => bytes[i] ?? 0))
    .toString('hex')
    .toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
