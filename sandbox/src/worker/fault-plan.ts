import { CancelledError, type LockWait, type ResultSink } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import { faultError, type Fault, type FaultCondition } from './fault.ts';

interface Armed {
  readonly fault: Fault;
  met: number;
  /** Undefined for an unlimited fault. */
  left: number | undefined;
}

/** A fault that applies to one request. */
export type RowFault = Extract<Fault, { kind: 'drop-connection' | 'delay-rows' | 'raise-error' | 'ignore-cancel' }>;

/** Faults that last until they are cleared. */
const LASTING: ReadonlySet<Fault['kind']> = new Set([
  'fill-up',
  'keep-session-context',
  'ignore-cost-limit',
  'abort-on-error',
  'ignore-showplan',
] as const);
const OF_ROWS: ReadonlySet<Fault['kind']> = new Set(['drop-connection', 'delay-rows', 'ignore-cancel'] as const);

/** Thrown through the interpreter to close the connection; no CATCH catches it. */
export class ConnectionDropped extends CancelledError {}

/** An error after some rows instead of before a statement. */
function isRowError(fault: Fault): fault is Extract<Fault, { kind: 'raise-error' }> {
  return fault.kind === 'raise-error' && fault.afterRows !== undefined;
}

function isOfRows(fault: Fault): fault is RowFault {
  return OF_ROWS.has(fault.kind) || isRowError(fault);
}

const MAX_FAULTS = 1000;

/** The faults that are set, and the requests that they apply to. */
export class FaultPlan {
  private armed: Armed[] = [];
  /** Set by the worker, which restarts the server. */
  onRestart: (milliseconds: number) => void = () => {};

  set(fault: Fault): void {
    if (this.armed.length >= MAX_FAULTS)
      throw new SqlError(50000, `At most ${MAX_FAULTS} faults can be set at a time.`);
    const times = 'times' in fault ? fault.times : undefined;
    const left = times === 0 || LASTING.has(fault.kind) ? undefined : (times ?? 1);
    this.armed.push({ fault, met: 0, left });
  }

  clear(): void {
    this.armed = [];
  }

  list(): readonly { readonly fault: Fault; readonly met: number; readonly left: number | undefined }[] {
    return this.armed;
  }

  get empty(): boolean {
    return this.armed.length === 0;
  }

  /** Whether a fault is set that has no conditions. */
  has(kind: 'keep-session-context' | 'ignore-cost-limit' | 'abort-on-error' | 'ignore-showplan'): boolean {
    return this.armed.some(({ fault }) => fault.kind === kind);
  }

  /** The fault, if any, for this login. */
  login(kind: 'stall-login' | 'refuse-login'): Fault | undefined {
    return this.take(armed => armed.fault.kind === kind);
  }

  /** The row faults that apply to this request; `texts` are its batch and its text parameters. */
  request(texts: () => readonly string[]): RowFault[] {
    const due: RowFault[] = [];
    for (const armed of [...this.armed]) {
      const { fault } = armed;
      if (isOfRows(fault) && this.meets(armed, fault, texts)) due.push(fault);
    }
    return due;
  }

  /** The error, if any, that is raised before this statement runs. */
  statement(text: () => string, writes: boolean): { readonly number: number; readonly message?: string } | undefined {
    for (const armed of [...this.armed]) {
      const { fault } = armed;
      if (fault.kind === 'fill-up' && writes) return { number: 1105 };
      if (fault.kind !== 'raise-error' || isRowError(fault)) continue;
      if (this.meets(armed, fault, () => [text()])) return fault;
    }
    return undefined;
  }

  private meets(armed: Armed, fault: FaultCondition, texts: () => readonly string[]): boolean {
    const wanted = fault.text?.toLowerCase();
    if (wanted !== undefined && !texts().some(text => text.toLowerCase().includes(wanted))) return false;
    armed.met++;
    if (armed.met < (fault.nth ?? 1)) return false;
    this.use(armed);
    return true;
  }

  private take(matches: (armed: Armed) => boolean): Fault | undefined {
    const armed = this.armed.find(matches);
    if (armed) this.use(armed);
    return armed?.fault;
  }

  private use(armed: Armed): void {
    if (armed.left === undefined) return;
    armed.left--;
    if (armed.left <= 0) this.armed = this.armed.filter(other => other !== armed);
  }
}

/** A sink that raises the faults of the request at their row. */
export function faultySink(
  sink: ResultSink,
  faults: readonly RowFault[],
  facts: { spid: number; database: string },
): ResultSink {
  let rows = 0;
  let until = 0;
  const drained: LockWait = { ready: () => performance.now() >= until && sink.drained.ready() };
  const strike = (): void => {
    for (const fault of faults) {
      if (fault.kind === 'ignore-cancel') continue;
      if (fault.kind === 'delay-rows') {
        if (rows % (fault.everyRows ?? 1) === 0) until = performance.now() + fault.milliseconds;
      } else if (rows >= (fault.afterRows ?? 0)) {
        if (fault.kind === 'drop-connection') throw new ConnectionDropped();
        const error = faultError(fault.number, fault.message, facts);
        throw new SqlError(error.number, error.message, error.severity);
      }
    }
  };
  return {
    drained,
    columns: columns => sink.columns(columns),
    row(values) {
      strike();
      rows++;
      const full = sink.row(values);
      return full || until > performance.now();
    },
    done(rowCount, info) {
      // The result ended before the row of the fault, so the fault is raised now.
      for (const fault of faults) if (fault.kind === 'drop-connection') throw new ConnectionDropped();
      sink.done(rowCount, info);
    },
    info: message => sink.info(message),
    error: message => sink.error(message),
    environment: change => sink.environment(change),
  };
}
