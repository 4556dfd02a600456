import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { AppError } from '../../../src/common/app-error.js';
import type { ToolSchema } from '../../../src/tools/tool.js';
import { fixtureTool, NO_INPUT, PNG, text, WAV } from './fixture.js';

const image = { type: 'image', data: PNG, mimeType: 'image/png' } as const;

/** The suite compares every keyword of this schema. */
const JSON_SCHEMA_2020_12 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

/** A schema that does not come from zod: any Standard Schema with a JSON Schema is accepted. */
function standardSchema(jsonSchema: Record<string, unknown>): ToolSchema {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: value => ({ value }),
      jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
    },
  };
}

export const CONTENT_TOOLS = [
  fixtureTool('test_simple_text', NO_INPUT, async () => [text('This is a simple text response for testing.')]),
  fixtureTool('test_image_content', NO_INPUT, async () => [image]),
  fixtureTool('test_audio_content', NO_INPUT, async () => [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }]),
  fixtureTool('test_embedded_resource', NO_INPUT, async () => [
    {
      type: 'resource',
      resource: {
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      },
    },
  ]),
  fixtureTool('test_multiple_content_types', NO_INPUT, async () => [
    text('Multiple content types test:'),
    image,
    {
      type: 'resource',
      resource: {
        uri: 'test://mixed-content-resource',
        mimeType: 'application/json',
        text: JSON.stringify({ test: 'data', value: 123 }),
      },
    },
  ]),
  fixtureTool('test_error_handling', NO_INPUT, async () => {
    throw new AppError('SQL_ERROR', 'This tool intentionally returns an error for testing');
  }),
  fixtureTool('test_tool_with_logging', NO_INPUT, async (_args, call) => {
    call.log('info', 'Tool execution started');
    await delay(50);
    call.log('info', 'Tool processing data');
    await delay(50);
    call.log('info', 'Tool execution completed');
    return [text('Tool with logging executed successfully')];
  }),
  fixtureTool('test_logging_tool', NO_INPUT, async (_args, call) => {
    for (const step of ['begun', 'working', 'done']) call.log('info', step);
    return [text('Logged three times')];
  }),
  fixtureTool('test_tool_with_progress', NO_INPUT, async (_args, call) => {
    call.progress(0, 100);
    await delay(50);
    call.progress(50, 100);
    await delay(50);
    call.progress(100, 100);
    return [text('Tool with progress executed successfully')];
  }),
  fixtureTool('json_schema_2020_12_tool', standardSchema(JSON_SCHEMA_2020_12), async () => [text('ok')]),
  fixtureTool(
    'test_header_parameter',
    standardSchema({
      type: 'object',
      properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
      required: ['region'],
      additionalProperties: false,
    }),
    async args => [text(`Region: ${(args as { region: string }).region}`)],
  ),
  fixtureTool(
    'test_nested_header_parameter',
    standardSchema({
      type: 'object',
      properties: {
        target: {
          type: 'object',
          properties: {
            region: { type: 'string', 'x-mcp-header': 'Region' },
            shard: { type: 'integer', 'x-mcp-header': 'Shard' },
          },
        },
      },
      additionalProperties: false,
    }),
    async () => [text('Done')],
  ),
  fixtureTool('test_wait', z.strictObject({ ms: z.number().int().min(0).max(60_000) }), async ({ ms }, { signal }) => {
    await delay(ms, undefined, { signal }).catch(() => {
      throw new AppError('CANCELLED', 'The request was cancelled.');
    });
    return [text('Waited')];
  }),
  fixtureTool(
    'test_big_log',
    z.strictObject({ messages: z.number().int(), size: z.number().int() }),
    async (args, call) => {
      for (let i = 0; i < args.messages; i += 1) {
        call.log('info', 'x'.repeat(args.size));
        await delay(0);
      }
      return [text('Logged a lot')];
    },
  ),
];
