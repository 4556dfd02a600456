import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DynamicModule } from '@nestjs/common';
import { ConfigModule } from '../../src/config/config.module.js';
import { ServerConfig } from '../../src/config/server.config.js';

/** The settings of a module that needs a state store and no tenants, such as DatabaseModule alone. */
export function stateSettings(): DynamicModule {
  const stateStore = `sqlite:${path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-state-')), 'state.db')}`;
  return ConfigModule.forRoot(Object.assign(new ServerConfig(), { stateStore }));
}
