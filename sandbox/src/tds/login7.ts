import { ProtocolError } from './byte-reader.ts';
import { readFederatedLibrary } from './federated.ts';
import { DEFAULT_PACKET_SIZE, MAX_PACKET_SIZE, MIN_PACKET_SIZE } from './packet.ts';

export interface LoginRequest {
  readonly tdsVersion: number;
  readonly packetSize: number;
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
  readonly readOnlyIntent: boolean;
  /** fODBC: the driver expects the ANSI settings to be on. */
  readonly odbc: boolean;
  /** Windows authentication, which the sandbox does not support, or a federated one that it was not told to support. */
  readonly foreignAuthentication: boolean;
  /** The library byte of the FEDAUTH feature: the client logs in with an access token. */
  readonly federatedLibrary?: number | undefined;
  /** Set once the client has sent its access token. */
  readonly federated?: 'admitted' | 'refused';
}

const FIXED_LENGTH = 94;

/** MS-TDS 2.2.6.4: the LOGIN7 message. */
export function readLogin7(body: Buffer): LoginRequest {
  if (body.length < FIXED_LENGTH) throw new ProtocolError('LOGIN7 is too short.');
  const bytes = (at: number): Buffer => {
    const offset = body.readUInt16LE(at);
    const length = body.readUInt16LE(at + 2) * 2;
    if (offset + length > body.length) throw new ProtocolError('A LOGIN7 field reaches past the end of the message.');
    return body.subarray(offset, offset + length);
  };
  const text = (at: number): string => bytes(at).toString('utf16le');
  const optionFlags2 = body.readUInt8(25);
  const typeFlags = body.readUInt8(26);
  const optionFlags3 = body.readUInt8(27);
  const asked = body.readUInt32LE(8) || DEFAULT_PACKET_SIZE;
  return {
    tdsVersion: body.readUInt32LE(4),
    packetSize: Math.min(Math.max(asked, MIN_PACKET_SIZE), MAX_PACKET_SIZE),
    host: text(36),
    user: text(40),
    password: decodePassword(bytes(44)),
    application: text(48),
    database: text(68),
    readOnlyIntent: (typeFlags & 0x20) !== 0,
    odbc: (optionFlags2 & 0x02) !== 0,
    foreignAuthentication: (optionFlags2 & 0x80) !== 0,
    federatedLibrary: (optionFlags3 & 0x10) === 0 ? undefined : readFederatedLibrary(body, body.readUInt16LE(56)),
  };
}

/** Each byte is exclusive-ored with 0xA5 and has its halves swapped (MS-TDS 2.2.6.4). */
function decodePassword(bytes: Buffer): string {
  const plain = Buffer.from(bytes);
  for (let i = 0; i < plain.length; i++) {
    const mixed = plain.readUInt8(i) ^ 0xa5;
    plain.writeUInt8(((mixed << 4) | (mixed >> 4)) & 0xff, i);
  }
  return plain.toString('utf16le');
}
