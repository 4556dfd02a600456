import type { EngineSession, ResultSink, ServerMessage } from '../engine/contracts.ts';

/** Runs batches to their end, one after the other, in this thread. Throws with the first error's text and batch. */
export function runBatches(session: EngineSession, batches: readonly string[]): void {
  for (const batch of batches) {
    let failure: ServerMessage | undefined;
    const sink: ResultSink = {
      columns: () => {},
      row: () => false,
      drained: { ready: () => true },
      done: () => {},
      info: () => {},
      error: message => {
        failure ??= message;
      },
      environment: () => {},
    };
    const steps = session.executeBatch(batch, sink, { tick: () => false });
    for (;;) if (steps.next().done) break;
    if (failure) {
      throw new Error(
        `Seed: error ${failure.number} in line ${failure.line} of "${batch.slice(0, 80)}…": ${failure.message}`,
      );
    }
  }
}
