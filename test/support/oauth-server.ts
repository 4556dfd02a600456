import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Controller, Get, Head, Module, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { stringify } from 'yaml';
import { setLogLevel } from '../../src/common/log.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { readConfig } from '../../src/config/read-config.js';
import { configureHttp } from '../../src/configure-http.js';
import { MetricsServer } from '../../src/metrics/metrics.server.js';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import { ChallengeFilter } from '../../src/oauth/resource-server/challenge.filter.js';
import { AccessTokenGuard } from '../../src/oauth/resource-server/guards/access-token.guard.js';
import type { PrincipalRequest } from '../../src/tenancy/tenant-request.js';
import { OAuthModule } from '../../src/oauth/oauth.module.js';
import { hashPassword } from '../../src/oauth/identity/password.js';
import { putUser } from '../../src/oauth/identity/users-file.js';
import { freePort } from './ports.js';
import { serverEnvironment } from './server-environment.js';

/** Takes the place of the MCP endpoint and returns the principal. */
@Controller(':tenant/:endpoint')
@UseGuards(AccessTokenGuard)
@UseFilters(ChallengeFilter)
class WhoAmIController {
  @Get()
  @Post()
  whoAmI(@Req() req: PrincipalRequest): object {
    return { ...req.principal, scopes: [...(req.principal?.scopes ?? [])] };
  }

  @Post('x')
  post(@Req() req: PrincipalRequest): object {
    return this.whoAmI(req);
  }

  @Head()
  head(): void {}
}

@Module({ imports: [OAuthModule], controllers: [WhoAmIController] })
class WhoAmIModule {}

/** Records the calls of the metrics service, which only the whole server has. */
const counted: string[] = [];
const countingMetrics: Partial<MetricsService> = {
  request: () => {},
  tokenIssued: (tenant, grant) => void counted.push(`tokenIssued ${tenant} ${grant}`),
  tokenRefused: (tenant, reason) => void counted.push(`tokenRefused ${tenant} ${reason}`),
  clientRefused: (tenant, event, reason) => void counted.push(`clientRefused ${tenant} ${event} ${reason}`),
  signInFailed: tenant => void counted.push(`signInFailed ${tenant}`),
};

export interface OAuthServer {
  /** Calls of the metrics service so far. */
  readonly counted: readonly string[];
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly directory: string;
  readonly usersFile: string;
  close(): Promise<void>;
}

export interface OAuthServerOptions {
  readonly tenants?: readonly Readonly<Record<string, unknown>>[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly directory?: string;
}

export const DEMO_USER = { username: 'demo', password: 'correct horse battery' };

let demoHash: string | undefined;

export async function addUser(usersFile: string, name: string, password: string): Promise<void> {
  const known =
    password === DEMO_USER.password ? (demoHash ??= await hashPassword(password)) : await hashPassword(password);
  await putUser(usersFile, { name, password: known });
}

/** The authorization server and the guard, without database and MCP: tenants `demo` (reads) and `workshop` (writes). */
export async function startOAuthServer(options: OAuthServerOptions = {}): Promise<OAuthServer> {
  const directory = options.directory ?? mkdtempSync(path.join(os.tmpdir(), 'mcp-oauth-'));
  const port = options.port ?? (await freePort());
  const usersFile = path.join(directory, 'users.json');
  const tenantsFile = path.join(directory, 'tenants.yaml');
  const database = { host: '127.0.0.1', user: 'u', password: 'p', database: 'Sales' };
  const tenants = options.tenants ?? [
    { path: '/demo', database },
    { path: '/workshop', database: { ...database, database: 'Workshop' }, read_only: false },
  ];
  writeFileSync(tenantsFile, stringify({ tenants: tenants.map(tenant => ({ database, ...tenant })) }));
  const config = readConfig({
    ...serverEnvironment(directory),
    SERVER_PORT: String(port),
    TENANTS_FILE: tenantsFile,
    LOG_LEVEL: 'silent',
    ...options.env,
  });
  setLogLevel(config.logLevel);
  await addUser(usersFile, DEMO_USER.username, DEMO_USER.password);
  const module = await Test.createTestingModule({ imports: [ConfigModule.forRoot(config), OAuthModule, WhoAmIModule] })
    .overrideProvider(MetricsService)
    .useValue(countingMetrics)
    .overrideProvider(MetricsServer)
    .useValue({})
    .compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureHttp(app);
  await app.listen(port, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    app,
    counted,
    directory,
    usersFile,
    close: async () => {
      app.getHttpServer().closeAllConnections();
      await app.close();
    },
  };
}
