import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSandbox, type SandboxOptions, type SandboxUser, type Seed } from './index.ts';
import { SEED_NAMES } from './seed/seeds.ts';

const USAGE = `tsql-sandbox: an in-memory database that SQL Server's clients can talk to.

  --port <number>        default 1433; 0 takes any free port
  --host <address>       default 127.0.0.1
  --database <name>      default SandboxDb
  --seed <name|file>     ${SEED_NAMES.join(', ')}, or a .sql file (GO separates batches); default sample
  --user <name:password[:role,role]>
                         a login; may be repeated. Without it every login is accepted, with all rights
  --encryption <policy>  required, optional or off; default optional
  --cert <file> --key <file>
                         the server's TLS certificate and its key (PEM)
  --max-connections <n>  default 1000
  --help`;

class UsageError extends Error {}

const ENCRYPTION = ['required', 'optional', 'off'] as const;
type Encryption = (typeof ENCRYPTION)[number];

function whole(name: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(`--${name} "${text}": the value must be a whole number from ${least} to ${most}.`);
  }
  return value;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

function seedOf(text: string): Seed {
  const named = SEED_NAMES.find(name => name === text);
  if (named) return named;
  if (!/\.sql$/i.test(text))
    throw new UsageError(`--seed "${text}": the value must be ${SEED_NAMES.join(', ')} or a .sql file.`);
  return { sql: readText(text) };
}

function userOf(text: string): SandboxUser {
  const [name, password, roles] = text.split(':');
  if (!name || password === undefined)
    throw new UsageError('--user: the value must have the form name:password or name:password:role,role.');
  return { name, password, roles: roles ? roles.split(',') : [] };
}

function encryptionOf(text: string): Encryption {
  const found = ENCRYPTION.find(name => name === text);
  if (!found) throw new UsageError(`--encryption "${text}": the value must be one of ${ENCRYPTION.join(', ')}.`);
  return found;
}

/** Reads the command line as options; undefined for --help. */
export function readCommandLine(args: readonly string[]): SandboxOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      database: { type: 'string' },
      seed: { type: 'string' },
      user: { type: 'string', multiple: true },
      encryption: { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      'max-connections': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  if ((values.cert === undefined) !== (values.key === undefined))
    throw new UsageError('--cert and --key: one is missing. Give both or neither.');
  if (values.database === '') throw new UsageError('--database: the name is empty.');
  const certificate =
    values.cert !== undefined && values.key !== undefined
      ? { cert: readText(values.cert), key: readText(values.key) }
      : undefined;
  return {
    port: whole('port', values.port ?? '1433', 0, 65_535),
    host: values.host,
    databaseName: values.database,
    seed: seedOf(values.seed ?? 'sample'),
    users: values.user?.map(userOf),
    tls: { certificate, encryption: encryptionOf(values.encryption ?? 'optional') },
    maxConnections: whole('max-connections', values['max-connections'] ?? '1000', 1, 30_000),
    log: line => console.error(line),
  };
}

async function start(args: readonly string[]): Promise<void> {
  const options = readCommandLine(args);
  if (!options) {
    console.log(USAGE);
    return;
  }
  const sandbox = await startSandbox(options);
  console.log(`T-SQL sandbox: ${sandbox.host},${sandbox.port}, database ${sandbox.databaseName}`);
  const stop = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** bin/tsql-sandbox.js calls this. Exit codes: 0 success, 1 failure, 2 wrong usage. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await start(args);
  } catch (error) {
    const usage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    const message = error instanceof Error ? error.message : String(error);
    console.error(usage ? `${message}\n\n${USAGE}` : message);
    process.exitCode = usage ? 2 : 1;
  }
}
