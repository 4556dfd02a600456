import type { EngineSession, ServerMessage } from '../engine/contracts.ts';
import type { Value } from '../engine/sql-type.ts';
import type { LoginRequest } from '../tds/login7.ts';

/** The first error of a batch. Its message begins with the number. */
export class BatchError extends Error {
  readonly number: number;
  constructor({ number, message }: ServerMessage) {
    super(`${number}: ${message}`);
    this.number = number;
  }
}

/** A login to the database Shop, as a client sends it. */
export function loginOf(user: string): LoginRequest {
  return {
    ...{ tdsVersion: 0x74000004, packetSize: 4096, host: 'host', user, password: 'x', application: 'spec' },
    ...{ database: 'Shop', readOnlyIntent: false, odbc: true, foreignAuthentication: false },
  };
}

interface Rows {
  readonly names: readonly string[];
  readonly rows: Value[][];
}

/** The result sets of a batch. Throws BatchError. */
export function runBatch(session: EngineSession, sql: string): readonly Rows[] {
  const sets: Rows[] = [];
  let failure: ServerMessage | undefined;
  const steps = session.executeBatch(
    sql,
    {
      columns: columns => void sets.push({ names: columns.map(({ name }) => name), rows: [] }),
      row: values => {
        sets.at(-1)?.rows.push([...values]);
        return false;
      },
      drained: { ready: () => true },
      done: () => {},
      info: () => {},
      error: message => (failure ??= message),
      environment: () => {},
    },
    { tick: () => false },
  );
  while (!steps.next().done);
  if (failure) throw new BatchError(failure);
  return sets;
}
