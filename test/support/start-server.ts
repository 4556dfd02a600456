import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app.module.js';
import { setLogLevel } from '../../src/common/log.js';
import { readConfig } from '../../src/config/read-config.js';
import { configureHttp } from '../../src/configure-http.js';
import { openTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './ports.js';
import { databaseEnvironment, serverEnvironment } from './server-environment.js';

export interface StartedServer {
  /** `http://127.0.0.1:<port>`, which is also PUBLIC_URL. */
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly database: TestDatabase;
  /** The directory with the state store, the users file and the audit trail of this server. */
  readonly directory: string;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Variables that replace or extend the defaults below. */
  readonly env?: Readonly<Record<string, string>>;
  readonly extensions?: Parameters<typeof AppModule.forRoot>[1];
  /** Use an existing database instead of a fresh one; the caller closes it. */
  readonly database?: TestDatabase;
}

/**
 * Starts the whole application on a real port with a new database (in the sandbox, or at TEST_MSSQL_URL) as the tenant
 * `/demo`. Sign-in is on; `ALLOW_UNAUTH_*` may be set in `env`.
 */
export async function startServer(options: StartOptions = {}): Promise<StartedServer> {
  const database = options.database ?? (await openTestDatabase({ seed: true }));
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-server-'));
  const port = await freePort();
  const config = readConfig({
    ...serverEnvironment(directory),
    SERVER_PORT: String(port),
    ENVIRONMENT_PATH: '/demo',
    LOG_LEVEL: 'silent',
    ...databaseEnvironment(database),
    ...options.env,
  });
  setLogLevel(config.logLevel);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, options.extensions), {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  configureHttp(app);
  await app.listen(port, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    app,
    database,
    directory,
    close: async () => {
      app.getHttpServer().closeAllConnections();
      await app.close();
      if (options.database === undefined) await database.close();
    },
  };
}
