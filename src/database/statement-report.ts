import type { AppError } from '../common/app-error.js';
import type { RowLimiter } from './query/row-limiter.js';

export type StatementKind = 'read' | 'write' | 'dry_run';

/** What became of one statement. Holds no row values; the text is for the audit trail only. */
export interface StatementReport {
  readonly kind: StatementKind;
  readonly statement: string;
  /** Parameter names with their SQL types, never values. */
  readonly parameterTypes: Readonly<Record<string, string>>;
  readonly verdict: 'allowed' | 'refused';
  /** The rule of the statement policy that refused it. */
  readonly rule?: string;
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly truncatedBy?: string;
  readonly affectedRows: readonly number[];
  /** SQL Server's error number. */
  readonly sqlError?: number;
  /** The application's error code, when it failed. */
  readonly error?: string;
}

/** Gathers a report while the statement runs. */
export class ReportedStatement {
  allowed = false;
  parameterTypes: Readonly<Record<string, string>> = {};
  private readonly startedAt = performance.now();
  private response: RowLimiter | undefined;
  private error: AppError | undefined;

  constructor(
    private readonly kind: StatementKind,
    private readonly statement: string,
  ) {}

  take(response: RowLimiter): void {
    this.response = response;
  }

  failed(error: AppError): void {
    this.error = error;
  }

  summary(): StatementReport {
    const { rule, number } = (this.error?.details ?? {}) as { rule?: string; number?: number };
    const truncatedBy = this.response?.truncatedBy;
    return {
      kind: this.kind,
      statement: this.statement,
      parameterTypes: this.parameterTypes,
      verdict: this.allowed ? 'allowed' : 'refused',
      rows: this.response?.rows ?? 0,
      bytes: this.response?.bytes ?? 0,
      affectedRows: this.response?.affectedRows ?? [],
      seconds: (performance.now() - this.startedAt) / 1000,
      ...(typeof rule === 'string' ? { rule } : {}),
      ...(truncatedBy === undefined ? {} : { truncatedBy }),
      ...(typeof number === 'number' ? { sqlError: number } : {}),
      ...(this.error === undefined ? {} : { error: this.error.code }),
    };
  }
}
