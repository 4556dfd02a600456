import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { suggestion } from '../../common/nearest-names.js';

export interface CheckedSettings<T> {
  /** The settings with the defaults of their class; only to be used when there are no faults. */
  readonly settings: T;
  /** Full sentences. They never quote values, which may be secrets. */
  readonly faults: readonly string[];
}

/**
 * How the administrator wrote the property at this path (`['limits', 'maxRows']`), which belongs to the object `owner`.
 * Undefined: its fault is already known.
 */
export type NameOfSetting = (path: readonly string[], owner: object) => string | undefined;

/**
 * Makes an instance of a class with class-validator's decorators and lists every fault at once: `limits.max_rows must be
 * a whole number from 1 to 10000000.`, `unknown setting "limit". Did you mean "limits"?` The caller puts the file and the
 * place before it.
 */
export function checkSettings<T extends object>(
  type: ClassConstructor<T>,
  plain: object,
  nameOf: NameOfSetting = nameInFile,
): CheckedSettings<T> {
  const settings = plainToInstance(type, plain);
  const errors = validateSync(settings, { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true });
  return { settings, faults: sentencesOf(errors, nameOf, []) };
}

/** `access[1].query_timeout_ms`: the keys of our YAML and JSON files are in snake_case. */
export function nameInFile(path: readonly string[]): string {
  return path.reduce(
    (name, key) => (/^\d+$/.test(key) ? `${name}[${key}]` : `${name}${name === '' ? '' : '.'}${snakeCase(key)}`),
    '',
  );
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}

/** The properties that class-validator knows of a class: its settings. */
export function settingsOf(type: object): readonly string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type as ClassConstructor<object>, '', true, false);
  return [...new Set(metadata.map(({ propertyName }) => propertyName))];
}

/** `where` names the setting as the administrator wrote it, with what holds it. */
export function unknownSetting(where: string, known: readonly string[]): string {
  const remedy = suggestion(where, known) ?? (known.length === 0 ? '' : `Known settings: ${known.join(', ')}.`);
  return `unknown setting "${where.slice(0, 200)}". ${remedy}`.trimEnd();
}

function sentencesOf(errors: readonly ValidationError[], nameOf: NameOfSetting, path: readonly string[]): string[] {
  return errors.flatMap(error => {
    const here = [...path, error.property];
    const owner = error.target ?? {};
    const own = Object.entries(error.constraints ?? {}).flatMap(([constraint, message]) => {
      const name = nameOf(here, owner);
      if (name === undefined) return [];
      if (constraint !== 'whitelistValidation') return [sentence(name, error.property, message)];
      return [unknownSetting(name, siblingsOf(path, owner, nameOf))];
    });
    return [...own, ...sentencesOf(error.children ?? [], nameOf, here)];
  });
}

function siblingsOf(path: readonly string[], owner: object, nameOf: NameOfSetting): readonly string[] {
  return settingsOf(owner.constructor).flatMap(property => nameOf([...path, property], owner) ?? []);
}

/** class-validator's own messages begin with the property; those of our decorators with the verb. */
function sentence(name: string, property: string, message: string): string {
  const each = `each value in ${property} `;
  const text = message.startsWith(each)
    ? `${name}: each value ${message.slice(each.length)}`
    : `${name} ${message.startsWith(`${property} `) ? message.slice(property.length + 1) : message}`;
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
