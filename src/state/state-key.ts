import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../common/app-error.js';
import type { StateConfig } from '../config/namespaces/state.config.js';

/** The file that keeps a generated key: beside the SQLite file, or in var/. */
function keyFile(stateStore: string): string {
  const file = stateStore.startsWith('sqlite:') ? stateStore.slice('sqlite:'.length) : '';
  return path.join(file === '' || file === ':memory:' ? 'var' : path.dirname(file), 'state.key');
}

/** Returns the 32 bytes that protect the state store: STATE_KEY, or a key generated at the first start (not in production). */
export function stateKey(config: Pick<StateConfig, 'stateKey' | 'stateStore' | 'production'>): Buffer {
  if (config.stateKey !== undefined) return config.stateKey;
  if (config.production) throw new AppError('INTERNAL', 'STATE_KEY is required in production.', { expose: true });
  const file = keyFile(config.stateStore);
  mkdirSync(path.dirname(file), { recursive: true });
  if (!existsSync(file)) publish(file, randomBytes(32).toString('base64'));
  const key = Buffer.from(readFileSync(file, 'utf8'), 'base64');
  if (key.length !== 32) {
    throw new AppError(
      'INTERNAL',
      `${file} does not contain a key of 32 bytes. Restore this file, or remove it together with the state.`,
    );
  }
  return key;
}

/** Of two processes that start at once, the second uses what the first wrote. A link shows no file that is half written. */
function publish(file: string, text: string): void {
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, text, { mode: 0o600 });
  try {
    linkSync(part, file);
  } catch (error) {
    // Some network shares have no links.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') writeNew(file, text);
  } finally {
    rmSync(part, { force: true });
  }
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** STATE_KEY, or the key that was generated, and STATE_KEY_PREVIOUS; none when neither is there. Makes no key. For commands that only check. */
export function knownStateKeys(
  config: Pick<StateConfig, 'stateKey' | 'stateStore'> & Partial<Pick<StateConfig, 'stateKeyPrevious'>>,
): readonly Buffer[] {
  const { stateKey: current, stateKeyPrevious: previous } = config;
  const earlier = previous === undefined ? [] : [previous];
  return [...(current === undefined ? generatedKeys(config) : [current]), ...earlier];
}

function generatedKeys(config: Pick<StateConfig, 'stateStore'>): readonly Buffer[] {
  try {
    const key = Buffer.from(readFileSync(keyFile(config.stateStore), 'utf8'), 'base64');
    return key.length === 32 ? [key] : [];
  } catch {
    return [];
  }
}
