import type { DescribedModule } from '../../database/policy/modules/described-module.js';
import type { DeclaredProcedure } from '../file/definitions.js';
import type { ResolvedMetric } from '../model/resolved-metric.js';

/**
 * Whether a definition fits the database: `proved` (the database compiled it), `unverified` (nobody could tell), or
 * `broken` (it names what isn't there, or doesn't compile), and then it isn't offered.
 */
export type ProofState = 'proved' | 'unverified' | 'broken';

export const KINDS = [
  'term',
  'metric',
  'dimension',
  'join',
  'query',
  'procedure',
  'document',
  'subject',
  'category',
  'caution',
] as const;
export type ItemKind = (typeof KINDS)[number];

export interface ItemProof {
  readonly kind: ItemKind;
  /** The name in the file; that of a dimension is `metric.dimension`, that of a category `subject.category`. */
  readonly name: string;
  readonly state: ProofState;
  /** A sentence; absent when it is proved. */
  readonly reason?: string;
}

/** What was found out about the definitions of a tenant. */
export interface Proof {
  readonly at: Date;
  readonly items: readonly ItemProof[];
  /** Those that are not broken, without their broken dimensions. */
  readonly metrics: readonly ResolvedMetric[];
  /** The procedures that can be offered. */
  readonly procedures: readonly ProvedProcedure[];
}

/** A declared procedure with what the database says of it. */
export interface ProvedProcedure {
  readonly definition: DeclaredProcedure;
  readonly module: DescribedModule;
}

export function stateOf({ items }: Pick<Proof, 'items'>, kind: ItemKind, name: string): ItemProof | undefined {
  return items.find(item => item.kind === kind && item.name === name);
}
