import { isObject } from '../../common/is-object.js';
import type { Answer } from '../../tools/tool.js';
import type { ClientMethod } from './client-capabilities.js';

/** Returns a client's answer to a request of the server, or undefined if its shape is wrong: it is untrusted input. */
export function readAnswer(method: ClientMethod, params: object, value: unknown): unknown {
  if (!isObject(value)) return undefined;
  switch (method) {
    case 'elicitation/create':
      return readFormAnswer((params as { requestedSchema?: unknown }).requestedSchema, value);
    case 'sampling/createMessage':
      return isObject(value.content) || Array.isArray(value.content) ? value : undefined;
    case 'roots/list':
      return Array.isArray(value.roots) ? value : undefined;
    default:
      return method satisfies never;
  }
}

function readFormAnswer(schema: unknown, value: Readonly<Record<string, unknown>>): Answer | undefined {
  const { action, content } = value;
  if (action === 'decline' || action === 'cancel') return { action };
  if (action !== 'accept') return undefined;
  // URL elicitation has no form, and its answer has no content.
  if (!isObject(schema)) return { action, content: {} };
  if (!isObject(content)) return undefined;
  return fits(schema, content) ? { action, content } : undefined;
}

/** Checks the flat schemas of elicitation: primitives, enumerations, and lists of these. Unknown keys are allowed. */
function fits(schema: Readonly<Record<string, unknown>>, content: Readonly<Record<string, unknown>>): boolean {
  const required = Array.isArray(schema.required) ? (schema.required as readonly string[]) : [];
  const properties = isObject(schema.properties) ? schema.properties : {};
  return (
    required.every(name => content[name] !== undefined) &&
    Object.entries(properties).every(
      ([name, property]) => content[name] === undefined || fitsProperty(property, content[name]),
    )
  );
}

function fitsProperty(schema: unknown, value: unknown): boolean {
  if (!isObject(schema)) return true;
  const choices = choicesOf(schema);
  if (choices !== undefined && !choices.includes(value)) return false;
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' && within(value.length, schema.minLength, schema.maxLength);
    case 'integer':
      return Number.isInteger(value) && within(value as number, schema.minimum, schema.maximum);
    case 'number':
      return typeof value === 'number' && within(value, schema.minimum, schema.maximum);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return (
        Array.isArray(value) &&
        within(value.length, schema.minItems, schema.maxItems) &&
        value.every(item => fitsProperty(schema.items, item))
      );
    default:
      return true;
  }
}

function choicesOf(schema: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  if (Array.isArray(schema.enum)) return schema.enum as unknown[];
  const titled = schema.oneOf ?? schema.anyOf;
  return Array.isArray(titled) ? titled.map(choice => (isObject(choice) ? choice.const : undefined)) : undefined;
}

function within(size: number, least: unknown, most: unknown): boolean {
  return (typeof least !== 'number' || size >= least) && (typeof most !== 'number' || size <= most);
}
