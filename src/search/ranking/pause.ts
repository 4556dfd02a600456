import { setImmediate } from 'node:timers/promises';

/** Called between slices of long work: it lets other requests run when the slice has taken long enough. */
export type Pause = () => Promise<void>;

const SLICE_MS = 8;

/** The work ends with the signal's reason when the signal aborts. */
export function slices(signal?: AbortSignal): Pause {
  let started = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - started < SLICE_MS) return;
    await setImmediate();
    started = performance.now();
  };
}
