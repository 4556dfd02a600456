import type { Lab } from './lab.js';

export type Area =
  | 'registration'
  | 'authorize'
  | 'code'
  | 'refresh'
  | 'bearer'
  | 'cross-tenant'
  | 'headers'
  | 'sign-in'
  | 'consent'
  | 'metadata documents'
  | 'upstream'
  | 'floods and logs';

/** What came back, whatever way it was asked. */
export interface Outcome {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where a redirect leads; absent when there was none. */
  readonly location?: string | undefined;
}

export interface Expected {
  readonly status: number | readonly number[];
  /** The `error` of a JSON body, of a redirect's query, or the code on a page. */
  readonly error?: string;
  /** False: the answer must not send the browser anywhere. */
  readonly redirects?: false;
  readonly has?: readonly string[];
  readonly lacks?: readonly string[];
  readonly header?: readonly [string, RegExp];
}

/** One row: what is sent, and what must come back. */
export interface Attack {
  readonly area: Area;
  readonly sent: string;
  readonly send: (lab: Lab) => Promise<Outcome>;
  readonly expected: Expected;
  /** What else must be true afterwards. */
  readonly afterwards?: (lab: Lab, outcome: Outcome) => Promise<void> | void;
}

export function errorOf(outcome: Outcome): string | undefined {
  if (outcome.location !== undefined) {
    const { searchParams, hash } = new URL(outcome.location, 'http://x');
    return searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error') ?? undefined;
  }
  try {
    return (JSON.parse(outcome.text) as { error?: string }).error;
  } catch {
    return /<code>([^<]*)<\/code>/.exec(outcome.text)?.[1];
  }
}
