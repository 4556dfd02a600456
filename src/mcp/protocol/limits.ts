/** The largest body of a request, and the longest line over stdio. */
export const MAX_MESSAGE_BYTES = 1_000_000;
/** The largest number of lines over stdio whose requests wait for their responses. */
export const MAX_IN_FLIGHT = 256;
/** How many levels deep arrays and objects may be nested. */
export const MAX_DEPTH = 64;
/** The largest number of messages in a batch (2025-03-26). */
export const MAX_BATCH = 20;
/** A reply that takes longer becomes a stream, because proxies close a connection that stays silent for long. */
export const STREAM_AFTER_MS = 2_000;
/** The interval between two keep-alive comments on an open stream. */
export const KEEP_ALIVE_MS = 15_000;
/** How much is buffered for a slow client. Beyond it a reply drops notifications, and a GET stream ends. */
export const MAX_PENDING_BYTES = 256 * 1024;
/** How long a person may take to answer a question. */
export const QUESTION_LIMIT_MS = 300_000;
/** How long a `requestState` is valid (2026-07-28). */
export const REQUEST_STATE_LIMIT_MS = 600_000;
/** The longest life of a stream. It ends earlier when its token is no longer valid (oauth/resource-server/access-watch). */
export const MAX_STREAM_MS = 3_600_000;
/** How many items one page of a list has. */
export const PAGE_SIZE = 100;
/** The largest number of values in one completion result (all revisions). */
export const MAX_COMPLETIONS = 100;
/** The largest number of resources that one client may subscribe to. */
export const MAX_SUBSCRIPTIONS = 100;
/** The `Retry-After` header of a 429 reply. */
export const RETRY_AFTER_SECONDS = 30;
