import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../../config/config.module.js';
import { readConfig } from '../../config/read-config.js';
import { NO_DATABASE, serverEnvironment } from '../../../test/support/server-environment.js';
import { ProviderFactory } from '../authorization-server/provider/provider.factory.js';
import { AccessTokenGuard } from './guards/access-token.guard.js';
import { ResourceServerModule } from './resource-server.module.js';

describe('the resource server', () => {
  it('is composed without the authorization server', async () => {
    const config = readConfig({
      ...serverEnvironment(mkdtempSync(path.join(os.tmpdir(), 'mcp-resource-'))),
      ...NO_DATABASE,
    });
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(config), ResourceServerModule],
    }).compile();
    await module.init();
    expect(module.get(AccessTokenGuard)).toBeInstanceOf(AccessTokenGuard);
    expect(() => module.get(ProviderFactory, { strict: false })).toThrow();
    await module.close();
  });
});
