import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../../src/app.module.js';
import { setLogLevel } from '../../../src/common/log.js';
import { readConfig } from '../../../src/config/read-config.js';
import { configureHttp } from '../../../src/configure-http.js';
import { CatalogService } from '../../../src/database/catalog/catalog.service.js';
import { freePort } from '../ports.js';
import { NO_DATABASE, NO_SIGN_IN, serverEnvironment } from '../server-environment.js';
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
 * Starts the whole application with the fixtures of the suite, for tests of the protocol. It never uses its database,
 * and requests need no token unless `env` requires one.
 */
export async function startFixtureServer(
  env: Readonly<Record<string, string>> = {},
  extensions: NonNullable<Parameters<typeof AppModule.forRoot>[1]> = [],
): Promise<FixtureServer> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-fixtures-'));
  const port = await freePort();
  const config = readConfig({
    ...serverEnvironment(directory),
    SERVER_PORT: String(port),
    ENVIRONMENT_PATH: '/demo',
    LOG_LEVEL: 'silent',
    ...NO_DATABASE,
    ...NO_SIGN_IN,
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
    usersFile: config.usersFile,
    close: async () => {
      app.getHttpServer().closeAllConnections();
      await app.close();
    },
  };
}
