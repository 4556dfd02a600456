import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../../src/app.module.js';
import { setLogLevel } from '../../../src/common/log.js';
import { readConfig } from '../../../src/config/read-config.js';
import { configureHttp } from '../../../src/configure-http.js';
import { CatalogService } from '../../../src/database/catalog.service.js';
import { freePort } from '../ports.js';
import { ConformanceFixtures } from './fixtures.module.js';
import { SMALL_CATALOG } from './small-catalog.js';

export interface FixtureServer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  /** The MCP URL. */
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly usersFile: string;
  close(): Promise<void>;
}

/**
 * The whole application with the suite's fixtures, for tests of the protocol: its database is never asked, and nobody
 * needs a token unless `env` says otherwise.
 */
export async function startFixtureServer(
  env: Readonly<Record<string, string>> = {},
  extensions: NonNullable<Parameters<typeof AppModule.forRoot>[1]> = [],
): Promise<FixtureServer> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-fixtures-'));
  const port = await freePort();
  const usersFile = path.join(directory, 'users.json');
  const config = readConfig({
    SERVER_HOST: '127.0.0.1',
    SERVER_PORT: String(port),
    ENVIRONMENT_PATH: '/demo',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    STATE_STORE: `sqlite:${path.join(directory, 'state.db')}`,
    STATE_KEY: randomBytes(32).toString('base64'),
    USERS_FILE: usersFile,
    AUDIT_FILE: path.join(directory, 'audit.jsonl'),
    MSSQL_HOST: '127.0.0.1',
    MSSQL_PORT: '1',
    MSSQL_USER: 'nobody',
    MSSQL_PASSWORD: 'nothing',
    MSSQL_DATABASE: 'none',
    ALLOW_UNAUTH_METHODS: 'true',
    ALLOW_UNAUTH_TOOLS_CALL: 'true',
    ...env,
  });
  setLogLevel(config.logLevel);
  const module = await Test.createTestingModule({
    imports: [AppModule.forRoot(config, [ConformanceFixtures, ...extensions])],
  })
    .overrideProvider(CatalogService)
    .useValue(SMALL_CATALOG)
    .compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureHttp(app);
  await app.listen(port, '127.0.0.1');
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/demo/sse`,
    app,
    usersFile,
    close: async () => {
      app.getHttpServer().closeAllConnections();
      await app.close();
    },
  };
}
