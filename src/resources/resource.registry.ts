import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { discovered, failStart, missingTexts } from '../common/discovered.js';
import { RESOURCE_DEFINITION, RESOURCE_TEMPLATE_DEFINITION } from './resource.decorator.js';
import type {
  ResourceCall,
  ResourceContents,
  ResourceDefinition,
  ResourceHandler,
  ResourceTemplateDefinition,
  ResourceTemplateHandler,
} from './resource.js';
import { UriTemplate } from './uri-template.js';

const TEXTS = ['name', 'title', 'description', 'mimeType', 'scope'] as const;

/** The resource that a URI names, directly or through a template. */
export interface FoundResource {
  readonly definition: ResourceDefinition | ResourceTemplateDefinition;
  read(call: ResourceCall): Promise<readonly ResourceContents[]>;
}

/** The resources of this process, found by discovery. */
@Injectable()
export class ResourceRegistry implements OnModuleInit {
  private readonly byUri = new Map<string, { definition: ResourceDefinition; handler: ResourceHandler }>();
  private readonly templates: {
    definition: ResourceTemplateDefinition;
    template: UriTemplate;
    handler: ResourceTemplateHandler;
  }[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** Throws StartupError with every fault of the resources and templates. */
  onModuleInit(): void {
    failStart([...this.findResources(), ...this.findTemplates()]);
    this.templates.sort((a, b) => (a.definition.uriTemplate < b.definition.uriTemplate ? -1 : 1));
  }

  private findResources(): readonly string[] {
    const faults: string[] = [];
    for (const found of discovered<ResourceDefinition>(this.discovery, RESOURCE_DEFINITION)) {
      const { definition, instance, className } = found;
      const { uri } = definition;
      if (this.byUri.has(uri)) faults.push(`two resources have the URI ${uri}; one is ${className}`);
      if (!URL.canParse(uri)) faults.push(`the resource ${className} has no absolute URI`);
      faults.push(...missingTexts(definition, TEXTS).map(fault => `the resource ${className} ${fault}`));
      this.byUri.set(uri, { definition, handler: instance as ResourceHandler });
    }
    return faults;
  }

  private findTemplates(): readonly string[] {
    const faults: string[] = [];
    for (const found of discovered<ResourceTemplateDefinition>(this.discovery, RESOURCE_TEMPLATE_DEFINITION)) {
      const { definition, instance, className } = found;
      const { uriTemplate } = definition;
      if (this.findTemplate(uriTemplate) !== undefined) {
        faults.push(`two resource templates have the URI template ${uriTemplate}; one is ${className}`);
      }
      const fault = UriTemplate.faultOf(uriTemplate);
      if (fault !== undefined) faults.push(`the resource template of ${className} ${fault}`);
      faults.push(...missingTexts(definition, TEXTS).map(text => `the resource template of ${className} ${text}`));
      const template = new UriTemplate(uriTemplate);
      this.templates.push({ definition, template, handler: instance as ResourceTemplateHandler });
    }
    return faults;
  }

  /** All resources, sorted by URI. */
  resources(): readonly ResourceDefinition[] {
    return [...this.byUri.values()].map(({ definition }) => definition).sort((a, b) => (a.uri < b.uri ? -1 : 1));
  }

  resourceTemplates(): readonly ResourceTemplateDefinition[] {
    return this.templates.map(({ definition }) => definition);
  }

  find(uri: string): FoundResource | undefined {
    const exact = this.byUri.get(uri);
    if (exact !== undefined) return { definition: exact.definition, read: call => exact.handler.read(call) };
    for (const { definition, template, handler } of this.templates) {
      const variables = template.match(uri);
      if (variables !== undefined) return { definition, read: call => handler.read(uri, variables, call) };
    }
    return undefined;
  }

  findTemplate(
    uriTemplate: string,
  ): { readonly definition: ResourceTemplateDefinition; readonly handler: ResourceTemplateHandler } | undefined {
    return this.templates.find(({ definition }) => definition.uriTemplate === uriTemplate);
  }
}
