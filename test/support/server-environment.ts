import { randomBytes } from 'node:crypto';
import path from 'node:path';
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
