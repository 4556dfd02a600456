import { z } from 'zod';
import { type JsonSchema, jsonSchemaOf } from '../json-schema.js';

const fields = {
  handle: z.string(),
  running: z.literal(true).describe('the result comes later: call get_result with this handle'),
  elapsed_ms: z.int().min(0),
  rows_so_far: z.int().min(0),
  note: z.string(),
};

const handle = z.strictObject(fields);

export type HandleOutput = z.infer<typeof handle>;

/** The output of get_result: the output of the tool that was called, or the handle while the call is running. */
export const resultOrHandle = z.looseObject({
  handle: z.string().optional(),
  running: fields.running.optional(),
  elapsed_ms: fields.elapsed_ms.optional(),
  rows_so_far: fields.rows_so_far.optional(),
  note: z.string().optional(),
});

/** Returns the schema of a tool that may return a handle instead of its output. */
export function orHandle(output: JsonSchema): JsonSchema {
  const { oneOf, ...others } = output;
  const alternatives: readonly unknown[] = Array.isArray(oneOf) ? oneOf : [others];
  const around = Array.isArray(oneOf) ? others : {};
  return { ...around, type: 'object', oneOf: [...alternatives, jsonSchemaOf(handle, 'output')] };
}
