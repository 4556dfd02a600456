import { z } from 'zod';
import type { ToolSchema } from '../tool.js';

/** MCP requires an object at the top level of an output schema, and a union is not one. */
export function objectWithOneOf<T>(options: readonly [z.ZodType<T>, ...z.ZodType<T>[]]): ToolSchema<T> {
  const union = z.union(options);
  const alternatives = (): object[] =>
    options.map(option => {
      const { $schema: _schema, ...schema } = z.toJSONSchema(option) as Record<string, unknown>;
      return schema;
    });
  const jsonSchema = (): Record<string, unknown> => ({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    oneOf: alternatives(),
  });
  return {
    '~standard': { ...union['~standard'], jsonSchema: { input: jsonSchema, output: jsonSchema } },
  } as ToolSchema<T>;
}
