import { isObject } from '../../common/is-object.js';
import type { RpcRequest } from './json-rpc.js';
import { type Revision, revisionByName, SUPPORTED_REVISIONS } from './revisions.js';
import { RPC, RpcError } from './rpc.error.js';

// The keys of `_meta`, in which 2026-07-28 repeats with every request what earlier revisions agreed on once.
const META_VERSION = 'io.modelcontextprotocol/protocolVersion';
export const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
export const META_LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
export const META_SERVER_INFO = 'io.modelcontextprotocol/serverInfo';
export const META_SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';

/** The revision that a request names in `_meta`; undefined if it names none. Throws RpcError -32602. */
export function statedVersion({ params }: RpcRequest): string | undefined {
  const stated = isObject(params._meta) ? params._meta[META_VERSION] : undefined;
  if (stated === undefined || typeof stated === 'string') return stated;
  throw new RpcError(RPC.invalidParams, `${META_VERSION} must be a string.`, 400);
}

/** Throws RpcError -32602 if `_meta` lacks what every request of 2026-07-28 has. */
export function checkEnvelope({ params }: RpcRequest): void {
  const meta = isObject(params._meta) ? params._meta : {};
  for (const key of [META_VERSION, META_CAPABILITIES]) {
    if (meta[key] === undefined) throw new RpcError(RPC.invalidParams, `_meta must have the key ${key}.`, 400);
  }
  if (!isObject(meta[META_CAPABILITIES])) {
    throw new RpcError(RPC.invalidParams, `${META_CAPABILITIES} must be an object.`, 400);
  }
}

/** Throws RpcError -32022; `where` names what holds the version. */
export function supportedRevision(name: string, where: string): Revision {
  const revision = revisionByName(name);
  if (revision !== undefined) return revision;
  const requested = name.slice(0, 100);
  throw new RpcError(RPC.unsupportedVersion, `${where} ${JSON.stringify(requested)} is not supported.`, 400, {
    supported: SUPPORTED_REVISIONS,
    requested,
  });
}
