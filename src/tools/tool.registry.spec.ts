import type { Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { testPrincipal, testTenant } from '../../test/support/database.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import type { TenantConfig } from '../config/tenants/tenant.config.js';
import { AccessRulesService } from '../tenancy/access-rules.service.js';
import type { Tenant } from '../tenancy/tenant.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { Tool } from './tool.decorator.js';
import type { ToolDefinition, ToolHandler, ToolSchema } from './tool.js';
import { ToolRegistry } from './tool.registry.js';
import type { SourcedTool, ToolSource } from './tool-source.js';

const nothing = z.strictObject({});

/** A tool class of its own with this definition. */
function toolOf(definition: Partial<ToolDefinition>): Type<ToolHandler<ToolSchema, ToolSchema>> {
  @Tool({
    name: 'look',
    title: 'Look',
    description: 'Looks.',
    scope: 'sql:read',
    readOnly: true,
    input: nothing,
    output: nothing,
    ...definition,
  } as ToolDefinition)
  class AnyTool {
    async execute(): Promise<object> {
      return {};
    }
  }
  return AnyTool;
}

const LOOK = toolOf({});
const CHANGE = toolOf({ name: 'change', scope: 'sql:write', readOnly: false });
/** Only reads in a read-only tenant, and changes elsewhere, as execute_sql does. */
const EITHER = toolOf({
  name: 'either',
  scope: 'sql:write',
  readOnly: false,
  forTenant: tenant => (tenant.config.readOnly ? { readOnly: true, scope: 'sql:read', title: 'Only reads' } : {}),
});
const WORKSHOP_ONLY = toolOf({
  name: 'workshop_only',
  forTenant: tenant => (tenant.name === 'workshop' ? {} : 'hidden'),
});

const tenantOf = (name: string, settings: Partial<TenantConfig> = {}): Tenant =>
  testTenant(new DatabaseConfig(), { name, ...settings });

async function registryOf(
  tools: readonly Type[],
  tenants: readonly Tenant[],
  source?: ToolSource,
): Promise<ToolRegistry> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [
      ToolRegistry,
      { provide: TenantsService, useValue: { all: () => tenants } },
      { provide: AccessRulesService, useValue: { addCheck: () => {} } },
      ...tools,
    ],
  }).compile();
  if (source !== undefined) module.get(ToolRegistry).addSource(source);
  await module.init();
  return module.get(ToolRegistry);
}

const namesOf = (tools: readonly { readonly name: string }[]) => tools.map(({ name }) => name);

describe('the list of tools of a tenant', () => {
  const demo = tenantOf('demo');
  const workshop = tenantOf('workshop', { readOnly: false });
  const narrow = tenantOf('narrow', { readOnly: false, tools: ['look'] });
  let registry: ToolRegistry;
  beforeAll(async () => {
    registry = await registryOf([LOOK, CHANGE, EITHER, WORKSHOP_ONLY], [demo, workshop, narrow]);
  });

  it('leaves out tools that change something if the tenant is read-only, and sorts the rest by name', () => {
    expect(namesOf(registry.forTenant(demo))).toEqual(['either', 'look']);
    expect(namesOf(registry.forTenant(workshop))).toEqual(['change', 'either', 'look', 'workshop_only']);
  });

  it('is limited to the tools that the tenant lists', () => {
    expect(namesOf(registry.forTenant(narrow))).toEqual(['look']);
    expect(registry.find(narrow, 'change')).toBeUndefined();
  });

  it('describes a tool as it is in this tenant', () => {
    expect(registry.find(demo, 'either')?.descriptor).toMatchObject({
      title: 'Only reads',
      scope: 'sql:read',
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    });
    expect(registry.find(workshop, 'either')?.descriptor).toMatchObject({
      title: 'Look',
      scope: 'sql:write',
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    });
  });

  it('shows a person only what their rules list', () => {
    const limited = testPrincipal('ann', { access: { tools: ['look'] } });
    expect(namesOf(registry.forPrincipal(workshop, limited))).toEqual(['look']);
    expect(registry.isOffered(workshop, limited, 'change')).toBe(false);
    expect(registry.isOffered(workshop, testPrincipal('bob'), 'change')).toBe(true);
  });

  it('hides tools of a scope that the person can never get, and shows those that they could ask for', () => {
    const reader = testPrincipal('ann', { scopes: new Set(['sql:read']), highestScope: 'sql:read' });
    expect(namesOf(registry.forPrincipal(workshop, reader))).toEqual(['look', 'workshop_only']);
    const couldWrite = testPrincipal('bob', { scopes: new Set(['sql:read']), highestScope: 'sql:write' });
    expect(namesOf(registry.forPrincipal(workshop, couldWrite))).toContain('change');
  });
});

describe('the start', () => {
  it('is refused with all faults of the tools', async () => {
    const tools = [
      toolOf({ name: 'no spaces', title: ' ' }),
      toolOf({ name: 'twice' }),
      toolOf({ name: 'twice', scope: 'sql:admin' as 'sql:read' }),
      toolOf({ name: 'list', output: z.array(z.string()) }),
      toolOf({ name: 'bare', input: undefined as unknown as ToolSchema }),
    ];
    const refused = await registryOf(tools, [tenantOf('demo')]).catch((error: Error) => error.message);
    for (const fault of [
      '"no spaces" must have a name of 1 to 64 characters',
      '"no spaces" has no title',
      'two tools are named "twice"',
      '"twice" must have the scope',
      '"list" has an output that is not an object',
      '"bare" must have an input that is a Standard Schema',
    ])
      expect(refused).toContain(fault);
  });

  it('is refused when only one tenant would have a faulty tool', async () => {
    const faulty = toolOf({ forTenant: tenant => (tenant.name === 'workshop' ? { title: '' } : {}) });
    await expect(registryOf([faulty], [tenantOf('demo')])).resolves.toBeDefined();
    await expect(registryOf([faulty], [tenantOf('demo'), tenantOf('workshop')])).rejects.toThrow(/has no title/);
  });

  it.each([
    ['a tenant', { tools: ['lok'] }],
    ['an access rule', { access: [{ tools: ['lok'] }] as unknown as TenantConfig['access'] }],
  ])('is refused when %s lists a tool that does not exist, and names the nearest', async (_who, settings) => {
    await expect(registryOf([LOOK], [tenantOf('demo', settings)])).rejects.toThrow(/demo.*"lok".*look/s);
  });
});

describe('declared tools', () => {
  const declared = (name: string, more: Partial<ToolDefinition> = {}): SourcedTool => ({
    definition: {
      ...{ name, title: 'Declared', description: 'Declared.', scope: 'sql:read', readOnly: true },
      ...{ input: nothing, output: nothing },
      ...more,
    },
    handler: { execute: async () => ({}) },
  });
  const sourceOf = (lists: { now: readonly SourcedTool[]; names?: readonly string[] }): ToolSource => ({
    toolsOf: () => lists.now,
    namesOf: () => lists.names ?? lists.now.map(({ definition }) => definition.name),
  });

  it('are listed with those of classes, and follow their source without a restart', async () => {
    const demo = tenantOf('demo');
    const lists = { now: [declared('zebra')] };
    const registry = await registryOf([LOOK], [demo], sourceOf(lists));
    const look = registry.find(demo, 'look')?.descriptor;
    expect(namesOf(registry.forTenant(demo))).toEqual(['look', 'zebra']);
    lists.now = [declared('ant')];
    expect(namesOf(registry.forTenant(demo))).toEqual(['ant', 'look']);
    // The same object, because lists that were made of it are kept.
    expect(registry.find(demo, 'look')?.descriptor).toBe(look);
  });

  it('are hidden from people for whom they are not', async () => {
    const demo = tenantOf('demo');
    const own = declared('own', { isFor: ({ subject }) => subject === 'ann' });
    const registry = await registryOf([], [demo], sourceOf({ now: [own] }));
    expect(registry.isOffered(demo, testPrincipal('ann'), 'own')).toBe(true);
    expect(registry.isOffered(demo, testPrincipal('bob'), 'own')).toBe(false);
  });

  it('that change something other than the database are offered in a read-only tenant too', async () => {
    const demo = tenantOf('demo');
    const queue = declared('queue', { readOnly: false, changesDatabase: false });
    const registry = await registryOf([], [demo], sourceOf({ now: [queue, declared('write', { readOnly: false })] }));
    expect(namesOf(registry.forTenant(demo))).toEqual(['queue']);
  });

  it('may be listed by a tenant, also while they are not offered, but not have the name of a class', async () => {
    const broken = sourceOf({ now: [], names: ['broken'] });
    await expect(registryOf([LOOK], [tenantOf('demo', { tools: ['broken', 'look'] })], broken)).resolves.toBeDefined();
    await expect(registryOf([LOOK], [tenantOf('demo')], sourceOf({ now: [declared('look')] }))).rejects.toThrow(
      'tenant demo declares a tool "look", which the server has itself',
    );
  });
});
