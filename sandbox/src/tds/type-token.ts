/** The data types' bytes (MS-TDS 2.2.5.4). */
export const TypeToken = {
  null: 0x1f,
  int1: 0x30,
  bit: 0x32,
  int2: 0x34,
  int4: 0x38,
  datetime4: 0x3a,
  float4: 0x3b,
  money: 0x3c,
  datetime: 0x3d,
  float8: 0x3e,
  money4: 0x7a,
  int8: 0x7f,
  guid: 0x24,
  intN: 0x26,
  bitN: 0x68,
  decimal: 0x37,
  numeric: 0x3f,
  decimalN: 0x6a,
  numericN: 0x6c,
  floatN: 0x6d,
  moneyN: 0x6e,
  datetimeN: 0x6f,
  dateN: 0x28,
  timeN: 0x29,
  datetime2N: 0x2a,
  datetimeOffsetN: 0x2b,
  bigVarBinary: 0xa5,
  bigVarChar: 0xa7,
  bigBinary: 0xad,
  bigChar: 0xaf,
  nVarChar: 0xe7,
  nChar: 0xef,
  udt: 0xf0,
  xml: 0xf1,
  tvp: 0xf3,
  image: 0x22,
  text: 0x23,
  nText: 0x63,
  variant: 0x62,
} as const;

/** Bytes of a time of the given scale (MS-TDS 2.2.5.5.1.8). */
export function timeBytes(scale: number): number {
  return scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
}

/** Bytes of a decimal of the given precision, its sign included (MS-TDS 2.2.5.5.1.6). */
export function decimalBytes(precision: number): number {
  return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
}

export const TICKS_PER_DAY = 864_000_000_000n;
/** Days from 0001-01-01 to 1900-01-01, where datetime and smalldatetime begin to count. */
export const DAYS_TO_1900 = 693_595;
/** The longest value of a type that is not max. */
export const MAX_SHORT_BYTES = 8000;
