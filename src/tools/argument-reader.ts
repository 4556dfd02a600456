import { AppError } from '../common/app-error.js';
import { isObject } from '../common/is-object.js';
import { nearestNames } from '../common/nearest-names.js';
import type { JsonSchema } from './json-schema.js';

type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

interface Property {
  readonly name: string;
  readonly schema: JsonSchema;
  /** Undefined when the schema does not say, so that the value may be anything. */
  readonly types: ReadonlySet<JsonType> | undefined;
  readonly required: boolean;
  readonly admitsEmptyText: boolean;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const BOOLEAN = /^(?:true|false)$/i;
const MAX_FAULTS = 20;

/**
 * Reads the arguments of a call the way models write them: null and an empty text stand for an argument that is left
 * out, a text stands for the null, number, boolean, object, list or listed word that it spells, one text for a list of
 * it alone, and an empty list for an empty object (PHP writes both as []), wherever the tool's schema admits nothing
 * else. Values inside an argument, such as the parameters of a query, stay as they are.
 */
export class ArgumentReader {
  private readonly properties: ReadonlyMap<string, Property>;
  private readonly closed: boolean;

  constructor(inputSchema: JsonSchema) {
    const required = new Set(inputSchema['required'] as readonly string[] | undefined);
    const properties = Object.entries((inputSchema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
    this.properties = new Map(properties.map(([name, schema]) => [name, propertyOf(name, schema, required.has(name))]));
    this.closed = inputSchema['additionalProperties'] === false;
  }

  /** Throws AppError INVALID_ARGUMENT with each argument that is unknown, missing or of another type than expected. */
  read(args: object): object {
    const faults: string[] = [];
    const values: [string, unknown][] = [];
    for (const [name, given] of Object.entries(args)) {
      // Some clients fill in every argument they know of the tool, also those that this tenant doesn't offer.
      if (given === null && this.closed && !this.properties.has(name)) continue;
      const property = this.properties.get(name);
      const value = property === undefined ? given : understand(property, given);
      const fault = property === undefined ? this.unknown(name) : typeFault(property, value);
      if (fault !== undefined) faults.push(fault);
      if (value !== undefined) values.push([name, value]);
    }
    const present = new Set(values.map(([name]) => name));
    for (const property of this.properties.values()) {
      if (property.required && !present.has(property.name)) faults.push(missing(property));
    }
    if (faults.length === 0) return Object.fromEntries(values);
    const shown = faults.slice(0, MAX_FAULTS);
    throw new AppError('INVALID_ARGUMENT', `${shown.join('; ')}.`, { details: { faults: shown } });
  }

  private unknown(name: string): string | undefined {
    if (!this.closed) return undefined;
    const names = [...this.properties.keys()];
    const [near] = nearestNames(name.slice(0, 100), names, 1);
    const remedy = near === undefined ? `the arguments are ${names.join(', ')}` : `did you mean "${near}"?`;
    return `there is no argument ${JSON.stringify(name.slice(0, 100))} (${names.length === 0 ? 'the tool takes none' : remedy})`;
  }
}

function propertyOf(name: string, schema: JsonSchema, required: boolean): Property {
  const values = schema['enum'] as readonly unknown[] | undefined;
  const admitsEmptyText =
    values === undefined
      ? Number(schema['minLength'] ?? 0) === 0 && schema['pattern'] === undefined && schema['format'] === undefined
      : values.includes('');
  return { name, schema, types: typesOf(schema), required, admitsEmptyText };
}

function typesOf(schema: JsonSchema): ReadonlySet<JsonType> | undefined {
  const { type, anyOf, oneOf } = schema;
  if (type !== undefined) return new Set((Array.isArray(type) ? type : [type]) as JsonType[]);
  const options = (anyOf ?? oneOf) as readonly JsonSchema[] | undefined;
  if (options === undefined) return undefined;
  const all = new Set<JsonType>();
  for (const option of options) {
    const types = typesOf(option);
    if (types === undefined) return undefined;
    for (const each of types) all.add(each);
  }
  return all;
}

/** The value that is meant; undefined when the argument counts as left out. */
function understand(property: Property, value: unknown): unknown {
  const { schema, types, required, admitsEmptyText } = property;
  if (types === undefined) return value;
  if (value === null) return types.has('null') ? value : undefined;
  if (Array.isArray(value) && value.length === 0 && types.has('object') && !types.has('array')) return {};
  if (typeof value !== 'string') return value;
  if (types.has('string')) return value === '' && !required && !admitsEmptyText ? undefined : listed(schema, value);
  const text = value.trim();
  if (text === '') return required ? value : undefined;
  if (text.toLowerCase() === 'null') return types.has('null') ? null : undefined;
  return spelled(types, text) ?? (isAlone(schema, text) ? [value] : value);
}

/** Whether a text is the only member of the list that the schema wants, and not a list that is spelled wrong. */
function isAlone({ type, items }: JsonSchema, text: string): boolean {
  return type === 'array' && isObject(items) && items['type'] === 'string' && !/^\[\s*["{]|^\{/.test(text);
}

/** The word of an enumeration that is meant, however it is capitalised. */
function listed(schema: JsonSchema, text: string): unknown {
  const words = schema['enum'] as readonly unknown[] | undefined;
  if (words === undefined || words.includes(text)) return text;
  const plain = text.trim().toLowerCase();
  return words.find(word => typeof word === 'string' && word.toLowerCase() === plain) ?? text;
}

function spelled(types: ReadonlySet<JsonType>, text: string): unknown {
  if ((types.has('integer') || types.has('number')) && NUMBER.test(text)) return Number(text);
  if (types.has('boolean') && BOOLEAN.test(text)) return text.toLowerCase() === 'true';
  if ((types.has('object') && text.startsWith('{')) || (types.has('array') && text.startsWith('['))) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function typeFault({ name, schema, types }: Property, value: unknown): string | undefined {
  if (value === undefined || types === undefined || (isOneOf(types, value) && isWithin(schema, value)))
    return undefined;
  return `${name}: expected ${expectation(schema, types)}, but got ${kindOf(value)}`;
}

function missing({ name, schema, types }: Property): string {
  const { description } = schema;
  const what = typeof description === 'string' ? ` (${description})` : '';
  return `${name} is missing: expected ${expectation(schema, types)}${what}`;
}

function isOneOf(types: ReadonlySet<JsonType>, value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return types.has('string');
    case 'boolean':
      return types.has('boolean');
    case 'number':
      return types.has('number') || (types.has('integer') && Number.isInteger(value));
    default:
      if (value === null) return types.has('null');
      return Array.isArray(value) ? types.has('array') : types.has('object') && isObject(value);
  }
}

/** Whether a value of the right type is one that the schema allows, as far as `expectation` can say it. */
function isWithin(schema: JsonSchema, value: unknown): boolean {
  const { enum: words, minimum, maximum, minLength } = schema;
  if (Array.isArray(words) && typeof value === 'string') return words.includes(value);
  if (typeof value === 'number') return value >= Number(minimum ?? -Infinity) && value <= Number(maximum ?? Infinity);
  return value !== '' || minLength === undefined;
}

const NOUNS: Readonly<Record<JsonType, string>> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  array: 'a list',
  object: 'an object',
};

function expectation(schema: JsonSchema, types: ReadonlySet<JsonType> | undefined): string {
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].map(value => JSON.stringify(value)).join(', ')}`;
  if (types === undefined) return 'a value';
  const { minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined ? ` from ${String(minimum)} to ${String(maximum)}` : '';
  return `${[...types].map(type => NOUNS[type]).join(' or ')}${range}`;
}

function kindOf(value: unknown): string {
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'object') return value === null ? NOUNS.null : NOUNS[Array.isArray(value) ? 'array' : 'object'];
  if (typeof value === 'string') return value === '' ? 'an empty text' : NOUNS.string;
  return `the value ${String(value)}`;
}
