import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { TestDatabase } from './database.js';

/** The variables of a server that writes only into `directory`. Its port, tenants and database are still missing. */
export function serverEnvironment(directory: string): Record<string, string> {
  return {
    SERVER_HOST: '127.0.0.1',
    METRICS_PORT: '0',
    STATE_STORE: `sqlite:${path.join(directory, 'state.db')}`,
    STATE_KEY: randomBytes(32).toString('base64'),
    USERS_FILE: path.join(directory, 'users.json'),
    AUDIT_FILE: path.join(directory, 'audit.jsonl'),
  };
}

/** The variables with which a server connects to a test database. */
export function databaseEnvironment({ config }: Pick<TestDatabase, 'config'>): Record<string, string> {
  return {
    MSSQL_HOST: config.host,
    MSSQL_PORT: String(config.port),
    MSSQL_USER: config.user,
    MSSQL_PASSWORD: config.password,
    MSSQL_DATABASE: config.database,
    TrustServerCertificate: 'yes',
  };
}

/** The same for a tenant of a tenants file. */
export function tenantDatabase({ config }: Pick<TestDatabase, 'config'>): Readonly<Record<string, unknown>> {
  const { host, port, user, password, database } = config;
  return { host, port, user, password, database, trust_server_certificate: true };
}

/** Writes a tenants file into a new directory, and gives the variables that name it to `startServer`. */
export function tenantsEnvironment(tenants: readonly object[]): Record<string, string> {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-tenants-')), 'tenants.yaml');
  writeFileSync(file, stringify({ tenants }));
  return { TENANTS_FILE: file, ENVIRONMENT_PATH: '', MSSQL_HOST: '' };
}

/** For servers that never use their database: nothing listens on its port. */
export const NO_DATABASE: Readonly<Record<string, string>> = {
  MSSQL_HOST: '127.0.0.1',
  MSSQL_PORT: '1',
  MSSQL_USER: 'nobody',
  MSSQL_PASSWORD: 'nothing',
  MSSQL_DATABASE: 'none',
};

/** For tests that don't need sign-in. */
export const NO_SIGN_IN: Readonly<Record<string, string>> = {
  ALLOW_UNAUTH_METHODS: 'true',
  ALLOW_UNAUTH_TOOLS_CALL: 'true',
};
