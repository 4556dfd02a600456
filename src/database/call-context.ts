import type { Principal } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';
import type { StatementReport } from './statement-report.js';

/** What the database layer needs to know about a call. A `ToolCall` is one. */
export interface CallContext {
  /** Set for a call that may outlive its request: its statements may run for this long, and wait for their turn as long. */
  readonly patience?: { readonly limitMs: number } | undefined;
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /**
   * True while code runs that was declared to change nothing (a tool with `readOnly: true`, a resource, a prompt). Its
   * changes are refused: nobody has waited until its intent was recorded, and nobody asked the user.
   */
  readonly onlyReads?: boolean;
  /** The largest estimated cost of its statements, which the person has let pass; absent: that of their access rules. */
  readonly costLimit?: number;
  progress?(done: number, total?: number, message?: string): void;
  /** Gets one report of each statement, whether it ran or was refused: for the audit trail and the metrics. */
  report?(statement: StatementReport): void;
  /** Runs the listener when the call ends, however it ends; at once if it has ended. The call waits for its promise. */
  onEnd?(listener: () => Promise<void>): void;
}

/** How long a statement of the call may run, in milliseconds. */
export function timeLimitMs({ patience, tenant }: CallContext): number {
  return patience?.limitMs ?? tenant.config.limits.queryTimeoutMs;
}
