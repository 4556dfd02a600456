import { Module } from '@nestjs/common';
import Ajv from 'ajv/dist/2020.js';
import * as z from 'zod';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { fixtureTool, text } from '../support/conformance/fixture.js';
import { legacy, messagesOf, modern, post, rpc } from '../support/conformance/wire.js';
import { verifies } from '../support/verifies.js';

const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const EVERY_PAGE = 130;

@Module({
  providers: Array.from({ length: EVERY_PAGE }, (_, i) =>
    fixtureTool(`bulk_${String(i).padStart(3, '0')}`, z.strictObject({ n: z.number().max(9) }), async () => [
      text('x'),
    ]),
  ),
})
class ManyTools {}

interface Listed {
  readonly name: string;
  readonly inputSchema: Record<string, unknown>;
  readonly outputSchema: Record<string, unknown>;
  readonly [field: string]: unknown;
}

describe('features', () => {
  let server: FixtureServer;
  let url: string;
  beforeAll(async () => {
    server = await startFixtureServer({}, [ManyTools]);
    url = server.url;
  });
  afterAll(() => server.close());

  async function allTools(): Promise<readonly Listed[]> {
    const tools: Listed[] = [];
    let cursor: string | undefined;
    do {
      const { result } = (await legacy(url, '2025-06-18', 'tools/list', cursor === undefined ? {} : { cursor })).json;
      tools.push(...(result?.['tools'] as Listed[]));
      cursor = result?.['nextCursor'] as string | undefined;
    } while (cursor !== undefined);
    return tools;
  }

  it('lists every tool once over all pages, sorted by name', async () => {
    verifies('MCP-34', 'MCP-37');
    const names = (await allTools()).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(EVERY_PAGE);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort());
  });

  it('has the same cache hints on every page of a list in 2026-07-28', async () => {
    verifies('MCP-20', 'MCP-37');
    const first = (await modern(url, 'tools/list')).json.result;
    const second = (await modern(url, 'tools/list', { cursor: first?.['nextCursor'] })).json.result;
    expect(second).toMatchObject({
      ttlMs: first?.['ttlMs'],
      cacheScope: first?.['cacheScope'],
      resultType: 'complete',
    });
  });

  it('refuses cursors that it did not make for this list, and takes null and an empty text as none', async () => {
    verifies('MCP-30', 'MCP-37');
    const genuine = (await legacy(url, '2025-06-18', 'tools/list')).json.result?.['nextCursor'] as string;
    for (const cursor of ['bogus', 7, [], `${genuine}x`, `${genuine}=`, Buffer.from('100').toString('base64url')]) {
      expect((await legacy(url, '2025-06-18', 'tools/list', { cursor })).json.error?.code).toBe(-32602);
    }
    const first = (await legacy(url, '2025-06-18', 'tools/list')).json.result?.['tools'];
    for (const cursor of [null, '']) {
      expect((await legacy(url, '2025-06-18', 'tools/list', { cursor })).json.result?.['tools']).toEqual(first);
    }
    for (const list of ['prompts/list', 'resources/list', 'resources/templates/list']) {
      expect((await legacy(url, '2025-06-18', list, { cursor: genuine })).json.error?.code).toBe(-32602);
    }
  });

  it('describes every tool so that any client can use it', async () => {
    verifies('MCP-33', 'MCP-34');
    const ajv = new Ajv.default({ strict: false });
    const tools = await allTools();
    expect(tools).not.toEqual([]);
    for (const tool of tools) {
      expect(tool.name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      expect(tool).toMatchObject({ title: expect.any(String), description: expect.any(String) });
      expect(tool['annotations']).toMatchObject({
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
      });
      for (const schema of [tool.inputSchema, tool.outputSchema]) {
        expect(schema['type']).toBe('object');
        expect(() => ajv.compile(schema)).not.toThrow();
        expect(JSON.stringify(schema)).not.toMatch(/"\$ref":"(?!#)/);
      }
      expect(tool.inputSchema['additionalProperties']).toBe(false);
    }
  });

  it.each([...LEGACY, '2026-07-28'])('answers an unknown tool with -32602 in %s', async revision => {
    verifies('MCP-26');
    const params = { name: 'no_such_tool', arguments: {} };
    const reply =
      revision === '2026-07-28'
        ? await modern(url, 'tools/call', params)
        : await legacy(url, revision, 'tools/call', params);
    expect(reply).toMatchObject({ status: 200, json: { error: { code: -32602 } } });
  });

  it('reports invalid arguments as each revision requires', async () => {
    verifies('MCP-27', 'MCP-36');
    const params = { name: 'bulk_000', arguments: { n: 'many', more: 1 } };
    for (const revision of ['2024-11-05', '2025-03-26', '2025-06-18']) {
      expect((await legacy(url, revision, 'tools/call', params)).json.error?.code).toBe(-32602);
    }
    for (const { json } of [
      await legacy(url, '2025-11-25', 'tools/call', params),
      await modern(url, 'tools/call', params),
    ]) {
      expect(json.result).toMatchObject({ isError: true });
      expect(json.result?.['content'][0].text).toContain('INVALID_ARGUMENT');
    }
  });

  it('refuses a call whose name or arguments have the wrong type', async () => {
    verifies('MCP-36');
    for (const params of [
      {},
      { name: 7 },
      { name: 'bulk_000', arguments: [] },
      { name: 'bulk_000', arguments: 'n=1' },
    ]) {
      expect((await legacy(url, '2025-11-25', 'tools/call', params)).json.error?.code).toBe(-32602);
    }
  });

  it('reports a failed tool to the model as a result without structured content', async () => {
    verifies('MCP-28', 'MCP-35');
    for (const revision of LEGACY) {
      const { result } = (await legacy(url, revision, 'tools/call', { name: 'test_error_handling' })).json;
      expect(result).toMatchObject({ isError: true });
      expect(result).not.toHaveProperty('structuredContent');
      expect(JSON.parse(result?.['content'][0].text)).toMatchObject({ error: { code: 'SQL_ERROR' } });
    }
  });

  it('returns structured content that matches the output schema, in every revision', async () => {
    verifies('MCP-35');
    const tool = (await allTools()).find(({ name }) => name === 'test_simple_text') as Listed;
    const validate = new Ajv.default({ strict: false }).compile(tool.outputSchema);
    for (const revision of LEGACY) {
      const { result } = (await legacy(url, revision, 'tools/call', { name: 'test_simple_text' })).json;
      expect(validate(result?.['structuredContent'])).toBe(true);
    }
  });

  it('reports a resource that does not exist as each revision requires', async () => {
    verifies('MCP-29');
    for (const uri of ['test://nothing', 'mssql://database/tables/dbo/Nothing', 'mssql://database/tables/../schema']) {
      for (const revision of LEGACY) {
        const { error } = (await legacy(url, revision, 'resources/read', { uri })).json;
        expect(error).toMatchObject({ code: -32002, data: { uri } });
      }
      expect((await modern(url, 'resources/read', { uri })).json.error).toMatchObject({ code: -32602, data: { uri } });
    }
  });

  it('decodes the names in a URI, and returns text or base64', async () => {
    verifies('MCP-42');
    const read = async (uri: string) =>
      (await legacy(url, '2025-06-18', 'resources/read', { uri })).json.result?.['contents'][0];
    expect(JSON.parse((await read('mssql://database/tables/sales/Order%20Lines')).text)).toMatchObject({
      schema: 'sales',
      table: 'Order Lines',
    });
    expect(JSON.parse((await read('mssql://database/schema')).text).tables).toContainEqual(
      expect.objectContaining({ name: 'Order Lines', uri: 'mssql://database/tables/sales/Order%20Lines' }),
    );
    const { blob } = await read('test://static-binary');
    expect(Buffer.from(blob, 'base64').toString('base64')).toBe(blob);
  });

  it('refuses URIs that are only similar to those of the server', async () => {
    verifies('MCP-42');
    for (const uri of [
      'mssql://database/tables/dbo/a/b',
      'mssql://database/tables/dbo/',
      'mssql://database/tables/%ZZ/x',
      'mssql://database/tables/dbo/Orders?x=1',
      'MSSQL://database/schema',
      'file:///etc/passwd',
    ]) {
      expect((await legacy(url, '2025-06-18', 'resources/read', { uri })).json.error?.code).toBe(-32002);
    }
  });

  it('checks prompts and their arguments', async () => {
    verifies('MCP-30');
    const get = (params: object) => legacy(url, '2025-06-18', 'prompts/get', params);
    for (const params of [
      { name: 'nothing' },
      {},
      { name: 'write_query' },
      { name: 'write_query', arguments: { question: 7 } },
      { name: 'write_query', arguments: 'x' },
    ]) {
      expect((await get(params)).json.error?.code).toBe(-32602);
    }
    const { result } = (await get({ name: 'write_query', arguments: { question: 'How many?', table: 'dbo.Orders' } }))
      .json;
    expect(result?.['messages'][0].content.text).toMatch(/How many\?[\s\S]*dbo\.Orders/);
  });

  it('lists the prompts of the documentation', async () => {
    const { result } = (await legacy(url, '2025-06-18', 'prompts/list')).json;
    const names = (result?.['prompts'] as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['explain_slow_query', 'explore_database', 'write_query']));
  });

  it('completes names of the database', async () => {
    verifies('MCP-41');
    const complete = async (ref: object, name: string, value: string, context?: object) =>
      (await legacy(url, '2025-06-18', 'completion/complete', { ref, argument: { name, value }, context })).json
        .result?.['completion'];
    const write = { type: 'ref/prompt', name: 'write_query' };
    const table = { type: 'ref/resource', uri: 'mssql://database/tables/{schema}/{table}' };
    expect(await complete({ type: 'ref/prompt', name: 'explore_database' }, 'schema', 'S')).toEqual({
      values: ['sales'],
      total: 1,
      hasMore: false,
    });
    expect((await complete(write, 'table', 'ord')).values).toEqual(['dbo.Orders', 'sales.[Order Lines]']);
    const dbo = { arguments: { table: 'dbo.Orders' } };
    expect((await complete(write, 'columns', 'Id', dbo)).values).toEqual(['Id', 'Identity']);
    expect((await complete(write, 'columns', 'Id, na', dbo)).values).toEqual(['Id, Name']);
    expect((await complete(write, 'columns', '', { arguments: { table: 'dbo.Nothing' } })).values).toEqual([]);
    expect((await complete(table, 'schema', 'd')).values).toEqual(['dbo']);
    expect((await complete(table, 'table', 'C', { arguments: { schema: 'dbo' } })).values).toEqual(['Customers']);
  });

  it('returns at most 100 completions, and says that there are more', async () => {
    verifies('MCP-41');
    const { result } = (
      await legacy(url, '2025-06-18', 'completion/complete', {
        ref: { type: 'ref/resource', uri: 'mssql://database/tables/{schema}/{table}' },
        argument: { name: 'table', value: 'Year' },
      })
    ).json;
    expect(result?.['completion']).toMatchObject({ total: 120, hasMore: true });
    expect(result?.['completion'].values).toHaveLength(100);
  });

  it('refuses completions for a prompt or resource that does not exist', async () => {
    verifies('MCP-30', 'MCP-41');
    const argument = { name: 'x', value: '' };
    for (const params of [
      {},
      { ref: { type: 'ref/prompt', name: 'nothing' }, argument },
      { ref: { type: 'ref/resource', uri: 'test://nothing' }, argument },
      { ref: { type: 'ref/tool', name: 'x' }, argument },
      { ref: { type: 'ref/prompt', name: 'write_query' } },
      { ref: { type: 'ref/prompt', name: 'write_query' }, argument: { name: 'table', value: 7 } },
    ]) {
      expect((await legacy(url, '2025-06-18', 'completion/complete', params)).json.error?.code).toBe(-32602);
    }
  });

  it('reports increasing progress with the token of the call before the response', async () => {
    verifies('MCP-38');
    const reply = await post(
      url,
      rpc('tools/call', { name: 'test_tool_with_progress', _meta: { progressToken: 'p' } }),
      { 'mcp-protocol-version': '2025-06-18' },
    );
    expect(reply.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    const messages = messagesOf(reply);
    const progress = messages.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params);
    expect(progress.map(({ progress }) => progress)).toEqual([0, 50, 100]);
    expect(new Set(progress.map(({ progressToken }) => progressToken))).toEqual(new Set(['p']));
    expect(messages.at(-1)).toMatchObject({ id: 1, result: {} });
  });

  it('reports no progress without a token, or to a client that accepts only JSON', async () => {
    verifies('MCP-38');
    const call = (meta: object, headers: Readonly<Record<string, string>>) =>
      post(url, rpc('tools/call', { name: 'test_tool_with_progress', ...meta }), headers);
    for (const reply of [
      await call({}, {}),
      await call({ _meta: { progressToken: { not: 'a token' } } }, {}),
      await call({ _meta: { progressToken: 1 } }, { accept: 'application/json' }),
    ]) {
      expect(reply.headers['content-type']).toBe('application/json');
      expect(reply.json.result).toBeDefined();
    }
  });

  it('sends log messages from the level that the client set', async () => {
    verifies('MCP-40');
    const agent = { 'user-agent': 'logging-test', 'mcp-protocol-version': '2025-06-18' };
    const levels = async () => {
      const reply = await post(url, rpc('tools/call', { name: 'test_logging_tool' }), agent);
      return messagesOf(reply).filter(({ method }) => method === 'notifications/message').length;
    };
    expect((await post(url, rpc('logging/setLevel', { level: 'warning' }), agent)).json.result).toEqual({});
    expect(await levels()).toBe(0);
    expect((await post(url, rpc('logging/setLevel', { level: 'debug' }), agent)).json.result).toEqual({});
    expect(await levels()).toBe(3);
    for (const level of ['loud', 7, undefined, 'toString']) {
      expect((await post(url, rpc('logging/setLevel', { level }), agent)).json.error?.code).toBe(-32602);
    }
  });

  it('sends log messages in 2026-07-28 only for a request that sets a level', async () => {
    verifies('MCP-30', 'MCP-40');
    const call = (level?: string) =>
      modern(
        url,
        'tools/call',
        { name: 'test_logging_tool' },
        { meta: level === undefined ? {} : { 'io.modelcontextprotocol/logLevel': level } },
      );
    expect((await call()).headers['content-type']).toBe('application/json');
    expect(messagesOf(await call('debug')).filter(({ method }) => method === 'notifications/message')).toHaveLength(3);
    expect((await call('error')).headers['content-type']).toBe('application/json');
    expect((await call('loud')).json.error?.code).toBe(-32602);
  });
});
