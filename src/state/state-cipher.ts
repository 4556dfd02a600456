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

interface Keys {
  /** STATE_KEY or STATE_KEY_PREVIOUS. */
  readonly root: Buffer;
  // Key objects, because making a key from bytes costs more than using it.
  readonly payload: KeyObject;
  readonly names: KeyObject;
}

/**
 * Protects what a stolen state file or Redis dump contains: payloads are encrypted with AES-256-GCM under a key derived
 * from STATE_KEY and bound to the name that they are stored under; names contain HMACs instead of tokens and ids. While
 * STATE_KEY is rotated, STATE_KEY_PREVIOUS opens too, and finds the names of entries from before.
 */
export class StateCipher {
  private readonly current: Keys;
  private readonly all: readonly Keys[];

  constructor(key: Buffer, previous?: Buffer) {
    this.current = keysOf(key);
    this.all = [this.current, ...(previous === undefined ? [] : [keysOf(previous)])];
  }

  /** An independent key for one purpose (HKDF, RFC 5869); the same in every process with this STATE_KEY. */
  derive(purpose: string, bytes = 32): Buffer {
    return derived(this.current.root, purpose, bytes);
  }

  /** As `derive`, from each key: what was made with any of them is still accepted. The first makes what is new. */
  deriveAll(purpose: string, bytes = 32): readonly [Buffer, ...Buffer[]] {
    const [, ...earlier] = this.all;
    return [this.derive(purpose, bytes), ...earlier.map(({ root }) => derived(root, purpose, bytes))];
  }

  seal(name: string, value: unknown): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.current.payload, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Returns what was sealed under this name; undefined when the text was sealed under another name or key, or changed. */
  open(name: string, text: string): unknown {
    const bytes = Buffer.from(text, 'base64');
    // Buffer.from skips characters that are not base64, but two texts must not open alike.
    if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION || bytes.toString('base64') !== text) return undefined;
    for (const { payload } of this.all) {
      const plain = decrypted(payload, name, bytes);
      if (plain !== undefined) return JSON.parse(plain) as unknown;
    }
    return undefined;
  }

  /** Whether the text was sealed with STATE_KEY, and not with the key before it. */
  isCurrent(name: string, text: string): boolean {
    return decrypted(this.current.payload, name, Buffer.from(text, 'base64')) !== undefined;
  }

  /** Returns a name that reveals nothing about the id: the one that new entries have. */
  hash(id: string): string {
    return hashed(this.current, id);
  }

  /** Returns all names of the id: the one of new entries first, then, while STATE_KEY is rotated, the earlier one. */
  hashes(id: string): readonly string[] {
    return this.all.map(keys => hashed(keys, id));
  }
}

function keysOf(root: Buffer): Keys {
  return {
    root,
    payload: createSecretKey(derived(root, 'payload', 32)),
    names: createSecretKey(derived(root, 'names', 32)),
  };
}

function derived(root: Buffer, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', root, 'mssql-mcp-server', purpose, bytes));
}

function hashed({ names }: Keys, id: string): string {
  return createHmac('sha256', names).update(id).digest('base64url');
}

function decrypted(key: KeyObject, name: string, bytes: Buffer): string | undefined {
  const iv = bytes.subarray(1, 1 + IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, HEADER_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
