import { Injectable } from '@nestjs/common';
import type {
  ResourceDefinition,
  ResourceHandler,
  ResourceTemplateDefinition,
  ResourceTemplateHandler,
} from './resource.js';

export const RESOURCE_DEFINITION = Symbol('ResourceDefinition');
export const RESOURCE_TEMPLATE_DEFINITION = Symbol('ResourceTemplateDefinition');

/** Makes a class a resource. The server finds every provider with this decorator at start. */
export function Resource(definition: ResourceDefinition) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a class may have any constructor
  return <T extends new (...args: any[]) => ResourceHandler>(target: T): void => {
    Injectable()(target);
    Reflect.defineMetadata(RESOURCE_DEFINITION, definition, target);
  };
}

/** Makes a class a resource template, whose URIs have variables. The server finds every such provider at start. */
export function ResourceTemplate(definition: ResourceTemplateDefinition) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a class may have any constructor
  return <T extends new (...args: any[]) => ResourceTemplateHandler>(target: T): void => {
    Injectable()(target);
    Reflect.defineMetadata(RESOURCE_TEMPLATE_DEFINITION, definition, target);
  };
}
