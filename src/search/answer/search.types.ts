import type { ShownJoin } from '../joins/shown-join.js';

export const MATCH_KINDS = ['table', 'view', 'column', 'procedure', 'function', 'definition', 'value'] as const;
export type MatchKind = (typeof MATCH_KINDS)[number];

export interface SearchRequest {
  /** A question, or some words. */
  readonly words: string;
  /** Compared case-insensitively. */
  readonly schema?: string | undefined;
  readonly database?: string | undefined;
  /** Absent: all. */
  readonly kinds?: readonly MatchKind[] | undefined;
  readonly limit: number;
  /** Whether this person may read rows, and so see values. */
  readonly showValues: boolean;
}

export interface SearchMatch {
  readonly kind: MatchKind;
  /** Absent for a definition. */
  readonly schema?: string;
  readonly name: string;
  readonly column?: string;
  readonly type?: string;
  readonly description?: string;
  /** A warning that somebody wrote for this table or column. */
  readonly caution?: string;
  readonly why: string;
  readonly value?: string;
  readonly row_count?: number;
  /** The columns that match. */
  readonly columns?: string[];
}

export interface SearchAnswer {
  readonly matches: SearchMatch[];
  readonly joins: ShownJoin[];
  /** What the answer leaves out, and what the index does not know. */
  readonly left_out?: string;
}
