import { ProtocolError } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { Token } from './tokens.ts';

/** Logins with access tokens, as Azure SQL has them. */
export interface FederatedOptions {
  /** Whether the token admits its bearer, who then has all rights. The token is not checked in any other way. */
  readonly accepts: (token: string) => boolean;
  /** The service that the client asks a token for. Default: that of Azure SQL. */
  readonly resource?: string;
}

const FEATURE = 0x02;
const END_OF_FEATURES = 0xff;
/** MS-TDS 2.2.6.4: bFedAuthLibrary of a client that gets its token after the LOGIN7 message. */
const ADAL = 0x02;
/** MS-TDS 2.2.7.12: ids of FEDAUTHINFO. */
const Info = { authority: 1, resource: 2 } as const;
const AUTHORITY = 'https://login.microsoftonline.com/common';
const RESOURCE = 'https://database.windows.net/';

/** The library byte of LOGIN7's FEDAUTH feature; undefined when the client does not ask for that feature. */
export function readFederatedLibrary(login: Buffer, extension: number): number | undefined {
  if (extension + 4 > login.length) throw new ProtocolError('A LOGIN7 field reaches past the end of the message.');
  let at = login.readUInt32LE(extension);
  while (at < login.length) {
    const feature = login.readUInt8(at);
    if (feature === END_OF_FEATURES) return undefined;
    if (at + 5 > login.length) break;
    const length = login.readUInt32LE(at + 1);
    if (at + 5 + length > login.length) break;
    if (feature === FEATURE && length > 0) return login.readUInt8(at + 5) >> 1;
    at += 5 + length;
  }
  throw new ProtocolError('The features of LOGIN7 reach past the end of the message.');
}

export function asksLater(library: number): boolean {
  return library === ADAL;
}

/** FEDAUTHINFO: where the client gets its token, and for which service. */
export function federatedInfo({ resource = RESOURCE }: FederatedOptions): Buffer {
  const entries = [
    [Info.authority, Buffer.from(AUTHORITY, 'utf16le')],
    [Info.resource, Buffer.from(resource, 'utf16le')],
  ] as const;
  const w = new ByteWriter();
  w.u8(Token.federatedInfo);
  let offset = 4 + entries.length * 9;
  w.u32(offset + entries.reduce((sum, [, data]) => sum + data.length, 0)).u32(entries.length);
  for (const [id, data] of entries) {
    w.u8(id).u32(data.length).u32(offset);
    offset += data.length;
  }
  for (const [, data] of entries) w.bytes(data);
  return w.take();
}

/** MS-TDS 2.2.6.3: the token of the client's Federated Authentication Token message. */
export function readFederatedToken(body: Buffer): string {
  const length = body.length < 8 ? -1 : body.readUInt32LE(4);
  if (length < 0 || 8 + length > body.length) throw new ProtocolError('The access token is cut short.');
  return body.toString('utf16le', 8, 8 + length);
}

/** FEATUREEXTACK (MS-TDS 2.2.7.11) of the feature that admitted the client. */
export function writeFederatedAck(w: ByteWriter): void {
  w.u8(Token.featureAck).u8(FEATURE).u32(0).u8(END_OF_FEATURES);
}
