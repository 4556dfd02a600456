import type { Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Resource, ResourceTemplate } from './resource.decorator.js';
import type { ResourceCall, ResourceDefinition, ResourceTemplateDefinition } from './resource.js';
import { ResourceRegistry } from './resource.registry.js';

const DESCRIBED = {
  name: 'any',
  title: 'Any',
  description: 'Any resource.',
  mimeType: 'text/plain',
  scope: 'sql:read',
} as const;

function resourceOf(definition: Partial<ResourceDefinition> & { readonly uri: string }): Type {
  @Resource({ ...DESCRIBED, ...definition })
  class AnyResource {
    async read() {
      return [{ uri: definition.uri, text: 'exact' }];
    }
  }
  return AnyResource;
}

function templateOf(definition: Partial<ResourceTemplateDefinition> & { readonly uriTemplate: string }): Type {
  @ResourceTemplate({ ...DESCRIBED, ...definition })
  class AnyTemplate {
    async read(uri: string, variables: Readonly<Record<string, string>>) {
      return [{ uri, text: JSON.stringify(variables) }];
    }
  }
  return AnyTemplate;
}

async function registryOf(...resources: readonly Type[]): Promise<ResourceRegistry> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [ResourceRegistry, ...resources],
  }).compile();
  await module.init();
  return module.get(ResourceRegistry);
}

const read = async (registry: ResourceRegistry, uri: string) =>
  (await registry.find(uri)?.read({} as ResourceCall))?.[0]?.text;

describe('the registry of resources', () => {
  it('lists resources and templates in stable order', async () => {
    const registry = await registryOf(
      resourceOf({ uri: 'mssql://b' }),
      templateOf({ uriTemplate: 'mssql://z/{table}' }),
      resourceOf({ uri: 'mssql://a' }),
      templateOf({ uriTemplate: 'mssql://y/{table}' }),
    );
    expect(registry.resources().map(({ uri }) => uri)).toEqual(['mssql://a', 'mssql://b']);
    expect(registry.resourceTemplates().map(({ uriTemplate }) => uriTemplate)).toEqual([
      'mssql://y/{table}',
      'mssql://z/{table}',
    ]);
  });

  it('reads a resource by its exact URI, before any template that would match it too', async () => {
    const registry = await registryOf(
      templateOf({ uriTemplate: 'mssql://tables/{table}' }),
      resourceOf({ uri: 'mssql://tables/all' }),
    );
    expect(await read(registry, 'mssql://tables/all')).toBe('exact');
    expect(await read(registry, 'mssql://tables/Orders')).toBe('{"table":"Orders"}');
  });

  it('passes decoded variables to a template, and matches one segment for each', async () => {
    const registry = await registryOf(templateOf({ uriTemplate: 'mssql://tables/{schema}/{table}' }));
    expect(await read(registry, 'mssql://tables/sales/Order%20%2F%20Lines')).toBe(
      '{"schema":"sales","table":"Order / Lines"}',
    );
    for (const uri of [
      'mssql://tables/sales',
      'mssql://tables/sales/Orders/1',
      'mssql://tables//Orders',
      'mssql://tables/sales/%E0%A4%A',
      'mssql://tables/sales/Orders?x',
      'x-mssql://tables/sales/Orders',
    ])
      expect(registry.find(uri)).toBeUndefined();
  });

  it('refuses the start with all faults of the resources', async () => {
    const refused = await registryOf(
      resourceOf({ uri: 'mssql://twice' }),
      resourceOf({ uri: 'mssql://twice' }),
      resourceOf({ uri: 'relative', mimeType: ' ' }),
      templateOf({ uriTemplate: 'mssql://same/{a}' }),
      templateOf({ uriTemplate: 'mssql://same/{a}' }),
      templateOf({ uriTemplate: 'mssql://none' }),
      templateOf({ uriTemplate: 'mssql://{+path}', title: '' }),
    ).catch((error: Error) => error.message);
    for (const fault of [
      'two resources have the URI mssql://twice',
      'AnyResource has no absolute URI',
      'AnyResource has no mimeType',
      'two resource templates have the URI template mssql://same/{a}',
      'has no variable',
      'no other variables than {name}',
      'AnyTemplate has no title',
    ])
      expect(refused).toContain(fault);
  });
});
