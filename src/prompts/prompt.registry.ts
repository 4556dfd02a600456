import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { PROMPT_DEFINITION } from './prompt.decorator.js';
import type { PromptDefinition, PromptHandler } from './prompt.js';

/** The prompts of this process, found by discovery. */
@Injectable()
export class PromptRegistry implements OnModuleInit {
  private readonly byName = new Map<string, { definition: PromptDefinition; handler: PromptHandler }>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { metatype, instance } of this.discovery.getProviders()) {
      if (typeof metatype !== 'function' || instance === null || instance === undefined) continue;
      const definition = Reflect.getMetadata(PROMPT_DEFINITION, metatype) as PromptDefinition | undefined;
      if (definition === undefined) continue;
      if (this.byName.has(definition.name)) throw new Error(`Two prompts have the name ${definition.name}.`);
      this.byName.set(definition.name, { definition, handler: instance as PromptHandler });
    }
  }

  /** In stable order by name. */
  prompts(): readonly PromptDefinition[] {
    return [...this.byName.values()].map(({ definition }) => definition).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): { readonly definition: PromptDefinition; readonly handler: PromptHandler } | undefined {
    return this.byName.get(name);
  }
}
