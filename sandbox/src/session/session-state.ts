import type { ServerMessage, Steps, Ticker } from '../engine/contracts.ts';
import type { FunctionContext } from '../engine/functions/context.ts';
import type { Value, VariantValue } from '../engine/sql-type.ts';
import type { Statement } from '../parser/ast.ts';
import type { Database } from '../storage/database.ts';
import type { MemoryTable } from '../storage/memory-table.ts';
import type { Login, Server } from '../storage/server.ts';
import type { ReadMode, TableView } from '../storage/table-view.ts';
import type { DatabaseCatalog, FunctionDefinition, SessionInformation } from '../storage/table.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { CatalogProvider, CatalogSession } from './catalog-provider.ts';
import type { Frame } from './frame.ts';
import type { LockWaits, Waiter } from './lock-waits.ts';
import type { PreparedStatements } from './procedures/prepared-statements.ts';
import type { SequenceValues } from './sequences.ts';
import type { SessionSecurity } from './session-security.ts';
import type { SetOptions } from './set-options.ts';
import type { TransactionState } from './transaction-state.ts';

/** The databases of the server, the session's current one, and its rights in each. */
export interface DatabaseAccess {
  readonly server: Server;
  database: Database;
  /** The rights in the current database. */
  readonly security: SessionSecurity;
  /** The rights in any database. Throws 916 when the login has no user there. */
  securityIn(database: Database): SessionSecurity;
}

/** An EXECUTE AS that has not been reverted: the session acts as a user of one database, or as a login in all. */
export interface Impersonation {
  readonly login: string;
  readonly user: SessionSecurity | undefined;
  /** The frame that ran the EXECUTE AS; the impersonation ends with it. */
  readonly frame: Frame;
}

/** The principal that the session acts as. */
export interface ActingPrincipal extends DatabaseAccess, PlanVersion {
  readonly login: Login;
  /** The login's own name, or that of EXECUTE AS. */
  readonly actingLogin: string;
  readonly impersonations: Impersonation[];
}

/** Compiled statements are valid for one version; SET options, temporary tables and USE begin a new one. */
export interface PlanVersion {
  planVersion: number;
}

/** The system catalog as the session may see it. */
export interface SessionCatalog {
  readonly catalog: CatalogProvider | undefined;
  catalogSession(database: DatabaseCatalog): CatalogSession;
}

/** The open transaction, and the one that the running statement belongs to. */
export interface TransactionScope {
  readonly spid: number;
  readonly transactions: TransactionState;
  /** The open transaction, or one of the statement's own. */
  statementTransaction: Transaction | undefined;
}

/** How the running statement reads its tables and waits for locks. */
export interface StatementReads extends TransactionScope, Waiter {
  readonly waits: LockWaits;
  readonly options: SetOptions;
  readonly database: Database;
  readonly frame: Frame;
  defaultReadMode: ReadMode;
  /** Tables that the statement reads in another way than its isolation level says. */
  readModes: Map<MemoryTable, ReadMode>;
  /** Represents the statement as a reader of its tables. */
  reading: Transaction | undefined;
  /** NOWAIT hint: like LOCK_TIMEOUT 0 for one statement. */
  noWait: boolean;
  /** The statement has sent rows to the client: it cannot be run again. */
  rowsSent: boolean;
}

/** Where results and messages go, and what @@ROWCOUNT and @@ERROR tell of them. */
export interface ResultOutput {
  frame: Frame;
  readonly options: SetOptions;
  rowCount: number;
  lastError: number;
}

/** Runs the bodies of modules: procedures, dynamic batches and functions call it, the interpreter implements it. */
export interface CodeRunner {
  /** Runs one frame to its return status, and drops its local objects. */
  runFrame(frame: Frame, statements: readonly Statement[]): Steps<number>;
  callScalarFunction(definition: FunctionDefinition, args: readonly Value[]): Value;
  /** The rows of a multi-statement function. */
  callTableFunction(definition: FunctionDefinition, args: readonly Value[]): Iterable<readonly Value[]>;
}

export interface ContextEntry {
  readonly value: VariantValue | null;
  readonly readOnly: boolean;
  /** A reset has kept the key, because a fault says so. */
  readonly kept?: true;
}

/** The complete session state that statements read and change. */
export interface SessionState extends ActingPrincipal, SessionCatalog, StatementReads, ResultOutput, CodeRunner {
  readonly host: string;
  readonly application: string;
  readonly information: SessionInformation;
  options: SetOptions;
  database: Database;
  frame: Frame;
  ticker: Ticker;
  readonly functions: FunctionContext;
  readonly prepared: PreparedStatements;
  readonly temporaryTables: Map<string, MemoryTable>;
  readonly sequenceValues: SequenceValues;
  /** SESSION_CONTEXT. */
  readonly context: Map<string, ContextEntry>;
  contextInfo: Uint8Array | null;
  lastIdentity: bigint | null;
  /** The error that the running CATCH block handles. */
  caught: ServerMessage | null;
  /** The table that SET IDENTITY_INSERT is ON for. */
  identityInsert: MemoryTable | undefined;
  statementNumber: number;
  /** A fault: SET SHOWPLAN_XML ON has no effect. */
  ignoresShowPlan: boolean;
  /** The time of the running statement: read when first asked for, then the same throughout. */
  get statementTime(): bigint;
  set statementTime(ticks: bigint | undefined);
  /** After an error of severity 20 and more the connection must be closed. */
  terminated: boolean;
  /** Called before each statement but those that only control the flow: the host raises its faults here. */
  readonly onStatement: ((statement: Statement, frame: Frame) => void) | undefined;
  view(table: MemoryTable): TableView;
  useDatabase(name: string, sink: Frame['sink']): void;
  reset(keepTransaction: boolean, how?: { readonly keepContext?: boolean; readonly ignoreCost?: boolean }): void;
}
