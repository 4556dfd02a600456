import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { expectForModels } from '../support/model-schemas.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const FOUR = new Set(['list_tables', 'describe_table', 'execute_sql', 'get_table_sample']);

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

  const listed = () =>
    tools.registry.forPrincipal(
      tools.tenant,
      testPrincipal('ann', { highestScope: scope, access: { maySuggest: true } }),
    );

  it('have names, descriptions and input schemas that Gemini and OpenAI take', () => {
    expect(listed()).not.toEqual([]);
    for (const tool of listed()) expectForModels(tool);
  });

  it('give no whole number the bounds of a double', () => {
    expect(JSON.stringify(listed())).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  it('are at most 14', () => {
    const names = listed().map(({ name }) => name);
    expect(names.length).toBeLessThanOrEqual(14);
    expect(names.includes('export_query')).toBe(tools.tenant.config.exports);
    expect(names.includes('search') && names.includes('fetch')).toBe(tools.tenant.config.deepResearch);
    expect(names.includes('run_query')).toBe(tools.tenant.config.knowledge !== undefined);
    expect(names.includes('suggest_definition')).toBe(tools.tenant.config.knowledge !== undefined);
  });

  it('take at most 14,000 bytes without their output schemas, and the four that read tables 5,000', () => {
    const sent = listed().map(({ outputSchema: _output, scope: _scope, ...tool }) => tool);
    expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThanOrEqual(14_000);
    const four = sent.filter(({ name }) => FOUR.has(name));
    expect(four).toHaveLength(4);
    expect(Buffer.byteLength(JSON.stringify(four))).toBeLessThanOrEqual(5_000);
  });

  it('declare how long a result may be to Claude Code', () => {
    const tool = listed().find(({ name }) => name === 'execute_sql');
    expect(tool?._meta).toEqual({ 'anthropic/maxResultSizeChars': tools.tenant.config.limits.maxResultBytes });
  });
});
