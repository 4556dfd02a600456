import { SqlError } from '../engine/sql-error.ts';
import { Server } from '../storage/server.ts';
import type { CatalogProvider } from './catalog-provider.ts';
import { LockWaits } from './lock-waits.ts';
import { Session, type SessionLogin } from './session.ts';

export interface SandboxOptions {
  readonly serverName?: string;
  readonly databaseName: string;
  readonly saPassword: string;
  readonly catalog?: CatalogProvider;
  readonly maxSessions?: number;
  readonly time?: () => bigint;
}

const FIRST_SPID = 51;
const LAST_SPID = 32_767;

/** Opens the sessions of one server. */
export class SessionFactory {
  readonly server: Server;
  private readonly catalog: CatalogProvider | undefined;
  private readonly waits = new LockWaits();
  private readonly maxSessions: number;
  private openSessions = 0;

  constructor(options: SandboxOptions) {
    this.server = new Server({
      databaseName: options.databaseName,
      saPassword: options.saPassword,
      ...(options.serverName === undefined ? {} : { name: options.serverName }),
      ...(options.time === undefined ? {} : { time: options.time }),
    });
    this.catalog = options.catalog;
    this.maxSessions = options.maxSessions ?? 1000;
  }

  /** Throws 18456 for a wrong password, 4060 for a database the login can't open, 17809 when there are too many. */
  login(info: SessionLogin & { readonly password: string }): Session {
    this.server.authenticate(info.user, info.password);
    return this.open(info);
  }

  /** A session without a password: for seeding and tests. */
  open(info: SessionLogin): Session {
    if (this.openSessions >= this.maxSessions) {
      throw new SqlError(
        17809,
        `Could not connect because the maximum number of '${this.maxSessions}' user connections has already been reached.`,
        20,
      );
    }
    const session = new Session(
      { server: this.server, waits: this.waits, catalog: this.catalog },
      this.freeSpid(),
      info,
    );
    this.openSessions++;
    const close = session.close.bind(session);
    let closed = false;
    session.close = () => {
      if (closed) return;
      closed = true;
      this.openSessions--;
      close();
    };
    return session;
  }

  private freeSpid(): number {
    for (let spid = FIRST_SPID; spid <= LAST_SPID; spid++) if (!this.server.session(spid)) return spid;
    throw new SqlError(17809, 'Could not connect because there is no free session.', 20);
  }
}
