import type { ClassConstructor } from 'class-transformer';
import { Environment, processEnvironment, type RawEnvironment } from './environment.js';
import { Faults } from './faults.js';
import { checkSettings } from './validation/check-settings.js';
import { variablesOf } from './variable.decorator.js';

/** What the environment sets of a class with `@Variable` properties, converted but not checked. */
export function variablesSet(type: ClassConstructor<object>, env: Environment): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  for (const [property, { name, convert }] of Object.entries(variablesOf(type))) {
    const text = env.text(name);
    if (text !== undefined) set[property] = convert(text);
  }
  return set;
}

/** An instance from the environment, checked by its class-validator decorators; a fault names the variable. */
export function readSettings<T extends object>(
  type: ClassConstructor<T>,
  env: Environment,
  faults: Faults,
  plain: object = variablesSet(type, env),
): T {
  const checked = checkSettings(type, plain, (path, owner) => {
    const property = path.at(-1) ?? '';
    const { name } = variablesOf(owner.constructor)[property] ?? { name: property };
    return env.hasFailed(name) ? undefined : name;
  });
  faults.add(...checked.faults);
  return checked.settings;
}

/** One namespace alone, for Nest's ConfigModule and for commands that need nothing else. Throws ConfigError. */
export function readNamespace<T>(
  read: (env: Environment, faults: Faults) => T,
  raw: RawEnvironment = processEnvironment(),
): T {
  const faults = new Faults();
  const settings = read(new Environment(raw, faults), faults);
  faults.throwIfAny();
  return settings;
}
