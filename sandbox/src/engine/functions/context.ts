import type { BoundExpression, ServerMessage } from '../contracts.ts';
import type { VariantValue } from '../sql-type.ts';

/** An argument of a built-in function: an expression, or a keyword such as a datepart (`day` in DATEADD(day, …)). */
export type FunctionArgument = BoundExpression | { readonly keyword: string };

/**
 * The environment of built-in functions. They call all accessors while the statement runs, not when it is bound, so
 * that a plan can be cached.
 */
export interface FunctionContext {
  /** The time of the statement, UTC, 100 ns units since 0001-01-01; the same throughout one statement. */
  statementTime(): bigint;
  /** Counts executions of statements in the session; RAND() keeps its value within one. */
  statementNumber(): number;
  readonly session: SessionFacts;
  readonly metadata: MetadataFacts;
}

export interface SessionFacts {
  readonly spid: number;
  /** The current database user (USER_NAME()), the current login (SUSER_SNAME()), and the login of the connection. */
  userName(): string;
  loginName(): string;
  originalLogin(): string;
  hostName(): string;
  applicationName(): string;
  databaseName(): string;
  /** CHANGE_TRACKING_CURRENT_VERSION(): null while change tracking is off. */
  changeVersion(): bigint | null;
  sessionContext(key: string): VariantValue | null;
  contextInfo(): Uint8Array | null;
  /** SET DATEFIRST, 1 to 7; 7 is Sunday, the default. */
  dateFirst(): number;
  language(): string;
  lockTimeout(): number;
  textSize(): number;
  /** The bits of @@OPTIONS. */
  options(): number;
  transactionCount(): number;
  /** XACT_STATE(): 1 active, 0 none, -1 uncommittable. */
  transactionState(): number;
  transactionId(): bigint | null;
  rowCount(): bigint;
  lastError(): number;
  nestLevel(): number;
  procedureId(): number;
  /** @@IDENTITY and SCOPE_IDENTITY(): decimal(38,0) as bigint. */
  lastIdentity(): bigint | null;
  scopeIdentity(): bigint | null;
  /** The error being handled in a CATCH block. */
  caughtError(): ServerMessage | null;
  /** A new number from 0 to below 1; `seed` starts the sequence anew. */
  random(seed?: number): number;
  newId(): string;
  newSequentialId(): string;
  connectionProperty(name: string): VariantValue | null;
}

export interface MetadataFacts {
  objectId(name: string, type?: string): number | null;
  objectName(objectId: number, databaseId?: number): string | null;
  objectSchemaName(objectId: number, databaseId?: number): string | null;
  objectDefinition(objectId: number): string | null;
  objectProperty(objectId: number, property: string): number | null;
  /** OBJECTPROPERTYEX has some properties that aren't numbers, such as BaseType. */
  objectPropertyEx(objectId: number, property: string): VariantValue | null;
  schemaId(name?: string): number | null;
  schemaName(schemaId?: number): string | null;
  typeId(name: string): number | null;
  typeName(userTypeId: number): string | null;
  typeProperty(type: string, property: string): number | null;
  columnName(objectId: number, columnId: number): string | null;
  columnLength(table: string, column: string): number | null;
  columnProperty(objectId: number, column: string, property: string): number | null;
  indexColumn(table: string, indexId: number, keyId: number): string | null;
  indexProperty(objectId: number, index: string, property: string): number | null;
  indexKeyProperty(objectId: number, indexId: number, keyId: number, property: string): number | null;
  statisticsDate(objectId: number, statisticsId: number): bigint | null;
  databaseId(name?: string): number | null;
  databaseName(databaseId: number): string | null;
  databaseProperty(database: string, property: string): VariantValue | null;
  serverProperty(property: string): VariantValue | null;
  /** Decimal(38,0) as bigint; null when there is no such table or no identity. */
  identityCurrent(table: string): bigint | null;
  identitySeed(table: string): bigint | null;
  identityIncrement(table: string): bigint | null;
  /** 1, 0, or null when the securable or permission doesn't exist. */
  hasPermission(
    securable: string | null,
    securableClass: string | null,
    permission: string,
    subSecurable: string | null,
    subSecurableClass: string | null,
  ): 0 | 1 | null;
  hasDatabaseAccess(database: string): 0 | 1 | null;
  isRoleMember(role: string, principal?: string): 0 | 1 | null;
  isServerRoleMember(role: string, login?: string): 0 | 1 | null;
  databasePrincipalId(name?: string): number | null;
  databasePrincipalName(id: number): string | null;
  loginSid(login?: string): Uint8Array | null;
  loginName(sid: Uint8Array): string | null;
  loginId(login?: string): number | null;
}
