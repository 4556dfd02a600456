import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Principal } from '../../src/common/principal.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { ServerConfig } from '../../src/config/server.config.js';
import type { LimitsConfig, TenantConfig } from '../../src/config/tenants/tenant.config.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import type { ToolCall } from '../../src/tools/tool.js';
import { InvocationModule } from '../../src/invocation/invocation.module.js';
import { outputOf } from '../../src/invocation/invocation.js';
import { ToolInvoker } from '../../src/invocation/tool.invoker.js';
import { ToolRegistry } from '../../src/tools/tool.registry.js';
import { type TestDatabase, testPrincipal, testTenant } from './database.js';

export interface ToolServices {
  readonly module: TestingModule;
  readonly tenant: Tenant;
  readonly registry: ToolRegistry;
  readonly directory: string;
  /** Calls a tool as a person and returns its data and its text. */
  call(name: string, args?: unknown, more?: Partial<ToolCall>): Promise<{ data: any; text: string }>; // eslint-disable-line @typescript-eslint/no-explicit-any
  close(): Promise<void>;
}

export interface ToolOptions {
  readonly settings?: Partial<TenantConfig>;
  readonly limits?: Partial<LimitsConfig>;
  readonly imports?: readonly Type[];
  /** Settings of the process. */
  readonly config?: Partial<ServerConfig>;
}

/** Makes the tools and all modules below them, without HTTP. */
export async function toolServices(database: TestDatabase, options: ToolOptions = {}): Promise<ToolServices> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-tools-'));
  const { config: tenantConfig } = testTenant(database.config, options.settings, options.limits);
  const config = Object.assign(new ServerConfig(), {
    host: '127.0.0.1',
    publicUrl: 'http://127.0.0.1:8008',
    metricsPort: 0,
    tenants: [tenantConfig],
    adoptsPath: false,
    stateStore: `sqlite:${path.join(directory, 'state.db')}`,
    stateKey: randomBytes(32),
    auditFile: path.join(directory, 'audit.jsonl'),
    ...options.config,
  });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), InvocationModule, ...(options.imports ?? [])],
  }).compile();
  await module.init();
  const tenant = module.get(TenantsService).all()[0];
  if (tenant === undefined) throw new Error('the tenant is missing');
  return {
    module,
    tenant,
    registry: module.get(ToolRegistry),
    directory,
    call: async (name, args = {}, more = {}) => {
      const request = { name, arguments: args as object };
      const { structured, text } = outputOf(await module.get(ToolInvoker).invoke(request, toolCall(tenant, more)));
      return { data: structured, text };
    },
    close: () => module.close(),
  };
}

export function toolCall(tenant: Tenant, more: Partial<ToolCall> = {}, principal: Partial<Principal> = {}): ToolCall {
  return {
    tenant,
    principal: testPrincipal('ann', principal),
    requestId: randomBytes(4).toString('hex'),
    signal: new AbortController().signal,
    progress: () => {},
    log: () => {},
    canAsk: false,
    ask: () => Promise.reject(new Error('nobody to ask')),
    ...more,
  };
}
