import type { ToolSchema } from './tool.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * JSON Schema 2020-12 of a tool's input or output. MCP requires `type: object` at the top level (server/tools), and
 * clients drop all tools if one of them lacks it. A union of objects does not have it, so it is added.
 */
export function jsonSchemaOf(schema: ToolSchema, side: 'input' | 'output'): JsonSchema {
  const { jsonSchema, vendor } = schema['~standard'];
  const given: JsonSchema = jsonSchema[side]({ target: 'draft-2020-12' });
  // What an author wrote is published as it is; what zod makes of a type is ours to shorten.
  const made = vendor === 'zod' ? (concise(given) as JsonSchema) : given;
  return made['type'] === undefined && isUnionOfObjects(made) ? { ...made, type: 'object' } : made;
}

function isUnionOfObjects({ anyOf, oneOf }: JsonSchema): boolean {
  const options: unknown = anyOf ?? oneOf;
  return Array.isArray(options) && options.every(option => (option as JsonSchema | null)?.['type'] === 'object');
}

/** Members whose value is a map from names to schemas, and members whose value is data. */
const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'patternProperties', 'dependentSchemas']);
const DATA: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required']);

/**
 * Leaves out what tells a model nothing and what some models' programs refuse: `$schema` (2020-12 is MCP's default),
 * `propertyNames` (Gemini's API: "Unknown name"), a schema that admits everything, and the bounds that zod gives every
 * whole number. The input is validated by the tool's own schema all the same.
 */
function concise(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(concise);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([name, value]) => !isNoise(name, value));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      if (DATA.has(name)) return [name, value];
      if (!MAPS.has(name)) return [name, concise(value)];
      return [name, Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, concise(each)]))];
    }),
  );
}

function isNoise(name: string, value: unknown): boolean {
  switch (name) {
    case '$schema':
    case 'propertyNames':
      return true;
    case 'minimum':
      return value === Number.MIN_SAFE_INTEGER;
    case 'maximum':
      return value === Number.MAX_SAFE_INTEGER;
    case 'additionalProperties':
      return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    default:
      return false;
  }
}
