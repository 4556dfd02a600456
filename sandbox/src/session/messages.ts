import type { ServerMessage } from '../engine/contracts.ts';
import type { SqlError } from '../engine/sql-error.ts';
import type { ResultOutput } from './session-state.ts';

export const messageOf = (error: SqlError): ServerMessage => ({
  number: error.number,
  state: error.state,
  severity: error.severity,
  message: error.message,
  line: error.line ?? 1,
  procedure: error.procedure,
});

/** PRINT, and RAISERROR below severity 11. */
export function sendInfo(output: ResultOutput, message: string, line: number, more: Partial<ServerMessage> = {}): void {
  output.frame.sink.info({
    number: 0,
    state: 1,
    severity: 0,
    message,
    line,
    procedure: output.frame.procedureName,
    ...more,
  });
}
