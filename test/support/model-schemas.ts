import { expect } from '@jest/globals';
import type { ToolDescriptor } from '../../src/tools/tool.registry.js';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The members of a function's parameters that Gemini's API takes (https://ai.google.dev/api/caching#Schema); it refuses
 * the whole request for another one ("Unknown name"). `additionalProperties` is not among them, but its clients remove
 * it, and OpenAI's strict mode and MCP clients need it.
 */
const GEMINI_MEMBERS = new Set(
  (
    'type format title description nullable enum items minItems maxItems properties required minProperties ' +
    'maxProperties minimum maximum minLength maxLength pattern anyOf propertyOrdering default additionalProperties'
  ).split(' '),
);
const GEMINI_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
/** OpenAI's limits for functions (https://platform.openai.com/docs/api-reference/chat/create). */
const OPENAI_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const OPENAI_DESCRIPTION = 1_024;
const OPENAI_MAX_PROPERTIES = 100;
function subschemas(schema: Schema): Schema[] {
  const nested = [
    ...Object.values((schema['properties'] ?? {}) as Record<string, Schema>),
    ...((schema['anyOf'] ?? []) as Schema[]),
    ...(schema['items'] === undefined ? [] : [schema['items'] as Schema]),
  ];
  return [schema, ...nested.flatMap(subschemas)];
}

/** Fails unless the interfaces of Gemini and OpenAI take the tool. */
export function expectForModels({ name, description, inputSchema }: ToolDescriptor): void {
  expect(name).toMatch(GEMINI_NAME);
  expect(name).toMatch(OPENAI_NAME);
  expect(description.length).toBeLessThanOrEqual(OPENAI_DESCRIPTION);
  expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
  let properties = 0;
  for (const schema of subschemas(inputSchema)) {
    const unknown = Object.keys(schema).filter(member => !GEMINI_MEMBERS.has(member));
    expect([name, unknown]).toEqual([name, []]);
    const own = Object.keys((schema['properties'] ?? {}) as object);
    properties += own.length;
    for (const property of own) expect(property).toMatch(GEMINI_NAME);
    expect(own).toEqual(expect.arrayContaining((schema['required'] ?? []) as string[]));
    if (own.length > 0) expect(schema['type']).toBe('object');
    if (schema['type'] === 'array') expect(schema['items']).toBeDefined();
    if (schema['enum'] !== undefined) expect(schema['type']).toBe('string');
    expect(schema['anyOf'] ?? schema['type']).toBeDefined();
    expect([undefined, true, false]).toContain(schema['additionalProperties']);
  }
  expect(properties).toBeLessThanOrEqual(OPENAI_MAX_PROPERTIES);
}
