import type { ToolSchema } from './tool.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * JSON Schema 2020-12 of a tool's input or output. MCP requires `type: object` at the top level (server/tools), and
 * clients drop all tools if one of them lacks it. A union of objects does not have it, so it is added.
 */
export function jsonSchemaOf(schema: ToolSchema, side: 'input' | 'output'): JsonSchema {
  const made: JsonSchema = schema['~standard'].jsonSchema[side]({ target: 'draft-2020-12' });
  return made['type'] === undefined && isUnionOfObjects(made) ? { ...made, type: 'object' } : made;
}

function isUnionOfObjects({ anyOf, oneOf }: JsonSchema): boolean {
  const options: unknown = anyOf ?? oneOf;
  return Array.isArray(options) && options.every(option => (option as JsonSchema | null)?.['type'] === 'object');
}
