import type {
  LockWait,
  RequestOutcome,
  RequestParameter,
  ResultColumn,
  ResultSink,
  ServerMessage,
  Steps,
  Ticker,
} from '../../engine/contracts.ts';
import { toDisplayString } from '../../engine/convert.ts';
import type { Value } from '../../engine/sql-type.ts';
import { SessionFactory } from '../session-factory.ts';
import type { Session } from '../session.ts';

export interface TestResult {
  /** Rows as text, NULL as null; one list for each result set. */
  readonly sets: (string | null)[][][];
  readonly columns: readonly (readonly ResultColumn[])[];
  readonly errors: ServerMessage[];
  readonly messages: string[];
  readonly counts: (number | null)[];
  readonly changes: string[];
  outcome: RequestOutcome;
}

class CollectingSink implements ResultSink {
  readonly result: TestResult = {
    sets: [],
    columns: [],
    errors: [],
    messages: [],
    counts: [],
    changes: [],
    outcome: { returnStatus: 0, outputs: [] },
  };
  readonly drained = { ready: (): boolean => true };

  columns(columns: readonly ResultColumn[]): void {
    this.result.sets.push([]);
    (this.result.columns as ResultColumn[][]).push([...columns]);
  }
  row(values: readonly Value[]): boolean {
    const columns = this.result.columns[this.result.columns.length - 1]!;
    this.result.sets[this.result.sets.length - 1]!.push(
      values.map((value, i) => (value === null ? null : toDisplayString(value, columns[i]!.type))),
    );
    return false;
  }
  done(rowCount: number | null): void {
    this.result.counts.push(rowCount);
  }
  info(message: ServerMessage): void {
    if (message.number !== 3621) this.result.messages.push(message.message);
  }
  error(message: ServerMessage): void {
    this.result.errors.push(message);
  }
  environment(change: Parameters<ResultSink['environment']>[0]): void {
    this.result.changes.push(change.type);
  }
}

const TICKER: Ticker = { tick: () => false };

/** A request that runs step by step, so that a test can observe its waits. */
class RunningRequest {
  private readonly steps: Steps<RequestOutcome>;
  private readonly sink: CollectingSink;
  private wait: LockWait | undefined;
  private done = false;

  constructor(start: (sink: ResultSink) => Steps<RequestOutcome>, stopAtPause = false) {
    this.sink = new CollectingSink();
    this.steps = start(this.sink);
    if (stopAtPause) this.step();
    else this.advance();
  }

  get waiting(): boolean {
    return !this.done;
  }

  /** Runs until it waits or ends. */
  advance(): this {
    while (!this.done) {
      if (this.wait && !this.wait.ready()) return this;
      this.wait = undefined;
      this.step();
    }
    return this;
  }

  private step(): void {
    const step = this.steps.next();
    if (step.done) {
      this.done = true;
      this.sink.result.outcome = step.value;
    } else if (typeof step.value === 'object') this.wait = step.value;
  }

  get result(): TestResult {
    if (!this.done) throw new Error('the request is still waiting');
    return this.sink.result;
  }
}

/** A sandbox without TDS, for tests of the session. */
export class TestServer {
  readonly factory = new SessionFactory({ databaseName: 'TestDb', saPassword: 'Secret-1' });

  open(user = 'sa', odbc = true): TestClient {
    return new TestClient(
      this.factory.open({ user, host: 'test', application: 'jest', database: 'TestDb', readOnlyIntent: false, odbc }),
    );
  }
}

export class TestClient {
  readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  /** Runs a batch to its end. */
  run(sql: string): TestResult {
    return this.start(sql).result;
  }

  /** With a given ticker the request stops at the first pause. */
  start(sql: string, ticker?: Ticker): RunningRequest {
    return new RunningRequest(sink => this.session.executeBatch(sql, sink, ticker ?? TICKER), ticker !== undefined);
  }

  call(name: string, parameters: readonly RequestParameter[]): TestResult {
    return new RunningRequest(sink => this.session.executeProcedure(name, parameters, sink, TICKER)).result;
  }

  /** Runs a batch that must not fail, and gives the rows of its last result set. */
  rows(sql: string): (string | null)[][] {
    const result = this.ok(sql);
    return result.sets[result.sets.length - 1] ?? [];
  }

  ok(sql: string): TestResult {
    const result = this.run(sql);
    if (result.errors.length > 0)
      throw new Error(
        `${result.errors.map(error => `${error.number}: ${error.message} (line ${error.line})`).join('\n')}\nin ${sql}`,
      );
    return result;
  }

  /** The number of the first error of a batch, 0 when there is none. */
  error(sql: string): number {
    return this.run(sql).errors[0]?.number ?? 0;
  }

  message(sql: string): string {
    return this.run(sql).errors[0]?.message ?? '';
  }

  transaction(kind: 'begin' | 'commit' | 'rollback' | 'save', name = ''): void {
    this.session.transaction({ kind, name, isolation: 0 }, new CollectingSink());
  }
}
