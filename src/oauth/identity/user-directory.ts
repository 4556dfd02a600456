import { AppError } from '../../common/app-error.js';
import { hashPassword } from './password.js';
import { passwordFault } from './password-policy.js';
import { USER_NAME, type UserEntry } from './user-entry.js';
import { changeUsersFile, readUsersFile } from './users-file.js';
import { nextSecond, validFromNow } from './valid-from.js';

export type UserLists = Pick<UserEntry, 'tenants' | 'groups'>;

/**
 * The changes to a users file, for the users command and the server alike. Each throws AppError INVALID_ARGUMENT with
 * what is wrong. What was issued to a user before a change of password, or before they were disabled, is void
 * afterwards.
 */
export class UserDirectory {
  constructor(private readonly file: string) {}

  list(): readonly UserEntry[] {
    return readUsersFile(this.file);
  }

  /** Asks for the password only after everything else was checked. */
  async add(name: string, lists: UserLists, askPassword: () => Promise<string>): Promise<void> {
    if (!USER_NAME.test(name)) {
      throw invalid('A name is 1-128 of letters, digits and . _ @ + -, beginning with a letter or digit.');
    }
    if (this.has(name)) throw alreadyExists(name);
    const password = await checkedHash(name, await askPassword());
    await changeUsersFile(this.file, users => {
      if (users.some(user => user.name === name)) throw alreadyExists(name);
      return [...users, { name, password, ...lists }];
    });
  }

  /** Resolves when what is issued from now on counts as issued after the change (less than a second). */
  async setPassword(name: string, askPassword: () => Promise<string>): Promise<void> {
    if (!this.has(name)) throw unknownUser(name);
    const password = await checkedHash(name, await askPassword());
    await this.edit(name, user => ({ ...user, password, ...validFromNow() }));
    await nextSecond();
  }

  /** Replaces a hash that was made with older parameters; the password stays, and so does what was issued. */
  async renewHash(name: string, oldHash: string, password: string): Promise<void> {
    const renewed = await hashPassword(password);
    await this.edit(name, user => (user.password === oldHash ? { ...user, password: renewed } : user));
  }

  /** `issuer|subject` disables a person of an upstream provider, who need not have an entry yet. */
  async disable(name: string): Promise<void> {
    const absent = name.includes('|') ? { name } : undefined;
    await this.edit(name, user => ({ ...user, disabled: true, ...validFromNow() }), absent);
  }

  async enable(name: string): Promise<void> {
    await this.edit(name, ({ disabled: _disabled, ...user }) => ({ ...user, ...validFromNow() }));
    await nextSecond();
  }

  private has(name: string): boolean {
    return this.list().some(user => user.name === name);
  }

  /** `absent` stands in for a user who has no entry. */
  private async edit(name: string, edit: (user: UserEntry) => UserEntry, absent?: UserEntry): Promise<void> {
    await changeUsersFile(this.file, users => {
      const user = users.find(entry => entry.name === name) ?? absent;
      if (user === undefined) throw unknownUser(name);
      return [...users.filter(entry => entry.name !== name), edit(user)];
    });
  }
}

async function checkedHash(name: string, password: string): Promise<string> {
  const fault = passwordFault(password, name);
  if (fault !== undefined) throw invalid(fault);
  return hashPassword(password);
}

function invalid(message: string): AppError {
  return new AppError('INVALID_ARGUMENT', message);
}

function alreadyExists(name: string): AppError {
  return invalid(`${name} exists already.`);
}

function unknownUser(name: string): AppError {
  return invalid(`There is no user ${name}.`);
}
