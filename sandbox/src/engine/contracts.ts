import type { SqlType, Value } from './sql-type.ts';

/** One row while a query runs: its values, and the row of the enclosing query for correlated references. */
export interface Env {
  readonly row: readonly Value[];
  readonly outer: Env | null;
}

/**
 * A bound scalar expression: typed, and evaluated by a closure. `literal` is set when it is a constant, so
 * that functions may read arguments such as a format or a style at bind time.
 */
export interface BoundExpression {
  readonly type: SqlType;
  evaluate(env: Env): Value;
  /** `computed`: folded from a CAST or the like; a type's full precision counts for it, not the digits written. */
  readonly literal?: { readonly value: Value; readonly computed?: true };
}

/** An operator yields this when its time slice is over: the scheduler then runs another session. */
export const PAUSE: unique symbol = Symbol('pause');

/** A statement yields this to wait for a lock; the scheduler resumes it when `ready()` returns true. */
export interface LockWait {
  readonly ready: () => boolean;
}

/** A stream yields these between its rows, to let other sessions run or to wait for a lock. */
export type Pause = typeof PAUSE | LockWait;

/** The output of an operator tree: rows, and the pauses that each operator passes on. */
export type RowStream = Generator<readonly Value[] | Pause, void, void>;

/** Work that pauses, so that other sessions can run: the statements of the interpreter. */
export type Steps<T = void> = Generator<Pause, T, void>;

/**
 * The clock and the cancel flag of a running request. Every loop that may run long calls `tick()`; it is cheap
 * (a counter; the time is read every 256 calls), throws CancelledError when an Attention has come (the flag is
 * shared with the TDS thread), and answers true when the time slice (about 5 ms) is over and the caller,
 * being a generator, should yield PAUSE.
 */
export interface Ticker {
  tick(): boolean;
}

export class CancelledError extends Error {}

export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
  readonly computed?: boolean;
}

export interface ServerMessage {
  readonly number: number;
  readonly state: number;
  readonly severity: number;
  readonly message: string;
  readonly line: number;
  readonly procedure: string;
}

/**
 * Where a request's results go (TDS tokens: COLMETADATA, ROW, DONE, INFO, ERROR). Called by the interpreter in
 * order. The sink batches and buffers; when `row` returns true its credit is used up, and the caller yields a
 * LockWait from `sink.drained` before the next row.
 */
export interface ResultSink {
  columns(columns: readonly ResultColumn[]): void;
  row(values: readonly Value[]): boolean;
  readonly drained: LockWait;
  /** Ends a statement; `rowCount` is null when it has none (SET NOCOUNT ON, PRINT, DECLARE …). */
  done(
    rowCount: number | null,
    info: { readonly kind: 'select' | 'dml' | 'ddl' | 'other'; readonly failed?: boolean },
  ): void;
  info(message: ServerMessage): void;
  error(message: ServerMessage): void;
  /** Transaction and database changes that are reported to the client (ENVCHANGE 8, 9, 10, 1). */
  environment(
    change:
      | { readonly type: 'begin' | 'commit' | 'rollback'; readonly transaction: bigint }
      | { readonly type: 'database'; readonly name: string },
  ): void;
}

/** The rows of a table-valued parameter, with the types in which the client sent them. */
export interface TableValue {
  /** '' where the client leaves it out. */
  readonly schema: string;
  readonly name: string;
  readonly types: readonly SqlType[];
  readonly rows: readonly (readonly Value[])[];
}

/** A parameter of an RPC, decoded to an engine value. */
export interface RequestParameter {
  /** Of a table-valued parameter, whose type and value mean nothing. */
  readonly table?: TableValue;
  readonly name: string;
  readonly type: SqlType;
  readonly value: Value;
  readonly output: boolean;
}

export interface RequestOutcome {
  readonly returnStatus: number;
  readonly outputs: readonly { readonly name: string; readonly type: SqlType; readonly value: Value }[];
}

export interface LoginInfo {
  readonly user: string;
  readonly host: string;
  readonly application: string;
  readonly database: string;
  readonly readOnlyIntent: boolean;
}

/** The session of one connection. The worker thread owns it; the TDS side sends messages to it. */
export interface EngineSession {
  readonly spid: number;
  /** A fault: SET SHOWPLAN_XML ON has no effect. */
  ignoresShowPlan: boolean;
  /** Runs a SQL batch. Errors go to the sink; it throws CancelledError only. */
  executeBatch(sql: string, sink: ResultSink, ticker: Ticker): Steps<RequestOutcome>;
  /** Runs a procedure call (RPC): sp_executesql, sp_prepare … and user procedures. */
  executeProcedure(
    name: string,
    parameters: readonly RequestParameter[],
    sink: ResultSink,
    ticker: Ticker,
  ): Steps<RequestOutcome>;
  /** Transaction-manager requests (MS-TDS 2.2.6.9). Throws SqlError. */
  transaction(
    request: {
      readonly kind: 'begin' | 'commit' | 'rollback' | 'save';
      readonly name: string;
      readonly isolation: number;
    },
    sink: ResultSink,
  ): void;
  /** sp_reset_connection, or the RESETCONNECTION bit. A fault keeps the read-only keys of SESSION_CONTEXT. */
  reset(keepTransaction: boolean, how?: { readonly keepContext?: boolean; readonly ignoreCost?: boolean }): void;
  close(): void;
}
