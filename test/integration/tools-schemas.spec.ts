import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccessLimits } from '../../src/common/principal.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

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
const FOUR = new Set(['list_tables', 'describe_table', 'execute_sql', 'get_table_sample']);

function subschemas(schema: Schema): Schema[] {
  const nested = [
    ...Object.values((schema['properties'] ?? {}) as Record<string, Schema>),
    ...((schema['anyOf'] ?? []) as Schema[]),
    ...(schema['items'] === undefined ? [] : [schema['items'] as Schema]),
  ];
  return [schema, ...nested.flatMap(subschemas)];
}

describe.each([
  ['a read-only tenant', { readOnly: true }, 'sql:read'],
  ['a tenant that writes', { readOnly: false }, 'sql:write'],
  ['a tenant with definitions', { knowledge: 'config/knowledge.example.yaml' }, 'sql:read'],
  ['a tenant with exports', { readOnly: true, exports: true }, 'sql:read'],
  [
    'a read-only tenant with everything',
    { exports: true, deepResearch: true, knowledge: 'config/knowledge.example.yaml' },
    'sql:read',
  ],
  [
    'a tenant that writes, with everything',
    { readOnly: false, exports: true, deepResearch: true, knowledge: 'config/knowledge.example.yaml' },
    'sql:write',
  ],
] as const)('the tools of %s', (_which, settings, scope) => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    tools = await toolServices(database, { settings: { ...settings } });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const listedFor = (access: AccessLimits) =>
    tools.registry.forPrincipal(tools.tenant, testPrincipal('ann', { highestScope: scope, access }));
  const listed = () => listedFor({ maySuggest: true, subjectAccess: true });
  /** Without special rights, and without what the tenant declares. */
  const ours = () => listedFor({}).filter(({ name }) => tools.registry.hasClass(name));

  it('have names, descriptions and input schemas that Gemini and OpenAI take', () => {
    expect(listed()).not.toEqual([]);
    for (const { name, description, inputSchema } of listed()) {
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
  });

  it('give no whole number the bounds of a double', () => {
    expect(JSON.stringify(listed())).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  it('are at most 14 of ours for a person who reads', () => {
    expect(ours().length).toBeLessThanOrEqual(scope === 'sql:read' ? 14 : 15);
    const names = listed().map(({ name }) => name);
    expect(names.includes('export_query')).toBe(tools.tenant.config.exports);
    expect(names.includes('search') && names.includes('fetch')).toBe(tools.tenant.config.deepResearch);
    expect(names.includes('run_query')).toBe(tools.tenant.config.knowledge !== undefined);
    expect(names.includes('suggest_definition')).toBe(tools.tenant.config.knowledge !== undefined);
  });

  it('take at most 14,000 bytes without their output schemas, and the four that read tables 5,000', () => {
    const sent = ours().map(({ outputSchema: _output, scope: _scope, ...tool }) => tool);
    expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThanOrEqual(14_000);
    const four = sent.filter(({ name }) => FOUR.has(name));
    expect(four).toHaveLength(4);
    expect(Buffer.byteLength(JSON.stringify(four))).toBeLessThanOrEqual(5_000);
  });

  it('take at most 900 bytes each for a trend and for the data of a person', () => {
    const sizes = listed()
      .filter(({ name }) => name === 'analyze_trends' || name === 'export_subject_data')
      .map(({ outputSchema: _output, scope: _scope, ...tool }) => Buffer.byteLength(JSON.stringify(tool)));
    expect(sizes).toHaveLength(tools.tenant.config.knowledge === undefined ? 1 : 2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(900);
  });

  it('declare how long a result may be to Claude Code', () => {
    const tool = listed().find(({ name }) => name === 'execute_sql');
    expect(tool?._meta).toEqual({ 'anthropic/maxResultSizeChars': tools.tenant.config.limits.maxResultBytes });
  });
});
