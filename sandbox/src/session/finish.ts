import type { Frame } from './frame.ts';
import type { Session } from './session.ts';

/** Sets @@ROWCOUNT and tells the client, unless NOCOUNT is ON. */
export function finish(session: Session, frame: Frame, rows: number, kind: 'select' | 'dml'): void {
  session.rowCount = rows;
  frame.sink.done(session.options.isOn('NOCOUNT') ? null : rows, { kind });
}
