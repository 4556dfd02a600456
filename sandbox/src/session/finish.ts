import type { Frame } from './frame.ts';
import type { ResultOutput } from './session-state.ts';

/** Sets @@ROWCOUNT and tells the client, unless NOCOUNT is ON. */
export function finish(output: ResultOutput, frame: Frame, rows: number, kind: 'select' | 'dml'): void {
  output.rowCount = rows;
  frame.sink.done(output.options.isOn('NOCOUNT') ? null : rows, { kind });
}
