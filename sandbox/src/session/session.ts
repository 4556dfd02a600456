import type {
  EngineSession,
  LoginInfo,
  RequestOutcome,
  RequestParameter,
  ResultSink,
  ServerMessage,
  Steps,
  Ticker,
} from '../engine/contracts.ts';
import type { FunctionContext } from '../engine/functions/context.ts';
import { notSupported, SqlError } from '../engine/sql-error.ts';
import type { Value } from '../engine/sql-type.ts';
import type { Statement } from '../parser/ast.ts';
import { nowTicks } from '../storage/clock.ts';
import type { Database } from '../storage/database.ts';
import type { MemoryTable } from '../storage/memory-table.ts';
import type { Login, Server, ServerSession } from '../storage/server.ts';
import { TableView, type ReadMode, type TableReader } from '../storage/table-view.ts';
import type { DatabaseCatalog, FunctionDefinition, SessionInformation } from '../storage/table.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { CatalogProvider, CatalogSession } from './catalog-provider.ts';
import { currentMetadata, sessionCatalog } from './catalog-session.ts';
import { DatabaseRights } from './database-rights.ts';
import { Frame } from './frame.ts';
import { runBatch, runFrame } from './interpreter.ts';
import type { LockWaits } from './lock-waits.ts';
import { PreparedStatements } from './procedures/prepared-statements.ts';
import { callFromClient, requestText } from './procedures/remote-call.ts';
import { callScalarFunction, callTableFunction } from './routines.ts';
import { SequenceValues } from './sequences.ts';
import { LiveSessionFacts } from './session-facts.ts';
import type { SessionSecurity } from './session-security.ts';
import type { ContextEntry, Impersonation, SessionState } from './session-state.ts';
import { ISOLATION_LEVELS, SetOptions } from './set-options.ts';
import { NO_RESULTS } from './sinks.ts';
import { runTransactionRequest } from './transaction-request.ts';
import { TransactionState } from './transaction-state.ts';

export interface SessionServices {
  readonly server: Server;
  readonly waits: LockWaits;
  readonly catalog: CatalogProvider | undefined;
}

export interface SessionLogin extends LoginInfo {
  /** fODBC of LOGIN7: the ANSI switches start ON. tedious does not set it. */
  readonly odbc?: boolean;
}

/** The session of one connection: its options, temporary tables, transaction and running request. */
export class Session implements SessionState, EngineSession, ServerSession, TableReader {
  readonly spid: number;
  readonly server: Server;
  readonly waits: LockWaits;
  readonly catalog: CatalogProvider | undefined;
  readonly login: Login;
  readonly host: string;
  readonly application: string;
  readonly loginTime = nowTicks();
  readonly transactions: TransactionState;
  readonly prepared = new PreparedStatements();
  readonly temporaryTables = new Map<string, MemoryTable>();
  readonly context = new Map<string, ContextEntry>();
  readonly functions: FunctionContext;
  private readonly home: Database;
  private readonly odbc: boolean;
  private readonly views = new WeakMap<MemoryTable, TableView>();
  private readonly rights: DatabaseRights;
  private catalogSessions = new Map<Database, CatalogSession>();
  private request: { started: bigint; text: string; command: string } | undefined;

  options: SetOptions;
  database: Database;
  contextInfo: Uint8Array | null = null;
  rowCount = 0;
  lastError = 0;
  lastIdentity: bigint | null = null;
  caught: ServerMessage | null = null;
  frame: Frame;
  readonly impersonations: Impersonation[] = [];
  ticker: Ticker = { tick: () => false };
  statementTransaction: Transaction | undefined;
  private statementStarted: bigint | undefined;
  statementNumber = 0;
  readonly sequenceValues = new SequenceValues(() => this.statementNumber);
  readModes = new Map<MemoryTable, ReadMode>();
  defaultReadMode: ReadMode = 'wait';
  reading: Transaction | undefined;
  noWait = false;
  rowsSent = false;
  identityInsert: MemoryTable | undefined;
  terminated = false;
  planVersion = 0;
  ignoresShowPlan = false;
  onStatement: ((statement: Statement, frame: Frame) => void) | undefined;

  constructor(services: SessionServices, spid: number, info: SessionLogin) {
    this.server = services.server;
    this.waits = services.waits;
    this.catalog = services.catalog;
    this.spid = spid;
    this.host = info.host;
    this.application = info.application;
    this.odbc = info.odbc ?? false;
    this.options = new SetOptions(this.odbc);
    this.transactions = new TransactionState(spid);
    const login = this.server.login(info.user);
    if (!login) throw new SqlError(18456, `Login failed for user '${info.user}'.`, 14);
    this.login = login;
    this.rights = new DatabaseRights(this.server, login, this.impersonations);
    this.home = this.enter(info.database || login.defaultDatabase);
    this.database = this.home;
    this.frame = this.idleFrame();
    this.functions = {
      statementTime: () => this.statementTime,
      statementNumber: () => this.statementNumber,
      session: new LiveSessionFacts(this),
      metadata: currentMetadata(this),
    };
    this.server.addSession(this);
  }

  get actingLogin(): string {
    return this.impersonations[this.impersonations.length - 1]?.login ?? this.login.name;
  }
  get statementTime(): bigint {
    return (this.statementStarted ??= this.server.time());
  }
  set statementTime(ticks: bigint | undefined) {
    this.statementStarted = ticks;
  }
  get currentTransaction(): Transaction | undefined {
    return this.statementTransaction ?? this.transactions.current;
  }
  get lockTimeout(): number {
    return this.noWait ? 0 : this.options.lockTimeout;
  }
  get deadlockPriority(): number {
    return this.options.deadlockPriority;
  }
  get security(): SessionSecurity {
    return this.securityIn(this.database);
  }

  get information(): SessionInformation {
    const blockedBy = this.waits.blockerOf(this.spid);
    const request = this.request;
    return {
      spid: this.spid,
      login: this.login.name,
      host: this.host,
      application: this.application,
      loginTime: this.loginTime,
      database: this.database,
      status: request ? (blockedBy ? 'suspended' : 'running') : 'sleeping',
      openTransactions: this.transactions.count,
      isolationLevel: ISOLATION_LEVELS[this.options.isolation],
      ...(request ? { request: { ...request, blockedBy } } : {}),
    };
  }

  securityIn(database: Database): SessionSecurity {
    return this.rights.in(database);
  }

  catalogSession(database: DatabaseCatalog): CatalogSession {
    const own = database as Database;
    let session = this.catalogSessions.get(own);
    if (!session) this.catalogSessions.set(own, (session = sessionCatalog(this, own)));
    return session;
  }

  view(table: MemoryTable): TableView {
    let view = this.views.get(table);
    if (!view) this.views.set(table, (view = new TableView(table, this)));
    return view;
  }

  readMode(table: MemoryTable): ReadMode {
    return this.readModes.get(table) ?? this.defaultReadMode;
  }

  runFrame(frame: Frame, statements: readonly Statement[]): Steps<number> {
    return runFrame(this, frame, statements);
  }
  callScalarFunction(definition: FunctionDefinition, args: readonly Value[]): Value {
    return callScalarFunction(this, definition, args);
  }
  callTableFunction(definition: FunctionDefinition, args: readonly Value[]): Iterable<readonly Value[]> {
    return callTableFunction(this, definition, args);
  }

  *executeBatch(sql: string, sink: ResultSink, ticker: Ticker): Steps<RequestOutcome> {
    const frame = new Frame({ kind: 'batch', text: sql, sink, temporaryTables: this.temporaryTables });
    return yield* this.execute(sql, 'BATCH', frame, ticker, () => runBatch(this, frame));
  }

  *executeProcedure(
    name: string,
    parameters: readonly RequestParameter[],
    sink: ResultSink,
    ticker: Ticker,
  ): Steps<RequestOutcome> {
    if (this.options.showPlan) throw notSupported('procedure calls while SHOWPLAN_XML is ON');
    const frame = new Frame({ kind: 'batch', text: name, sink, temporaryTables: this.temporaryTables });
    return yield* this.execute(requestText(name, parameters), 'EXECUTE', frame, ticker, () =>
      callFromClient(this, frame, name, parameters),
    );
  }

  transaction(request: Parameters<EngineSession['transaction']>[0], sink: ResultSink): void {
    runTransactionRequest(this, request, sink);
  }

  useDatabase(name: string, sink: ResultSink): void {
    const database = this.server.database(name);
    if (!database) {
      throw new SqlError(911, `Database '${name}' does not exist. Make sure that the name is entered correctly.`);
    }
    this.securityIn(database);
    this.database = database;
    this.planVersion++;
    sink.environment({ type: 'database', name: database.name });
    sink.info({
      number: 5701,
      state: 2,
      severity: 0,
      message: `Changed database context to '${database.name}'.`,
      line: 1,
      procedure: '',
    });
  }

  reset(keepTransaction: boolean, { keepContext = false, ignoreCost = false } = {}): void {
    if (!keepTransaction) this.transactions.rollbackAll(undefined);
    this.temporaryTables.clear();
    this.options = new SetOptions(this.odbc);
    this.options.ignoresCost = ignoreCost;
    this.impersonations.length = 0;
    for (const [key, entry] of this.context) {
      if (keepContext && entry.readOnly) this.context.set(key, { ...entry, kept: true });
      else this.context.delete(key);
    }
    this.contextInfo = null;
    this.prepared.clear();
    this.database = this.home;
    this.rowCount = 0;
    this.lastError = 0;
    this.lastIdentity = null;
    this.identityInsert = undefined;
    this.caught = null;
    this.frame = this.idleFrame();
    this.planVersion++;
  }

  close(): void {
    // A statement may be cut short when its connection is lost.
    if (this.statementTransaction?.active) this.statementTransaction.rollback();
    this.reading?.commit();
    this.transactions.rollbackAll(undefined);
    this.temporaryTables.clear();
    this.server.removeSession(this.spid);
  }

  private *execute(
    text: string,
    command: string,
    frame: Frame,
    ticker: Ticker,
    run: () => Steps<RequestOutcome>,
  ): Steps<RequestOutcome> {
    this.request = { started: nowTicks(), text, command };
    this.ticker = ticker;
    this.frame = frame;
    try {
      return yield* run();
    } finally {
      this.request = undefined;
      this.caught = null;
      this.frame = this.idleFrame();
    }
  }

  private idleFrame(): Frame {
    return new Frame({ kind: 'batch', text: '', sink: NO_RESULTS, temporaryTables: this.temporaryTables });
  }

  private enter(name: string): Database {
    const database = this.server.database(name);
    const principal = database?.security.userOfLogin(this.login.name, this.login.sysadmin);
    if (!database || !principal) {
      throw new SqlError(4060, `Cannot open database "${name}" requested by the login. The login failed.`, 11);
    }
    return database;
  }
}
