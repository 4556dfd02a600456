/** A request's body, bytes. */
export const MAX_BODY_BYTES = 1_000_000;
/** Arrays and objects inside each other. */
export const MAX_DEPTH = 64;
/** Messages of a batch (2025-03-26). */
export const MAX_BATCH = 20;
/** A reply that takes longer becomes a stream, so that proxies see life. */
export const STREAM_AFTER_MS = 2_000;
export const KEEP_ALIVE_MS = 15_000;
/** What may wait in memory for a reader that doesn't read: then its notifications are dropped, or its stream is. */
export const MAX_PENDING_BYTES = 256 * 1024;
/** How long a person may take to answer a question. */
export const QUESTION_LIMIT_MS = 300_000;
/** How long a `requestState` is good for (2026-07-28). */
export const REQUEST_STATE_LIMIT_MS = 600_000;
/** A stream is authorised when it opens; it ends after the life of an access token, and the client opens a new one. */
export const MAX_STREAM_MS = 3_600_000;
export const PAGE_SIZE = 100;
/** Completion values of one answer (all revisions). */
export const MAX_COMPLETIONS = 100;
/** Resources one client may watch. */
export const MAX_SUBSCRIPTIONS = 100;
export const RETRY_AFTER_SECONDS = 30;
