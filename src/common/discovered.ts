import type { DiscoveryService } from '@nestjs/core';
import { StartupError } from './startup-error.js';

/** A provider whose class a decorator gave a definition. */
export interface Discovered<D> {
  readonly definition: D;
  readonly instance: object;
  /** The name of the class, for messages. */
  readonly className: string;
}

/** All providers with a definition of this kind, each once. Throws StartupError for one that isn't a singleton. */
export function discovered<D>(discovery: DiscoveryService, kind: symbol): readonly Discovered<D>[] {
  const found = new Map<object, Discovered<D>>();
  for (const wrapper of discovery.getProviders()) {
    const { metatype, instance } = wrapper as { metatype: unknown; instance: object | null | undefined };
    if (typeof metatype !== 'function' || instance === null || instance === undefined) continue;
    const definition = Reflect.getMetadata(kind, metatype) as D | undefined;
    if (definition === undefined) continue;
    // A provider of any other scope is only a prototype now: its dependencies would be missing when it is called.
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
      failStart([`${metatype.name} must have Nest's default scope, and so must what it depends on`]);
    }
    found.set(instance, { definition, instance, className: metatype.name });
  }
  return [...found.values()];
}

/** Ends the start with every fault of the definitions. Throws StartupError. */
export function failStart(faults: readonly string[]): void {
  const all = [...new Set(faults)];
  if (all.length > 0) throw new StartupError(all);
}

/** Types say that these are texts; a cast or plain JavaScript may say otherwise. */
export function missingTexts(definition: object, names: readonly string[]): readonly string[] {
  return names
    .filter(name => {
      const value = (definition as Readonly<Record<string, unknown>>)[name];
      return typeof value !== 'string' || value.trim() === '';
    })
    .map(name => `has no ${name}`);
}
