import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../common/is-object.js';
import type { JsonSchema } from '../../tools/json-schema.js';
import { checkEnvelope, statedVersion, supportedRevision } from './envelope.js';
import type { RpcRequest } from './json-rpc.js';
import { RPC, RpcError } from './rpc.error.js';
import { type Revision, UNSTATED_REVISION } from './revisions.js';

/** The revision in the `MCP-Protocol-Version` header; undefined without the header. Throws RpcError -32022. */
export function revisionOfHeaders(headers: IncomingHttpHeaders): Revision | undefined {
  const header = headers['mcp-protocol-version'];
  return header === undefined ? undefined : supportedRevision(String(header), 'MCP-Protocol-Version');
}

/**
 * The revision of one request (2026-07-28 basic/versioning). The version in `_meta` decides, then the method
 * `initialize`, then the header. Throws RpcError -32020, -32022 or -32602.
 */
export function revisionOfRequest(message: RpcRequest, headers: IncomingHttpHeaders): Revision {
  const header = headers['mcp-protocol-version'] as string | undefined;
  const stated = statedVersion(message);
  if (stated !== undefined) {
    if (header === undefined) throw mismatch('MCP-Protocol-Version is missing.');
    if (header !== stated)
      throw mismatch(`MCP-Protocol-Version says ${show(header)}, but the message says ${show(stated)}.`);
  } else if (message.method === 'initialize') {
    // A client that falls back to the handshake may still send the header of its newest revision.
    revisionOfHeaders(headers);
    return UNSTATED_REVISION;
  }
  const revision = revisionOfHeaders(headers) ?? UNSTATED_REVISION;
  if (revision.envelope) checkHeaders(message, headers);
  return revision;
}

/** Compares the headers that repeat the method and the name with the message. */
function checkHeaders(message: RpcRequest, headers: IncomingHttpHeaders): void {
  checkEnvelope(message);
  compare('Mcp-Method', headers['mcp-method'], message.method);
  const named = NAMED[message.method];
  if (named !== undefined && typeof message.params[named] === 'string') {
    compare('Mcp-Name', headers['mcp-name'], message.params[named]);
  }
}

/** The parameter of each method that the `Mcp-Name` header repeats. */
const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'resources/read': 'uri',
  'prompts/get': 'name',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** An argument, given by its path of property names, and the `Mcp-Param-…` header that repeats it. */
interface Mirrored {
  readonly path: readonly string[];
  readonly name: string;
}

/** Compares `Mcp-Param-…` headers with the arguments whose schema has `x-mcp-header`. Throws RpcError -32020. */
export function checkParameterHeaders(
  schema: JsonSchema,
  args: Readonly<Record<string, unknown>>,
  headers: IncomingHttpHeaders,
): void {
  for (const { path, name } of mirroredParameters(schema)) {
    const value = path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), args);
    const header = headers[`mcp-param-${name.toLowerCase()}`];
    if (value === undefined || value === null) {
      if (header !== undefined) throw mismatch(`Mcp-Param-${name} is sent, but the message has no such argument.`);
    } else if (typeof value !== 'number' || !isSameNumber(header, value)) {
      compare(`Mcp-Param-${name}`, header, String(value));
    }
  }
}

/** The header `42.0` equals the number 42 (2026-07-28 basic/transports/streamable-http, "Server Validation"). */
function isSameNumber(header: string | string[] | undefined, value: number): boolean {
  return typeof header === 'string' && /^-?\d{1,20}(?:\.\d{1,20})?$/.test(header) && Number(header) === value;
}

const mirrored = new WeakMap<JsonSchema, readonly Mirrored[]>();

function mirroredParameters(schema: JsonSchema): readonly Mirrored[] {
  let found = mirrored.get(schema);
  if (found === undefined) mirrored.set(schema, (found = [...annotated(schema, [])]));
  return found;
}

/** Searches only `properties`, because lists and alternatives have no annotations (ibid., "Schema Extension"). */
function* annotated(schema: JsonSchema, path: readonly string[]): Generator<Mirrored> {
  for (const [key, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (!isObject(property)) continue;
    const name = property['x-mcp-header'];
    if (typeof name === 'string') yield { path: [...path, key], name };
    yield* annotated(property, [...path, key]);
  }
}

function compare(name: string, header: string | string[] | undefined, value: string): void {
  if (header === undefined) throw mismatch(`${name} is missing.`);
  const decoded = decode(name, String(header).trim());
  if (decoded !== value) throw mismatch(`${name} says ${show(decoded)}, but the message says ${show(value)}.`);
}

/** Decodes a header value: visible ASCII characters as they are, everything else as `=?base64?…?=`. */
function decode(name: string, value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value))
    throw mismatch(`${name} has characters that a header can't carry; use =?base64?…?=.`);
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  if (encoded === undefined) return value;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) throw mismatch(`${name} is not valid base64.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw mismatch(`${name} is not valid UTF-8.`);
  }
}

function mismatch(message: string): RpcError {
  return new RpcError(RPC.headerMismatch, message, 400);
}

function show(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
