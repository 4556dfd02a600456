/** `plan`: it was planned and not run. */
export type StatementKind = 'read' | 'plan' | 'write' | 'dry_run';

/** The outcome of one statement. It holds no row values; its text is for the audit trail only. */
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
  /** The caller got a cached answer, or that of an equal statement at the same time. */
  readonly cached?: true;
}
