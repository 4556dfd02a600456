import { secondsOf } from '../../config/duration.js';
import type { CachePlan } from '../builtin/read-statement.js';

interface Cacheable {
  readonly cache?: string | undefined;
  readonly same_for_all?: boolean | undefined;
}

/**
 * How long the answer of these definitions together may be kept: as long as that of each of them. Undefined when one of them
 * has no `cache`. `about` is the definitions' version, and what the answer says of them.
 */
export function cachePlan(definitions: readonly Cacheable[], about: readonly unknown[]): CachePlan | undefined {
  const ages = definitions.map(({ cache }) => (cache === undefined ? 0 : (secondsOf(cache) ?? 0)));
  const maxAge = Math.min(...ages);
  if (!(maxAge > 0)) return undefined;
  const sameForAll = definitions.every(({ same_for_all: isSame }) => isSame === true);
  return { maxAge, sameForAll, refresh: false, about };
}
