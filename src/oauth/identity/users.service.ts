import { statSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { logger } from '../../common/log.js';
import { oauthConfig } from '../../config/namespaces/oauth.config.js';
import { isOutdated, passwordMatches } from './password.js';
import { UserDirectory } from './user-directory.js';
import type { UserEntry } from './user-entry.js';
import { readUsersFile } from './users-file.js';

const log = logger('users');

/**
 * The local users, from USERS_FILE. The file is checked for changes once in every turn of the event loop that needs it,
 * so that a change by another process (`mssql-mcp users disable …`) takes effect at the next request.
 */
@Injectable()
export class UsersService {
  private readonly file: string;
  private readonly directory: UserDirectory;
  private byName = new Map<string, UserEntry>();
  private fingerprint = '';
  private changes = 0;
  private looked = false;

  constructor(@Inject(oauthConfig.KEY) config: ConfigType<typeof oauthConfig>) {
    this.file = config.usersFile;
    this.directory = new UserDirectory(this.file);
    this.version();
  }

  /** Increases whenever the file changes; a cached decision about a user is valid for one version only. */
  version(): number {
    if (this.looked) return this.changes;
    this.looked = true;
    setImmediate(() => (this.looked = false));
    const stat = statSync(this.file, { throwIfNoEntry: false });
    const seen = stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    if (seen !== this.fingerprint) this.reload(seen);
    return this.changes;
  }

  /** Also finds disabled people. */
  find(name: string): UserEntry | undefined {
    this.version();
    return this.byName.get(name);
  }

  /** Returns the user if the password is right. Takes the same time for an unknown name and for a disabled user. */
  async verify(name: string, password: string): Promise<UserEntry | undefined> {
    const user = this.find(name);
    const matches = await passwordMatches(password, user?.password);
    if (!matches || user === undefined || user.disabled === true) return undefined;
    if (user.password !== undefined && isOutdated(user.password)) {
      await this.renewHash(name, user.password, password);
    }
    return user;
  }

  private async renewHash(name: string, oldHash: string, password: string): Promise<void> {
    try {
      await this.directory.renewHash(name, oldHash, password);
      this.looked = false;
    } catch (error) {
      // A file that is mounted read-only keeps its hashes.
      log.warn({ err: error }, 'an outdated password hash could not be renewed');
    }
  }

  /** After it resolves, what was issued before is void and what is issued is not. */
  async setPassword(name: string, password: string): Promise<void> {
    await this.directory.setPassword(name, async () => password);
    this.looked = false;
  }

  async disable(name: string): Promise<void> {
    await this.directory.disable(name);
    this.looked = false;
  }

  private reload(seen: string): void {
    this.fingerprint = seen;
    this.changes++;
    try {
      this.byName = new Map(readUsersFile(this.file).map(user => [user.name, user]));
    } catch (error) {
      // While the file is invalid, nobody may sign in.
      this.byName = new Map();
      log.error({ err: error }, 'the users file is invalid: nobody can sign in until it is corrected');
    }
  }
}
