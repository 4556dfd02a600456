import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Secret scanners find these tokens by the prefix; the checksum tells a token from a text that only looks like one. */
const FORMAT = /^mssqlmcp_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const PREFIX = 'mssqlmcp_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** 62^43 > 2^256 and 62^6 > 2^32. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

/** A new token with 256 random bits. */
export function newIssuedToken(): string {
  const secret = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_LENGTH);
  return PREFIX + secret + checksumOf(secret);
}

export function isIssuedToken(text: string): boolean {
  const [, secret, checksum] = FORMAT.exec(text) ?? [];
  return secret !== undefined && checksumOf(secret) === checksum;
}

function checksumOf(secret: string): string {
  return base62(BigInt(crc32(secret)), CHECKSUM_LENGTH);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = `${ALPHABET[Number(rest % 62n)]}${text}`;
  return text;
}
