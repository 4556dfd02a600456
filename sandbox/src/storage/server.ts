import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { SqlError } from '../engine/sql-error.ts';
import { nowTicks } from './clock.ts';
import { Database } from './database.ts';
import type { LoginDefinition, ServerCatalog, SessionInformation } from './table.ts';

export interface Login extends LoginDefinition {
  readonly principalId: number;
  name: string;
  disabled: boolean;
  sysadmin: boolean;
  defaultDatabase: string;
  salt: Uint8Array;
  hash: Uint8Array;
}

/** A session as other sessions see it: for waits, deadlocks and sys.dm_exec_sessions. */
export interface ServerSession {
  readonly spid: number;
  readonly information: SessionInformation;
}

const digest = (password: string, salt: Uint8Array): Uint8Array =>
  createHash('sha512').update(salt).update(password, 'utf16le').digest();

const SYSTEM_DATABASES = ['master', 'tempdb', 'model', 'msdb'];

/** Databases, logins and sessions of one sandbox. */
export class Server implements ServerCatalog {
  readonly name: string;
  readonly started = nowTicks();
  /** The time of GETDATE() and its kin, in ticks. */
  readonly time: () => bigint;
  private readonly databasesByName = new Map<string, Database>();
  private readonly loginsByName = new Map<string, Login>();
  private readonly sessionsBySpid = new Map<number, ServerSession>();
  private lastLoginId = 0;
  private lastDatabaseId = 0;

  constructor(options: {
    readonly name?: string;
    readonly databaseName: string;
    readonly saPassword: string;
    readonly time?: () => bigint;
  }) {
    this.name = options.name ?? 'SANDBOX';
    this.time = options.time ?? nowTicks;
    for (const name of SYSTEM_DATABASES)
      this.createDatabase(name).security.grant({
        principalId: 2,
        permission: 'CONNECT',
        state: 'GRANT',
        scope: 'DATABASE',
        majorId: 0,
        minorId: 0,
      });
    if (!this.databasesByName.has(options.databaseName.toLowerCase())) this.createDatabase(options.databaseName);
    this.createLogin('sa', options.saPassword, { sysadmin: true, defaultDatabase: 'master' });
  }

  get databases(): Iterable<Database> {
    return this.databasesByName.values();
  }
  get logins(): Iterable<Login> {
    return this.loginsByName.values();
  }
  get sessions(): Iterable<SessionInformation> {
    return [...this.sessionsBySpid.values()].map(session => session.information);
  }

  database(name: string): Database | undefined {
    return this.databasesByName.get(name.toLowerCase());
  }

  createDatabase(name: string): Database {
    if (this.databasesByName.has(name.toLowerCase())) {
      throw new SqlError(1801, `Database '${name}' already exists. Choose a different database name.`, 16, 3);
    }
    const database = new Database(++this.lastDatabaseId, name);
    this.databasesByName.set(name.toLowerCase(), database);
    return database;
  }

  dropDatabase(name: string): void {
    if (!this.databasesByName.has(name.toLowerCase())) {
      throw new SqlError(
        3701,
        `Cannot drop the database '${name}', because it does not exist or you do not have permission.`,
        11,
      );
    }
    if (SYSTEM_DATABASES.includes(name.toLowerCase())) {
      throw new SqlError(3708, `Cannot drop the database '${name}' because it is a system database.`);
    }
    for (const session of this.sessions) {
      if (session.database.name.toLowerCase() === name.toLowerCase()) {
        throw new SqlError(3702, `Cannot drop database "${name}" because it is currently in use.`, 16, 4);
      }
    }
    this.databasesByName.delete(name.toLowerCase());
  }

  login(name: string): Login | undefined {
    return this.loginsByName.get(name.toLowerCase());
  }

  createLogin(
    name: string,
    password: string,
    options: { readonly sysadmin?: boolean; readonly defaultDatabase?: string } = {},
  ): Login {
    if (this.login(name)) throw new SqlError(15025, `The server principal '${name}' already exists.`);
    const salt = randomBytes(4);
    const id = ++this.lastLoginId;
    const login: Login = {
      principalId: id === 1 ? 1 : 256 + id,
      name,
      disabled: false,
      sysadmin: options.sysadmin ?? false,
      defaultDatabase: options.defaultDatabase ?? 'master',
      created: nowTicks(),
      salt,
      hash: digest(password, salt),
    };
    this.loginsByName.set(name.toLowerCase(), login);
    return login;
  }

  setPassword(login: Login, password: string): void {
    login.salt = randomBytes(4);
    login.hash = digest(password, login.salt);
  }

  dropLogin(name: string): void {
    this.loginsByName.delete(name.toLowerCase());
  }

  /** Throws 18456 (state 1, as clients see it) unless name and password are correct. */
  authenticate(name: string, password: string): Login {
    const login = this.login(name);
    const known = login ?? { salt: new Uint8Array(4), hash: new Uint8Array(64) };
    const right = timingSafeEqual(digest(password, known.salt), known.hash);
    if (!login || !right || login.disabled) throw new SqlError(18456, `Login failed for user '${name}'.`, 14);
    return login;
  }

  addSession(session: ServerSession): void {
    this.sessionsBySpid.set(session.spid, session);
  }

  removeSession(spid: number): void {
    this.sessionsBySpid.delete(spid);
  }

  session(spid: number): ServerSession | undefined {
    return this.sessionsBySpid.get(spid);
  }
}
