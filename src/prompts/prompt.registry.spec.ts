import type { Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { testTenant } from '../../test/support/database.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import { Prompt } from './prompt.decorator.js';
import { type PromptDefinition, type PromptHandler, userText } from './prompt.js';
import { PromptRegistry } from './prompt.registry.js';

function promptOf(definition: Partial<PromptDefinition>): Type<PromptHandler> {
  @Prompt({ name: 'greet', title: 'Greet', description: 'Greets.', arguments: [], ...definition })
  class AnyPrompt implements PromptHandler {
    get() {
      return [userText(`This is ${definition.name}.`)];
    }
  }
  return AnyPrompt;
}

async function registryOf(...prompts: readonly Type[]): Promise<PromptRegistry> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [PromptRegistry, ...prompts],
  }).compile();
  await module.init();
  return module.get(PromptRegistry);
}

const tenant = testTenant(new DatabaseConfig());

describe('the registry of prompts', () => {
  it('finds every class with the decorator and lists them by name, whatever the order of the providers', async () => {
    const registry = await registryOf(promptOf({ name: 'b' }), promptOf({ name: 'a' }), promptOf({ name: 'c' }));
    expect(registry.prompts(tenant).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(registry.find(tenant, 'd')).toBeUndefined();
    expect(registry.find(tenant, 'constructor')).toBeUndefined();
  });

  it('gives the handler of the definition that has the name', async () => {
    const found = (await registryOf(promptOf({ name: 'b' }), promptOf({ name: 'a' }))).find(tenant, 'a');
    expect(found?.definition.name).toBe('a');
    expect(await found?.handler.get({}, {} as never, () => false)).toEqual([userText('This is a.')]);
  });

  it('refuses the start with all faults of the prompts', async () => {
    const argument = { name: 'table', description: 'A table', required: true };
    const refused = await registryOf(
      promptOf({ name: 'twice' }),
      promptOf({ name: 'twice' }),
      promptOf({ name: 'untitled', title: '' }),
      promptOf({ name: 'doubled', arguments: [argument, argument] }),
      promptOf({ name: 'listless', arguments: undefined as unknown as [] }),
    ).catch((error: Error) => error.message);
    for (const fault of [
      'two prompts are named "twice"',
      '"untitled" of AnyPrompt has no title',
      '"doubled" of AnyPrompt has two arguments with the same name',
      '"listless" of AnyPrompt has no list of arguments',
    ])
      expect(refused).toContain(fault);
  });
});
