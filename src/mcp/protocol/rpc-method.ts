import type { Tenant } from '../../tenancy/tenant.js';
import type { RequestContext } from './request-context.js';
import { META_SERVER_INFO } from './envelope.js';
import type { Revision } from './revisions.js';
import { serverInfo } from './server-info.js';

/** How long, and for whom, a result may be cached (2026-07-28 server/utilities/caching). */
export interface CacheHint {
  readonly ttlMs: number;
  /** `private` whenever the result depends on the person or the token. */
  readonly cacheScope: 'public' | 'private';
}

/**
 * One RPC method. `handle` throws AppError. Its result is plain data or serialised JSON, and `undefined` if the caller
 * cancelled the request.
 */
export interface RpcMethod {
  readonly name: string;
  readonly cache?: CacheHint;
  handle(context: RequestContext): object | Promise<object | undefined>;
}

/** A complete result as JSON text, made for one revision. */
export class Serialised {
  constructor(readonly json: string) {}
}

/** A result that has some of its fields as JSON text. */
export class PartlySerialised {
  constructor(
    readonly fields: object,
    readonly json: Readonly<Record<string, string>>,
  ) {}
}

export const RPC_METHODS = Symbol('RpcMethods');

/** The JSON of a result, with the fields that the revision adds to every result. */
export function resultJson(result: object, revision: Revision, tenant: Tenant, cache?: CacheHint): string {
  if (result instanceof Serialised) return result.json;
  if (result instanceof PartlySerialised) {
    return Object.entries(result.json).reduce(
      (json, [name, value]) => `${json.slice(0, -1)},${JSON.stringify(name)}:${value}}`,
      resultJson(result.fields, revision, tenant, cache),
    );
  }
  if (!revision.typedResults) return JSON.stringify(result);
  const { _meta, ...rest } = result as { _meta?: object };
  // What `server/discover` says of the server is more than what every result says.
  const meta = { [META_SERVER_INFO]: serverInfo(tenant), ..._meta };
  return JSON.stringify({ resultType: 'complete', ...rest, ...cache, _meta: meta });
}
