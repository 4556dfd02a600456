import { secondsOf } from '../../config/duration.js';
import type { CachePlan } from '../builtin/read-statement.js';

interface Cacheable {
  readonly cache?: string | undefined;
  readonly same_for_all?: boolean | undefined;
}

/**
 * Returns how long an answer that uses all of these definitions may be cached: the shortest of their times. Returns undefined
 * when one of them has no `cache`. `about` is the version of the definitions, and what the answer says about them.
 */
export function cachePlan(definitions: readonly Cacheable[], about: readonly unknown[]): CachePlan | undefined {
  const ages = definitions.map(({ cache }) => (cache === undefined ? 0 : (secondsOf(cache) ?? 0)));
  const maxAge = Math.min(...ages);
  if (!(maxAge > 0)) return undefined;
  const sameForAll = definitions.every(({ same_for_all: isSame }) => isSame === true);
  return { maxAge, sameForAll, refresh: false, about };
}
