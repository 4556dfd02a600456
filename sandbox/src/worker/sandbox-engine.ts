import { randomUUID } from 'node:crypto';
import { createCatalog } from '../catalog/catalog.ts';
import type { EngineSession } from '../engine/contracts.ts';
import { ticksFromUnixMilliseconds } from '../engine/dates.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { Statement } from '../parser/ast.ts';
import { runBatches } from '../seed/run-batches.ts';
import { seedBatches, type Seed } from '../seed/seeds.ts';
import type { Frame } from '../session/frame.ts';
import { SessionFactory } from '../session/session-factory.ts';
import type { Session } from '../session/session.ts';
import type { LoginRequest } from '../tds/login7.ts';
import type { Engine } from './engine.ts';
import type { FaultPlan } from './fault-plan.ts';
import { faultError, type Fault } from './fault.ts';

export interface SandboxUser {
  readonly name: string;
  readonly password: string;
  /** Roles of the sandbox's database (db_datareader …), or `sysadmin`. None: the user may only connect. */
  readonly roles?: readonly string[];
}

export interface EngineOptions {
  readonly databaseName: string;
  readonly seed: Seed;
  /** Undefined: every login is accepted, with all rights. */
  readonly users: readonly SandboxUser[] | undefined;
  readonly faults: readonly Fault[];
  readonly maxSessions: number;
  /** See SandboxOptions. */
  readonly time?: number | undefined;
}

/** Control-flow statements; the statements inside of them are checked instead. */
const FLOW: ReadonlySet<Statement['kind']> = new Set(['if', 'while', 'block', 'try'] as const);
const WRITES: ReadonlySet<Statement['kind']> = new Set(['insert', 'update', 'merge'] as const);

const SEEDER = { user: 'sa', host: '', application: 'seed', readOnlyIntent: false, odbc: true };

/** The engine with its databases, users and seed. */
export class SandboxEngine implements Engine {
  private readonly factory: SessionFactory;
  private readonly databaseName: string;
  private readonly open: boolean;
  private readonly faults: FaultPlan;
  /** Logins that the engine created because a client used them. */
  private readonly admitted = new Set<string>(['sa']);

  constructor(options: EngineOptions, faults: FaultPlan) {
    this.databaseName = options.databaseName;
    this.open = options.users === undefined;
    this.faults = faults;
    const { time } = options;
    const ticks = time === undefined ? undefined : ticksFromUnixMilliseconds(time);
    this.factory = new SessionFactory({
      databaseName: options.databaseName,
      saPassword: randomUUID(),
      catalog: createCatalog(faults),
      maxSessions: options.maxSessions,
      ...(ticks === undefined ? {} : { time: () => ticks }),
    });
    const seeder = this.factory.open({ ...SEEDER, database: options.databaseName });
    try {
      runBatches(seeder, seedBatches(options.seed, time));
    } finally {
      seeder.close();
    }
    for (const user of options.users ?? []) this.addUser(user);
    for (const fault of options.faults) faults.set(fault);
  }

  login(request: LoginRequest): EngineSession {
    const session = this.authenticated(request);
    session.onStatement = (statement, frame) => {
      if (!this.faults.empty) this.strike(session, statement, frame);
    };
    return session;
  }

  /** Raises the fault, if any, that is set for a statement. */
  private strike(session: Session, statement: Statement, frame: Frame): void {
    if (FLOW.has(statement.kind)) return;
    const fault = this.faults.statement(
      () => frame.text.slice(statement.start, statement.end),
      WRITES.has(statement.kind),
    );
    if (!fault) return;
    const { number, message, severity } = faultError(fault.number, fault.message, {
      spid: session.spid,
      database: session.database.name,
    });
    throw new SqlError(number, message, severity);
  }

  private authenticated(request: LoginRequest): Session {
    if (request.foreignAuthentication) {
      throw new SqlError(
        18452,
        'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.',
        14,
      );
    }
    if (request.federated === 'refused')
      throw new SqlError(18456, "Login failed for user '<token-identified principal>'.", 14);
    const database = request.database || this.databaseName;
    const info = { ...request, database };
    if (request.federated === 'admitted') return this.factory.open({ ...info, user: 'sa' });
    if (!this.open) return this.factory.login(info);
    const { server } = this.factory;
    const known = server.login(request.user);
    // A login that a script has created keeps its password; all others are accepted.
    if (known && !this.admitted.has(known.name)) return this.factory.login(info);
    if (!known) {
      const login = server.createLogin(request.user || 'sa', randomUUID(), {
        sysadmin: true,
        defaultDatabase: this.databaseName,
      });
      this.admitted.add(login.name);
    }
    return this.factory.open({ ...info, user: request.user || 'sa' });
  }

  databaseOf(session: EngineSession): string {
    return (session as Session).database.name;
  }

  private addUser({ name, password, roles = [] }: SandboxUser): void {
    const { server } = this.factory;
    const sysadmin = roles.some(role => role.toLowerCase() === 'sysadmin');
    const existing = server.login(name);
    if (existing) {
      server.setPassword(existing, password);
      return;
    }
    server.createLogin(name, password, { sysadmin, defaultDatabase: this.databaseName });
    if (sysadmin) return;
    const database = server.database(this.databaseName);
    if (!database) throw new Error(`The database ${this.databaseName} does not exist.`);
    const user = database.security.create(name, 'S', name, 'dbo');
    for (const role of roles) {
      const found = database.security.find(role);
      if (!found || found.type !== 'R')
        throw new Error(`User ${name}: the role ${role} does not exist. Use a role of the database, or sysadmin.`);
      user.memberOf.add(found.principalId);
    }
  }
}
