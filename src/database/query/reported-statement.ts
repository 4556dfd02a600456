import type { AppError } from '../../common/app-error.js';
import type { StatementKind, StatementReport } from '../statement-report.js';
import type { RowLimiter } from './row-limiter.js';

/** Collects the report of a statement while it runs. */
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
