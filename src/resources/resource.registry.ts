import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
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

interface Found {
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

  onModuleInit(): void {
    for (const { metatype, instance } of this.discovery.getProviders()) {
      if (typeof metatype !== 'function' || instance === null || instance === undefined) continue;
      const resource = Reflect.getMetadata(RESOURCE_DEFINITION, metatype) as ResourceDefinition | undefined;
      if (resource !== undefined) {
        if (this.byUri.has(resource.uri)) throw new Error(`Two resources have the URI ${resource.uri}.`);
        this.byUri.set(resource.uri, { definition: resource, handler: instance as ResourceHandler });
      }
      const family = Reflect.getMetadata(RESOURCE_TEMPLATE_DEFINITION, metatype) as
        ResourceTemplateDefinition | undefined;
      if (family !== undefined) {
        this.templates.push({
          definition: family,
          template: new UriTemplate(family.uriTemplate),
          handler: instance as ResourceTemplateHandler,
        });
      }
    }
    this.templates.sort((a, b) => (a.definition.uriTemplate < b.definition.uriTemplate ? -1 : 1));
  }

  /** In stable order by URI. */
  resources(): readonly ResourceDefinition[] {
    return [...this.byUri.values()].map(({ definition }) => definition).sort((a, b) => (a.uri < b.uri ? -1 : 1));
  }

  resourceTemplates(): readonly ResourceTemplateDefinition[] {
    return this.templates.map(({ definition }) => definition);
  }

  find(uri: string): Found | undefined {
    const exact = this.byUri.get(uri);
    if (exact !== undefined) return { definition: exact.definition, read: call => exact.handler.read(call) };
    for (const { definition, template, handler } of this.templates) {
      const variables = template.match(uri);
      if (variables !== undefined) return { definition, read: call => handler.read(uri, variables, call) };
    }
    return undefined;
  }

  findTemplate(uriTemplate: string): ResourceTemplateHandler | undefined {
    return this.templates.find(({ definition }) => definition.uriTemplate === uriTemplate)?.handler;
  }
}
