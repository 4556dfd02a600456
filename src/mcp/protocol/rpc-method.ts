import type { RequestContext } from './request-context.js';
import { META_SERVER_INFO } from './headers.js';
import type { Revision } from './revisions.js';
import { SERVER_INFO } from './server-info.js';

/** How long, and for whom, a result may be cached (2026-07-28 server/utilities/caching). */
export interface CacheHint {
  readonly ttlMs: number;
  /** `private` whenever the result depends on the person or the token. */
  readonly cacheScope: 'public' | 'private';
}

/** One RPC method. Throws AppError; its result is plain data, or JSON made earlier. */
export interface RpcMethod {
  readonly name: string;
  readonly cache?: CacheHint;
  handle(context: RequestContext): object | Promise<object | undefined>;
}

/** A result that is JSON already, finished for its revision. */
export class Serialised {
  constructor(readonly json: string) {}
}

/** A result of which some fields are JSON already. */
export class PartlySerialised {
  constructor(
    readonly fields: object,
    readonly json: Readonly<Record<string, string>>,
  ) {}
}

export const RPC_METHODS = Symbol('RpcMethods');

const SERVER_META = { [META_SERVER_INFO]: SERVER_INFO };

/** A result's JSON with what the revision adds to every result. */
export function resultJson(result: object, revision: Revision, cache?: CacheHint): string {
  if (result instanceof Serialised) return result.json;
  if (result instanceof PartlySerialised) {
    return Object.entries(result.json).reduce(
      (json, [name, value]) => `${json.slice(0, -1)},${JSON.stringify(name)}:${value}}`,
      resultJson(result.fields, revision, cache),
    );
  }
  if (!revision.typedResults) return JSON.stringify(result);
  const { _meta, ...rest } = result as { _meta?: object };
  return JSON.stringify({ resultType: 'complete', ...rest, ...cache, _meta: { ..._meta, ...SERVER_META } });
}
