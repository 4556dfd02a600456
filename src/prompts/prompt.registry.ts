import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { discovered, failStart, missingTexts } from '../common/discovered.js';
import type { Tenant } from '../tenancy/tenant.js';
import { PROMPT_DEFINITION } from './prompt.decorator.js';
import type { PromptDefinition, PromptHandler } from './prompt.js';

export interface FoundPrompt {
  readonly definition: PromptDefinition;
  readonly handler: PromptHandler;
}

/** Gives tenants prompts that no class stands for, because an administrator declared them. */
export interface PromptSource {
  promptsOf(tenant: Tenant): readonly FoundPrompt[];
}

/** The prompts of this process, found by discovery, with those that a tenant declares. */
@Injectable()
export class PromptRegistry implements OnModuleInit {
  private readonly byName = new Map<string, FoundPrompt>();
  private readonly sources: PromptSource[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** Throws StartupError with every fault of the prompts. */
  onModuleInit(): void {
    const faults: string[] = [];
    for (const { definition, instance, className } of discovered<PromptDefinition>(this.discovery, PROMPT_DEFINITION)) {
      const { name } = definition;
      if (this.byName.has(name)) faults.push(`two prompts are named "${name}"; one is ${className}`);
      faults.push(...faultsOf(definition).map(fault => `the prompt "${name}" of ${className} ${fault}`));
      this.byName.set(name, { definition, handler: instance as PromptHandler });
    }
    failStart(faults);
  }

  addSource(source: PromptSource): void {
    this.sources.push(source);
  }

  /** All prompts of a tenant, sorted by name. */
  prompts(tenant: Tenant): readonly PromptDefinition[] {
    return [...this.byName.values(), ...this.declaredIn(tenant)]
      .map(({ definition }) => definition)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(tenant: Tenant, name: string): FoundPrompt | undefined {
    return this.byName.get(name) ?? this.declaredIn(tenant).find(({ definition }) => definition.name === name);
  }

  private declaredIn(tenant: Tenant): readonly FoundPrompt[] {
    return this.sources
      .flatMap(source => source.promptsOf(tenant))
      .filter(({ definition }) => !this.byName.has(definition.name));
  }
}

function faultsOf(definition: PromptDefinition): readonly string[] {
  const names = Array.isArray(definition.arguments) ? definition.arguments.map(({ name }) => name) : undefined;
  return [
    ...missingTexts(definition, ['name', 'title', 'description']),
    ...(names === undefined ? ['has no list of arguments'] : []),
    ...(new Set(names).size < (names?.length ?? 0) ? ['has two arguments with the same name'] : []),
  ];
}
