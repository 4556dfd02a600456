import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { AppError } from '../../common/app-error.js';
import { replaceFile } from '../../common/replace-file.js';
import { checkSettings, nameInFile, unknownSetting } from '../../config/validation/check-settings.js';
import { UserEntry } from './user-entry.js';
import { withLock } from './users-lock.js';

const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_USERS = 100_000;

const isYaml = (file: string): boolean => /\.ya?ml$/i.test(file);

/** The entries of the users file; none when there is no file yet. Throws AppError with what is wrong. */
export function readUsersFile(file: string): UserEntry[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AppError('INTERNAL', `USERS_FILE ${file}: the file can't be read.`, { cause: error });
  }
  if (bytes.length > MAX_FILE_BYTES) throw new AppError('INTERNAL', `USERS_FILE ${file}: it is larger than 16 MB.`);
  let document: unknown;
  try {
    document = isYaml(file) ? parse(bytes.toString('utf8')) : JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    const language = isYaml(file) ? 'YAML' : 'JSON';
    throw new AppError('INTERNAL', `USERS_FILE ${file}: it is not valid ${language}.`, { cause: error });
  }
  const { users, faults } = checked(document);
  const [first, ...more] = faults;
  if (first === undefined) return users;
  const others = more.length === 0 ? '' : ` There are ${more.length} more faults.`;
  throw new AppError('INTERNAL', `USERS_FILE ${file}: ${first}${others}`);
}

/** The valid entries of the last reading, as JSON. A reload in the midst of a request checks what is new only. */
let known: ReadonlySet<string> = new Set();

function checked(document: unknown): { users: UserEntry[]; faults: readonly string[] } {
  const { users, ...more } = (document ?? {}) as Record<string, unknown>;
  if (!Array.isArray(users) || users.length > MAX_USERS) {
    return { users: [], faults: [`it must hold a list "users" of at most ${MAX_USERS} entries.`] };
  }
  const valid = new Set<string>();
  const faults = Object.keys(more).map(key => unknownSetting(key, ['users']));
  for (const [index, entry] of (users as unknown[]).entries()) {
    const text = JSON.stringify(entry) ?? '';
    const found = known.has(text) ? [] : faultsOf(entry, index);
    if (found.length === 0) valid.add(text);
    else faults.push(...found);
  }
  known = valid;
  return { users: users as UserEntry[], faults };
}

function faultsOf(entry: unknown, index: number): readonly string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return [`users[${index}] must be an entry with a name.`];
  }
  return checkSettings(UserEntry, entry, path => nameInFile(['users', String(index), ...path])).faults;
}

/**
 * Changes the file under a lock that all processes respect, and writes it whole: a reader sees the old or the new file,
 * never half of one. Throws UNAVAILABLE when another process holds the lock for 5 s.
 */
export async function changeUsersFile(file: string, change: (users: UserEntry[]) => UserEntry[]): Promise<void> {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  await withLock(file, stillHeld => {
    const users = change(readUsersFile(file));
    const text = isYaml(file) ? stringify({ users }) : `${JSON.stringify({ users }, null, 2)}\n`;
    const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    stillHeld();
    replaceFile(temporary, file);
  });
}

/** Inserts or replaces one entry. */
export async function putUser(file: string, entry: UserEntry): Promise<void> {
  await changeUsersFile(file, users => [...users.filter(user => user.name !== entry.name), entry]);
}
