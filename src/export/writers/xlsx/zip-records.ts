// The records of a ZIP file (PKWARE APPNOTE 6.3.10, the sections are named below). Numbers are little-endian. Sizes are
// not known when an entry begins, so they follow its data. No entry reaches 4 GiB (see ZipArchive), so only places in the
// file need the fields of zip64.

export interface ZipEntryRecord {
  readonly name: Buffer;
  readonly time: number;
  readonly date: number;
  /** Where the local header begins. */
  readonly offset: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
}

export interface Directory {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

const MAX_32 = 0xffff_ffff;
/** Bit 3: the sizes follow the data. Bit 11: names are UTF-8 (4.4.4). */
const FLAGS = 0x0808;
const DEFLATED = 8;
const VERSION = 20;
const VERSION_ZIP64 = 45;

/** 4.3.7 */
export function localHeader({ name, time, date }: Pick<ZipEntryRecord, 'name' | 'time' | 'date'>): Buffer {
  const record = Buffer.alloc(30);
  record.writeUInt32LE(0x0403_4b50, 0);
  record.writeUInt16LE(VERSION, 4);
  record.writeUInt16LE(FLAGS, 6);
  record.writeUInt16LE(DEFLATED, 8);
  record.writeUInt16LE(time, 10);
  record.writeUInt16LE(date, 12);
  record.writeUInt16LE(name.length, 26);
  return Buffer.concat([record, name]);
}

/** 4.3.9 */
export function dataDescriptor({ crc, compressed, size }: Pick<ZipEntryRecord, 'crc' | 'compressed' | 'size'>): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt32LE(0x0807_4b50, 0);
  record.writeUInt32LE(crc, 4);
  record.writeUInt32LE(compressed, 8);
  record.writeUInt32LE(size, 12);
  return record;
}

/** 4.3.12, with the zip64 field (4.5.3) for a place beyond 4 GiB. */
export function directoryEntry(entry: ZipEntryRecord): Buffer {
  const far = entry.offset >= MAX_32;
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x0201_4b50, 0);
  record.writeUInt16LE(far ? VERSION_ZIP64 : VERSION, 4);
  record.writeUInt16LE(far ? VERSION_ZIP64 : VERSION, 6);
  record.writeUInt16LE(FLAGS, 8);
  record.writeUInt16LE(DEFLATED, 10);
  record.writeUInt16LE(entry.time, 12);
  record.writeUInt16LE(entry.date, 14);
  record.writeUInt32LE(entry.crc, 16);
  record.writeUInt32LE(entry.compressed, 20);
  record.writeUInt32LE(entry.size, 24);
  record.writeUInt16LE(entry.name.length, 28);
  record.writeUInt16LE(far ? 12 : 0, 30);
  record.writeUInt32LE(far ? MAX_32 : entry.offset, 42);
  return Buffer.concat([record, entry.name, ...(far ? [zip64Offset(entry.offset)] : [])]);
}

function zip64Offset(offset: number): Buffer {
  const field = Buffer.alloc(12);
  field.writeUInt16LE(0x0001, 0);
  field.writeUInt16LE(8, 2);
  field.writeBigUInt64LE(BigInt(offset), 4);
  return field;
}

/** 4.3.16, preceded by 4.3.14 and 4.3.15 where the directory lies beyond 4 GiB. */
export function endOfDirectory({ entries, offset, size }: Directory): Buffer {
  const far = offset >= MAX_32;
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x0605_4b50, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(far ? MAX_32 : offset, 16);
  return far ? Buffer.concat([zip64End({ entries, offset, size }), record]) : record;
}

function zip64End({ entries, offset, size }: Directory): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x0606_4b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(VERSION_ZIP64, 12);
  record.writeUInt16LE(VERSION_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  record.writeUInt32LE(0x0706_4b50, 56);
  record.writeBigUInt64LE(BigInt(offset + size), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

/** 4.4.6, in UTC: a ZIP file has no zone, and no years before 1980. */
export function dosTime(at: Date): { readonly time: number; readonly date: number } {
  return {
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    date: (Math.max(0, at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  };
}
