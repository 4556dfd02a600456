import { RPC } from './rpc.error.js';

/** What differs between the revisions of MCP. Code asks these fields, never a revision's name. */
export interface Revision {
  readonly name: string;
  /** A JSON array of messages is one body (2025-03-26 basic/transports; removed in 2025-06-18). */
  readonly batches: boolean;
  /** Every request carries version and capabilities in `_meta`, and headers repeat method and name (2026-07-28). */
  readonly envelope: boolean;
  /** Results say `resultType`, and lists how long they may be cached (2026-07-28). */
  readonly typedResults: boolean;
  /** Invalid tool arguments: a JSON-RPC error up to 2025-06-18, a result the model can read since 2025-11-25. */
  readonly invalidArguments: 'error' | 'result';
  readonly resourceNotFound: number;
  /** HTTP status of -32601. */
  readonly unknownMethodStatus: 200 | 404;
  /** A question to the client: a request on the call's own stream, or an `input_required` result. */
  readonly serverRequests: 'request' | 'result';
  /** URL elicitation can be asked for. */
  readonly urlElicitation: boolean;
  /** The GET stream and DELETE. */
  readonly getStream: boolean;
  readonly methods: ReadonlySet<string>;
}

const COMMON = [
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'completion/complete',
];
const HANDSHAKE = new Set([
  ...COMMON,
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

const R_2024_11_05: Revision = {
  name: '2024-11-05',
  batches: false,
  envelope: false,
  typedResults: false,
  invalidArguments: 'error',
  resourceNotFound: RPC.resourceNotFound,
  unknownMethodStatus: 200,
  serverRequests: 'request',
  urlElicitation: false,
  getStream: true,
  methods: HANDSHAKE,
};
const R_2025_03_26: Revision = { ...R_2024_11_05, name: '2025-03-26', batches: true };
const R_2025_06_18: Revision = { ...R_2024_11_05, name: '2025-06-18' };
const R_2025_11_25: Revision = {
  ...R_2025_06_18,
  name: '2025-11-25',
  invalidArguments: 'result',
  urlElicitation: true,
};
const R_2026_07_28: Revision = {
  ...R_2025_11_25,
  name: '2026-07-28',
  envelope: true,
  typedResults: true,
  resourceNotFound: RPC.invalidParams,
  unknownMethodStatus: 404,
  serverRequests: 'result',
  getStream: false,
  methods: new Set([...COMMON, 'server/discover', 'subscriptions/listen']),
};

const REVISIONS = new Map(
  [R_2026_07_28, R_2025_11_25, R_2025_06_18, R_2025_03_26, R_2024_11_05].map(revision => [revision.name, revision]),
);

/** Newest first. */
export const SUPPORTED_REVISIONS: readonly string[] = [...REVISIONS.keys()];

/** The revision that /health names. */
export const LEGACY_DEFAULT_REVISION = '2025-06-18';

/** "If the server does not receive an MCP-Protocol-Version header … it SHOULD assume 2025-03-26" (2025-06-18). */
export const UNSTATED_REVISION = R_2025_03_26;

export function revisionByName(name: string): Revision | undefined {
  return REVISIONS.get(name);
}

/** What `initialize` settles on: the client's version if it has a handshake and we know it, else our latest that has one. */
export function negotiate(requested: string): Revision {
  const revision = REVISIONS.get(requested);
  return revision !== undefined && !revision.envelope ? revision : R_2025_11_25;
}
