import { missingTexts } from '../common/discovered.js';
import { jsonSchemaOf } from './json-schema.js';
import type { ToolDefinition, ToolSchema } from './tool.js';

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const SCOPES: readonly string[] = ['sql:read', 'sql:write', 'sql:export'];

/**
 * The faults of a tool definition, as sentences for its author. They are found at start, because one tool that can't be
 * listed would make the whole list fail.
 */
export function faultsOf(definition: ToolDefinition): readonly string[] {
  return [
    ...(NAME.test(definition.name) ? [] : ['must have a name of 1 to 64 characters from A-Z, a-z, 0-9, _ and -']),
    ...missingTexts(definition, ['title', 'description']),
    ...(SCOPES.includes(definition.scope) ? [] : [`must have the scope ${SCOPES.join(' or ')}`]),
    ...schemaFaults(definition.input, 'input'),
    ...schemaFaults(definition.output, 'output'),
  ].map(fault => `the tool "${definition.name}" ${fault}`);
}

function schemaFaults(schema: ToolSchema | undefined, side: 'input' | 'output'): readonly string[] {
  const standard = schema?.['~standard'] as Partial<ToolSchema['~standard']> | undefined;
  if (schema === undefined || standard?.validate === undefined || standard.jsonSchema === undefined) {
    return [`must have an ${side} that is a Standard Schema and gives its JSON Schema, as zod 4's objects do`];
  }
  try {
    const { type } = jsonSchemaOf(schema, side);
    return type === 'object' ? [] : [`has an ${side} that is not an object`];
  } catch (error) {
    return [`has an ${side} without a JSON Schema: ${error instanceof Error ? error.message : 'it throws'}`];
  }
}
