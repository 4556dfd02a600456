import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { processVariables } from '../../config/environment.js';
import { readConfig } from '../../config/read-config.js';
import { hashPassword } from '../../oauth/identity/password.js';
import { putUser } from '../../oauth/identity/users-file.js';
import { serve } from '../../serve.js';
import { startDemoDatabases } from './demo-databases.js';
import { demoText } from './demo-text.js';

export interface DemoOptions {
  /** Default SERVER_PORT, or 8008. */
  readonly port?: string | undefined;
  /** Default SERVER_HOST, or 127.0.0.1. */
  readonly host?: string | undefined;
}

/**
 * Starts the server with two embedded sandboxes: tenant `demo` (read-only) and `workshop` (read and write). Resolves with
 * the text that tells a person how to connect. Throws ConfigError.
 */
export async function startDemo(options: DemoOptions): Promise<string> {
  const env = processVariables();
  const host = options.host ?? (env['SERVER_HOST'] || '127.0.0.1');
  const port = options.port ?? (env['SERVER_PORT'] || '8008');
  const password = env['DEMO_PASSWORD'] || randomBytes(9).toString('base64url');
  // Each port has its own directory, because two demos may run at once.
  const directory = path.resolve('var', `demo-${port.replace(/\D/g, '')}`);
  const usersFile = path.join(directory, 'users.json');
  const tenantsFile = path.join(directory, 'tenants.yaml');
  mkdirSync(directory, { recursive: true, mode: 0o700 });

  const databases = await startDemoDatabases('${DEMO_DATABASE_PASSWORD}');
  writeFileSync(
    tenantsFile,
    stringify({
      tenants: [
        { path: '/demo', database: databases.demo },
        { path: '/workshop', database: databases.workshop, read_only: false },
      ],
    }),
  );
  const config = readConfig({
    LOG_LEVEL: 'warn',
    STATE_STORE: `sqlite:${path.join(directory, 'state.db')}`,
    AUDIT_FILE: path.join(directory, 'audit.jsonl'),
    DEFAULT_TENANT: 'demo',
    METRICS_PORT: '0',
    ...env,
    // The shell may have set it for other work; the demo never runs in production mode.
    NODE_ENV: undefined,
    SERVER_HOST: host,
    SERVER_PORT: port,
    USERS_FILE: usersFile,
    TENANTS_FILE: tenantsFile,
    DEMO_DATABASE_PASSWORD: databases.password,
  });
  await serve(config);

  // Only after the port is taken, so that a second demo does not replace the users of the first. Each start has new users
  // and databases; only client registrations and keys are kept.
  rmSync(usersFile, { force: true });
  await putUser(usersFile, { name: 'demo', password: await hashPassword(password) });
  return demoText(config.publicUrl, password);
}
