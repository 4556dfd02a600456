import { ByteReader, ProtocolError } from './byte-reader.ts';

/** The encryption option of PRELOGIN (MS-TDS 2.2.6.5). */
const Encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

/** Whether the server offers TLS: `required` refuses clients without it, `off` offers none. */
export type EncryptionPolicy = 'required' | 'optional' | 'off';

/** 16.0.1000: SQL Server 2022, RTM. */
export const SERVER_VERSION = { major: 16, minor: 0, build: 1000 } as const;

/** Options of PRELOGIN with one byte. */
const Option = { encryption: 1, federated: 6 } as const;

/** The encryption that the client requests in its PRELOGIN. */
export function readPreloginEncryption(body: Buffer): number {
  return readOption(body, Option.encryption) ?? Encryption.notSupported;
}

/** Whether the client knows logins with access tokens (FEDAUTHREQUIRED). */
export function knowsFederated(body: Buffer): boolean {
  return readOption(body, Option.federated) === 1;
}

function readOption(body: Buffer, wanted: number): number | undefined {
  const reader = new ByteReader(body);
  while (reader.remaining > 0) {
    const option = reader.u8();
    if (option === 0xff) break;
    const header = reader.view(4);
    const at = header.readUInt16BE(0);
    const length = header.readUInt16BE(2);
    if (at + length > body.length) throw new ProtocolError('A PRELOGIN option reaches past the end of the message.');
    if (option === wanted && length === 1) return body.readUInt8(at);
  }
  return undefined;
}

export interface EncryptionAnswer {
  readonly answer: number;
  readonly useTls: boolean;
}

/**
 * The table of MS-TDS 2.2.6.5. A client that sends OFF would encrypt its login only. The sandbox does not support
 * that and answers that it has no encryption, which every driver accepts.
 */
export function negotiateEncryption(policy: EncryptionPolicy, client: number): EncryptionAnswer {
  const wants = client === Encryption.on || client === Encryption.required;
  if (policy === 'off') return { answer: Encryption.notSupported, useTls: false };
  if (wants) return { answer: Encryption.on, useTls: true };
  if (policy === 'required') return { answer: Encryption.required, useTls: client !== Encryption.notSupported };
  return { answer: Encryption.notSupported, useTls: false };
}

/** The server's PRELOGIN: version, encryption, instance, thread id, MARS off, and whether access tokens are accepted. */
export function buildPreloginAnswer(encryption: number, federated = false): Buffer {
  const { major, minor, build } = SERVER_VERSION;
  const options: [number, Buffer][] = [
    [0, Buffer.from([major, minor, build >> 8, build & 0xff, 0, 0])],
    [1, Buffer.from([encryption])],
    [2, Buffer.from([0])],
    [3, Buffer.alloc(0)],
    [4, Buffer.from([0])],
    ...(federated ? [[Option.federated, Buffer.from([1])] as [number, Buffer]] : []),
  ];
  let at = options.length * 5 + 1;
  const headers = options.map(([option, data]) => {
    const header = Buffer.alloc(5);
    header.writeUInt8(option, 0);
    header.writeUInt16BE(at, 1);
    header.writeUInt16BE(data.length, 3);
    at += data.length;
    return header;
  });
  return Buffer.concat([...headers, Buffer.from([0xff]), ...options.map(([, data]) => data)]);
}
