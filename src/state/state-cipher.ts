import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

/**
 * Protects what a stolen state file or Redis dump contains: payloads are encrypted with AES-256-GCM under a key derived
 * from STATE_KEY and bound to the name that they are stored under; names contain HMACs instead of tokens and ids.
 */
export class StateCipher {
  // Key objects, because making a key from bytes costs more than using it.
  private readonly payloadKey: KeyObject;
  private readonly nameKey: KeyObject;

  constructor(private readonly key: Buffer) {
    this.payloadKey = createSecretKey(this.derive('payload'));
    this.nameKey = createSecretKey(this.derive('names'));
  }

  /** An independent key for one purpose (HKDF, RFC 5869); the same in every process with this STATE_KEY. */
  derive(purpose: string, bytes = 32): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key, 'mssql-mcp-server', purpose, bytes));
  }

  seal(name: string, value: unknown): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.payloadKey, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Returns what was sealed under this name; undefined when the text was sealed under another name or key, or changed. */
  open(name: string, text: string): unknown {
    const bytes = Buffer.from(text, 'base64');
    // Buffer.from skips characters that are not base64, but two texts must not open alike.
    if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION || bytes.toString('base64') !== text) return undefined;
    const iv = bytes.subarray(1, 1 + IV_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.payloadKey, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, HEADER_BYTES));
    try {
      const plain = Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()]);
      return JSON.parse(plain.toString('utf8')) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Returns a name that reveals nothing about the id. */
  hash(id: string): string {
    return createHmac('sha256', this.nameKey).update(id).digest('base64url');
  }
}
