import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { OpenStream } from '../support/conformance/open-stream.js';
import { post, rpc } from '../support/conformance/wire.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { HELD, type Person, personOf } from '../support/handles-server.js';
import { LockedTable } from '../support/locked-table.js';
import { numbers } from '../support/numbers.js';
import { addUser, DEMO_USER } from '../support/oauth-server.js';
import { type StartedServer, startServer } from '../support/start-server.js';

const JSON_POST = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-11-25',
};
const EXPENSIVE = 'SELECT COUNT(*) AS n FROM dbo.Many AS a CROSS JOIN dbo.Many AS b WHERE a.n + b.n = -1';

describe('the question about the cost, where calls get handles', () => {
  let database: TestDatabase;
  let held: LockedTable;
  let server: StartedServer;
  let ann: Person;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`CREATE TABLE dbo.Many (n int NOT NULL)
GO
INSERT INTO dbo.Many SELECT value FROM ${numbers(1200)}
GO
CREATE PROCEDURE dbo.Pairs AS ${EXPENSIVE}`);
    held = await LockedTable.open(database);
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-cost-'));
    const knowledge = path.join(directory, 'knowledge.yaml');
    writeFileSync(knowledge, 'procedures: [{ name: pairs, title: Pairs, procedure: dbo.Pairs, reads: true }]');
    const { host, port, user, password, database: name } = database.config;
    const tenant = {
      path: '/demo',
      database: { host, port, user, password, database: name, trust_server_certificate: true },
      knowledge,
      limits: { max_query_cost: 2, long_queries: '10m', answer_within: '1s', lock_timeout: 0 },
      access: [{ user: DEMO_USER.username, cost_override: 1_000_000 }],
    };
    const tenants = path.join(directory, 'tenants.yaml');
    writeFileSync(tenants, stringify({ tenants: [tenant] }));
    server = await startServer({ database, env: { TENANTS_FILE: tenants, ENVIRONMENT_PATH: '', MSSQL_HOST: '' } });
    await addUser(path.join(server.directory, 'users.json'), DEMO_USER.username, DEMO_USER.password);
    ann = await personOf(server);
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await held?.close();
    await database?.close();
  });

  it.each([
    ['a statement', 'execute_sql', { query: EXPENSIVE }],
    ['a procedure', 'pairs', {}],
  ])('is answered for %s before there is a handle, however long the person takes', async (_what, name, args) => {
    const endpoint = `${server.url}/demo/sse`;
    const headers = { ...JSON_POST, ...ann.headers, 'user-agent': 'asks' };
    const initialize = { protocolVersion: '2025-11-25', capabilities: { elicitation: {} } };
    await post(endpoint, rpc('initialize', initialize), headers);
    const body = JSON.stringify(rpc('tools/call', { name, arguments: args }));
    const stream = await OpenStream.open(endpoint, headers, body);
    const question = await stream.message(({ method }) => method === 'elicitation/create');
    expect(question['params'].message).toContain('the limit is 2');
    // A whole call takes longer than ANSWER_WITHIN, and there is no handle meanwhile.
    await held.lock();
    expect(await ann.call('execute_sql', { query: HELD })).toMatchObject({ running: true });
    await held.release();
    expect(stream.messages.some(({ id }) => id === 1)).toBe(false);
    const result = { action: 'accept', content: { run: true } };
    await post(endpoint, { jsonrpc: '2.0', id: question['id'], result }, headers);
    const answer = (await stream.message(({ id }) => id === 1))['result'].structuredContent;
    const { rows } = answer.running === true ? await ann.fetch(answer.handle) : answer;
    expect(rows).toEqual([[0]]);
  });
});
