import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { post, rpc } from '../support/conformance/wire.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { signIn } from '../support/oauth-login.js';
import { addUser, DEMO_USER } from '../support/oauth-server.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

const TABLE = 'mssql://database/tables/sales/Orders';
const SCHEMA = 'mssql://database/schema';
const TEMPLATE = 'mssql://database/tables/{schema}/{table}';

/** The resources, prompts and completions that a list of tools removes. */
describe('a list of tools', () => {
  let database: TestDatabase;
  let server: StartedServer;

  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    const tenant = (name: string, more: object) => ({
      path: `/${name}`,
      database: {
        host: '127.0.0.1',
        port: database.config.port,
        user: database.config.user,
        password: database.config.password,
        database: database.config.database,
        trust_server_certificate: true,
      },
      ...more,
    });
    const tenants = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-tenants-')), 'tenants.yaml');
    const access = [
      { user: DEMO_USER.username, scope: 'sql:read' },
      { user: 'narrow', scope: 'sql:read', tools: ['execute_sql'] },
    ];
    writeFileSync(
      tenants,
      stringify({ tenants: [tenant('whole', { access }), tenant('narrow', { tools: ['execute_sql'] })] }),
    );
    server = await startServer({
      database,
      env: {
        ENVIRONMENT_PATH: '',
        TENANTS_FILE: tenants,
      },
    });
    for (const name of [DEMO_USER.username, 'narrow']) {
      await addUser(path.join(server.directory, 'users.json'), name, DEMO_USER.password);
    }
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const clientOf = async (tenant: string, username: string) => {
    const { password } = DEMO_USER;
    const { accessToken } = await signIn({ url: server.url, tenant, username, password, grant: 'sql:read' });
    const headers = { 'mcp-protocol-version': '2025-06-18', authorization: `Bearer ${accessToken}` };
    return async (method: string, params: object = {}) =>
      (await post(`${server.url}/${tenant}/mcp`, rpc(method, params), headers)).json;
  };

  const completion = (ref: object, name: string) => ({ ref, argument: { name, value: '' } });

  it.each([
    ['of the tenant', 'narrow', DEMO_USER.username],
    ['of the person', 'whole', 'narrow'],
  ])('%s also limits resources, prompts and completions', async (_whose, tenant, username) => {
    const ask = await clientOf(tenant, username);
    expect((await ask('resources/list')).result).toEqual({ resources: [] });
    expect((await ask('resources/templates/list')).result).toEqual({ resourceTemplates: [] });
    expect((await ask('prompts/list')).result).toEqual({ prompts: [] });
    for (const uri of [TABLE, SCHEMA]) {
      expect((await ask('resources/read', { uri })).error).toMatchObject({ code: -32002 });
      expect((await ask('resources/subscribe', { uri })).error).toMatchObject({ code: -32002 });
    }
    expect((await ask('prompts/get', { name: 'explore_database' })).error).toEqual({
      code: -32602,
      message: 'There is no prompt "explore_database".',
    });
    for (const params of [
      completion({ type: 'ref/resource', uri: TEMPLATE }, 'table'),
      completion({ type: 'ref/prompt', name: 'write_query' }, 'table'),
    ]) {
      const answer = await ask('completion/complete', params);
      expect(answer.error).toMatchObject({ code: -32602 });
      expect(JSON.stringify(answer)).not.toContain('Orders');
    }
  });

  it('does not limit a person without such a list', async () => {
    const ask = await clientOf('whole', DEMO_USER.username);
    const { result } = await ask('resources/read', { uri: TABLE });
    expect(JSON.stringify(result)).toContain('CustomerID');
    const { result: names } = await ask(
      'completion/complete',
      completion({ type: 'ref/resource', uri: TEMPLATE }, 'table'),
    );
    expect(JSON.stringify(names)).toContain('Orders');
    expect(JSON.stringify((await ask('prompts/list')).result)).toContain('explore_database');
  });

  it('leaves every target, person and outcome in the audit trail', async () => {
    const ask = await clientOf('whole', DEMO_USER.username);
    await ask('resources/read', { uri: TABLE });
    await ask('prompts/get', { name: 'explore_database' });
    await ask('completion/complete', completion({ type: 'ref/prompt', name: 'write_query' }, 'table'));
    const lines = () =>
      wholeLines(readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8')).map(
        line => JSON.parse(line) as Record<string, unknown>,
      );
    const outcomes = () =>
      lines()
        .filter(line => line.type === 'outcome' && line.principal === DEMO_USER.username)
        .map(({ tool, target, outcome }) => ({ tool, target, outcome }));
    await until('the completion is in the trail', () =>
      outcomes().some(({ target, outcome }) => target === 'write_query table' && outcome === 'ok'),
    );
    expect(outcomes()).toEqual(
      expect.arrayContaining([
        { tool: 'resources/read', target: TABLE, outcome: 'ok' },
        { tool: 'prompts/get', target: 'explore_database', outcome: 'ok' },
        { tool: 'completion/complete', target: 'write_query table', outcome: 'ok' },
      ]),
    );
  });
});
