import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, type Faults } from './faults.js';

export type RawEnvironment = Readonly<Record<string, string | undefined>>;

const TRUE = new Set(['1', 'true', 'yes', 'on']);
const FALSE = new Set(['0', 'false', 'no', 'off']);
const MAX_SECRET_FILE_BYTES = 64 * 1024;

/** `.env` beneath the real environment: what the process was started with wins. Throws ConfigError. */
export function withEnvFile(env: RawEnvironment, path = '.env'): RawEnvironment {
  if (!existsSync(path)) return env;
  try {
    return { ...parseEnv(readFileSync(path, 'utf8')), ...env };
  } catch (error) {
    // A directory, when a container's volume names a file that wasn't there; or another user's.
    throw new ConfigError([`${path} can't be read (${(error as NodeJS.ErrnoException).code}): mend or remove it`]);
  }
}

/** Typed access to the environment; each fault is noted, and a harmless value stands in so that reading goes on. */
export class Environment {
  constructor(
    private readonly env: RawEnvironment,
    private readonly faults: Faults,
  ) {}

  /** The value of NAME, or the content of the file that NAME_FILE names (Docker and Kubernetes secrets). */
  text(name: string): string | undefined {
    const value = this.env[name];
    const file = this.env[`${name}_FILE`];
    if (file !== undefined && file !== '') {
      if (value !== undefined && value !== '')
        this.faults.add(name, `is set twice, by ${name} and by ${name}_FILE: remove one`);
      return this.readSecretFile(`${name}_FILE`, file);
    }
    return value === undefined || value === '' ? undefined : value;
  }

  string(name: string, fallback: string): string {
    return this.text(name) ?? fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.text(name)?.trim().toLowerCase();
    if (value === undefined) return fallback;
    if (TRUE.has(value)) return true;
    if (FALSE.has(value)) return false;
    this.faults.add(name, 'must be true or false (also yes/no, on/off, 1/0)');
    return fallback;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name)?.trim();
    if (value === undefined) return fallback;
    const parsed = /^-?\d{1,12}$/.test(value) ? Number(value) : NaN;
    if (parsed >= min && parsed <= max) return parsed;
    this.faults.add(name, `must be a whole number from ${min} to ${max}`);
    return fallback;
  }

  list(name: string, fallback: readonly string[]): readonly string[] {
    const value = this.text(name);
    if (value === undefined) return fallback;
    return value
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '');
  }

  oneOf<T extends string>(name: string, fallback: T, allowed: readonly T[]): T {
    const value = this.text(name)?.trim().toLowerCase();
    if (value === undefined) return fallback;
    const match = allowed.find(item => item === value);
    if (match === undefined) this.faults.add(name, `must be one of ${allowed.join(', ')}`);
    return match ?? fallback;
  }

  private readSecretFile(name: string, path: string): string | undefined {
    try {
      const content = readFileSync(path);
      if (content.length > MAX_SECRET_FILE_BYTES) throw new Error('larger than 64 KB');
      // Editors and `kubectl create secret --from-file` leave a line end behind.
      const value = content.toString('utf8').replace(/\r?\n$/, '');
      if (value !== '') return value;
      this.faults.add(name, 'names an empty file');
      return undefined;
    } catch (error) {
      this.faults.add(
        name,
        `names a file that can't be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
      );
      return undefined;
    }
  }
}
