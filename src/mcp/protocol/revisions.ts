import { RPC } from './rpc.error.js';

/** The differences between the revisions of MCP. Code reads these fields and never compares a revision's name. */
export interface Revision {
  readonly name: string;
  /** A body may be a JSON array of messages (2025-03-26 basic/transports; removed in 2025-06-18). */
  readonly batches: boolean;
  /** Every request has the version and capabilities in `_meta`, and headers repeat its method and name (2026-07-28). */
  readonly envelope: boolean;
  /** Results have a `resultType`, and lists say how long they may be cached (2026-07-28). */
  readonly typedResults: boolean;
  /** Invalid tool arguments are a JSON-RPC error up to 2025-06-18, and a result for the model since 2025-11-25. */
  readonly invalidArguments: 'error' | 'result';
  /** The JSON-RPC error code for a resource that does not exist. */
  readonly resourceNotFound: number;
  /** The HTTP status of error -32601. */
  readonly unknownMethodStatus: 200 | 404;
  /** How the server asks the client: by a request on the call's own stream, or by an `input_required` result. */
  readonly serverRequests: 'request' | 'result';
  /** The server can ask the client to open a page (URL elicitation). */
  readonly urlElicitation: boolean;
  /** The endpoint accepts GET and DELETE. */
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
  methods: new Set([...COMMON, 'server/discover', 'subscriptions/listen', 'tasks/get', 'tasks/update', 'tasks/cancel']),
};

const REVISIONS = new Map(
  [R_2026_07_28, R_2025_11_25, R_2025_06_18, R_2025_03_26, R_2024_11_05].map(revision => [revision.name, revision]),
);

/** Sorted from the newest to the oldest. */
export const SUPPORTED_REVISIONS: readonly string[] = [...REVISIONS.keys()];

/** The revision that /health names. */
export const LEGACY_DEFAULT_REVISION = '2025-06-18';

/** "If the server does not receive an MCP-Protocol-Version header … it SHOULD assume 2025-03-26" (2025-06-18). */
export const UNSTATED_REVISION = R_2025_03_26;

export function revisionByName(name: string): Revision | undefined {
  return REVISIONS.get(name);
}

/** The version for `initialize`: the client's if it is supported and has a handshake, else the newest that has one. */
export function negotiate(requested: string): Revision {
  const revision = REVISIONS.get(requested);
  return revision !== undefined && !revision.envelope ? revision : R_2025_11_25;
}
