import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../common/app-error.js';

export const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;

const MAX_FILE_BYTES = 16 * 1024 * 1024;
const LOCK_TRIES = 100;
const LOCK_STALE_MS = 10_000;

const userSchema = z.strictObject({
  /** A local name, or `issuer|subject` to disable a person of an upstream provider. */
  name: z.string().min(1).max(600),
  /** argon2id in PHC form; absent for people who sign in upstream. */
  password: z.string().max(400).optional(),
  disabled: z.boolean().optional(),
  groups: z.array(z.string().max(200)).max(100).optional(),
  /** Tenants this person may use; absent: every tenant whose access rules admit them. */
  tenants: z.array(z.string().max(63)).max(500).optional(),
  /** Everything issued before this moment is void: set when the password changes. */
  valid_from: z.iso.datetime().optional(),
});

const fileSchema = z.strictObject({ users: z.array(userSchema).max(100_000) });

export type UserEntry = z.infer<typeof userSchema>;

const isYaml = (file: string): boolean => /\.ya?ml$/i.test(file);

/** The entries of the users file; none when there is no file yet. Throws AppError with what is wrong. */
export function readUsersFile(file: string): UserEntry[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AppError('INTERNAL', `The users file ${file} can't be read.`, { cause: error });
  }
  if (bytes.length > MAX_FILE_BYTES) throw new AppError('INTERNAL', `The users file ${file} is larger than 16 MB.`);
  let document: unknown;
  try {
    document = isYaml(file) ? parse(bytes.toString('utf8')) : JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new AppError('INTERNAL', `The users file ${file} is not valid ${isYaml(file) ? 'YAML' : 'JSON'}.`, {
      cause: error,
    });
  }
  const read = fileSchema.safeParse(document);
  if (!read.success) {
    const [first] = read.error.issues;
    throw new AppError('INTERNAL', `The users file ${file} is wrong at ${first?.path.join('.')}: ${first?.message}`);
  }
  return read.data.users;
}

/** Changes the file under a lock and writes it whole: a reader sees the old or the new file, never half of one. */
export function changeUsersFile(file: string, change: (users: UserEntry[]) => UserEntry[]): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const unlock = lock(`${file}.lock`);
  try {
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
    renameSync(temporary, file);
  } finally {
    unlock();
  }
}

/** Inserts or replaces one entry. */
export function putUser(file: string, entry: UserEntry): void {
  changeUsersFile(file, users => [...users.filter(user => user.name !== entry.name), entry]);
}

function lock(name: string): () => void {
  for (let attempt = 0; ; attempt++) {
    try {
      closeSync(openSync(name, 'wx'));
      return () => rmSync(name, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - (statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > LOCK_STALE_MS) rmSync(name, { force: true });
      else if (attempt === LOCK_TRIES) throw new AppError('UNAVAILABLE', `${name} is held by another process.`);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
