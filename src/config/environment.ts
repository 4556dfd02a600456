import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, type Faults } from './faults.js';

export type RawEnvironment = Readonly<Record<string, string | undefined>>;

const MAX_SECRET_FILE_BYTES = 64 * 1024;

/** The variables of this process. No other file reads `process.env`. */
export function processVariables(): Record<string, string | undefined> {
  return process.env;
}

/** The variables of this process and of `.env`. Throws ConfigError. */
export function processEnvironment(): RawEnvironment {
  return withEnvFile(processVariables());
}

/** Adds the variables of `.env`; a variable that the process was started with wins. Throws ConfigError. */
export function withEnvFile(env: RawEnvironment, path = '.env'): RawEnvironment {
  if (!existsSync(path)) return env;
  try {
    return { ...parseEnv(readFileSync(path, 'utf8')), ...env };
  } catch (error) {
    // Docker makes a directory when the file of a volume is missing.
    throw new ConfigError([`${path} cannot be read (${reasonOf(error)}). Correct or remove it.`]);
  }
}

/** The texts of the environment, with those of secret files. */
export class Environment {
  private readonly failed = new Set<string>();

  constructor(
    private readonly env: RawEnvironment,
    private readonly faults: Faults,
  ) {}

  /** The same variables, read again with another collection of faults. */
  withFaults(faults: Faults): Environment {
    return new Environment(this.env, faults);
  }

  /** The value of NAME, or the content of the file that NAME_FILE names (Docker and Kubernetes secrets). */
  text(name: string): string | undefined {
    const value = this.env[name];
    const file = this.env[`${name}_FILE`];
    if (file === undefined || file === '') return value === '' ? undefined : value;
    if (value !== undefined && value !== '')
      this.faults.add(`${name} is set twice, by ${name} and by ${name}_FILE. Remove one of them.`);
    return this.readSecretFile(name, file);
  }

  /** Whether the file in NAME_FILE was of no use, so that nothing more needs to be said about NAME. */
  hasFailed(name: string): boolean {
    return this.failed.has(name);
  }

  private readSecretFile(name: string, path: string): string | undefined {
    try {
      const content = readFileSync(path);
      if (content.length > MAX_SECRET_FILE_BYTES) return this.fail(name, 'names a file that is larger than 64 KB.');
      // Editors and `kubectl create secret --from-file` leave a line end behind.
      const value = content.toString('utf8').replace(/\r?\n$/, '');
      return value === '' ? this.fail(name, 'names an empty file.') : value;
    } catch (error) {
      return this.fail(name, `names a file that cannot be read (${reasonOf(error)}).`);
    }
  }

  private fail(name: string, fault: string): undefined {
    this.failed.add(name);
    this.faults.add(`${name}_FILE ${fault}`);
  }
}

/** The code of a file system's error; its message may hold more of a path than the administrator wrote. */
export function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).name;
}
