import { randomBytes } from 'node:crypto';
import { Drain } from '../../src/common/drain.js';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import { HELD, type HandlesServer, type Person, personOf, startHandlesServer } from '../support/handles-server.js';
import { RunningStatements } from '../support/running-statements.js';
import { startServer } from '../support/start-server.js';
import { until } from '../support/until.js';

const PROGRAM = 'mssql-mcp-server/demo';

describe('a statement with a handle', () => {
  let server: HandlesServer;
  let running: RunningStatements;
  beforeAll(async () => {
    server = await startHandlesServer();
    running = await RunningStatements.open(server.database);
  }, 60_000);
  beforeEach(() => server.held.lock());
  afterEach(() => server.held.release());
  afterAll(async () => {
    await running.close();
    await server.close();
  });

  const begin = async (person: Person): Promise<string> => {
    const { handle } = await person.call('execute_sql', { query: HELD });
    expect(handle).toEqual(expect.any(String));
    await running.count(1, PROGRAM);
    return handle as string;
  };
  const metric = async (line: RegExp): Promise<string | undefined> =>
    line.exec((await server.app.get(MetricsService).render()).body)?.[1];

  it('ends when its grant is revoked, and its result is deleted', async () => {
    const ann = await server.person();
    const handle = await begin(ann);
    await server.held.release();
    expect(await ann.fetch(handle)).toMatchObject({ row_count: 3 });
    await server.held.lock();
    const other = await begin(ann);
    await ann.revoke();
    await running.count(0, PROGRAM);
    const again = await server.person();
    for (const id of [handle, other]) {
      await until('it is deleted', async () => (await again.fetch(id))['error'] !== undefined);
      expect(await again.fetch(id)).toMatchObject({ error: { code: 'HANDLE_EXPIRED' } });
    }
    expect(await metric(/mcp_handles_total\{tenant="demo",outcome="revoked"\} (\d+)/)).toBe('1');
    expect(await metric(/mcp_handles_running\{tenant="demo"\} (\d+)/)).toBe('0');
  });

  it('goes on after its token has expired, as long as the grant stands', async () => {
    const brief = await server.person({ expiresIn: 5 });
    const handle = await begin(brief);
    await until(
      'the token has expired',
      async () => (await brief.call('get_result', { handle }).catch(() => 'refused')) === 'refused',
      20_000,
    );
    const fresh = await server.person();
    // After a change of the users AccessWatch checks every token at its next look, within a second.
    await server.person({ user: 'carol' });
    for (let look = 0; look < 3; look += 1) {
      expect(await fresh.call('get_result', { handle })).toMatchObject({ running: true });
    }
    await server.held.release();
    expect(await fresh.fetch(handle)).toMatchObject({ row_count: 3 });
  }, 30_000);

  it('is stopped with the server, which says so while it drains, and its handle is unknown after the restart', async () => {
    const env = {
      STATE_KEY: randomBytes(32).toString('base64'),
      LONG_QUERIES: '10m',
      ANSWER_WITHIN: '1s',
      LOCK_TIMEOUT: '0',
    };
    const first = await startServer({ database: server.database, env });
    const state = {
      ...env,
      STATE_STORE: `sqlite:${first.directory}/state.db`,
      USERS_FILE: `${first.directory}/users.json`,
    };
    await server.addUserTo(first);
    const ann = await personOf(first);
    const { handle } = await ann.call('execute_sql', { query: HELD });
    first.app.get(Drain).begin();
    await running.count(0, PROGRAM);
    expect(await ann.fetch(handle)).toMatchObject({
      error: { code: 'HANDLE_EXPIRED', message: expect.stringContaining('restarted') },
    });
    await first.close();
    const second = await startServer({ database: server.database, env: state });
    expect(await (await personOf(second)).fetch(handle)).toMatchObject({
      error: { code: 'HANDLE_EXPIRED', hint: expect.stringContaining('again') },
    });
    await second.close();
  }, 60_000);
});

describe('a tenant without LONG_QUERIES', () => {
  let server: HandlesServer;
  beforeAll(async () => {
    server = await startHandlesServer({ env: { LONG_QUERIES: 'off', QUERY_TIMEOUT_MS: '1500' } });
  }, 60_000);
  afterAll(() => server.close());

  it('ends the statement at QUERY_TIMEOUT_MS, and the error names the setting', async () => {
    await server.held.lock();
    const ann = await server.person();
    expect(await ann.call('execute_sql', { query: HELD })).toMatchObject({
      error: {
        code: 'TIMEOUT',
        message: expect.stringContaining('1500 ms'),
        hint: expect.stringContaining('LONG_QUERIES'),
      },
    });
  });

  it('has neither get_result nor tasks nor handles in its schemas', async () => {
    const ann = await server.person();
    const { json } = await ann.modern('tools/list', {});
    const tools = json.result?.['tools'] as { name: string; outputSchema: object }[];
    expect(tools.map(({ name }) => name)).toContain('execute_sql');
    expect(tools.map(({ name }) => name)).not.toContain('get_result');
    expect(JSON.stringify(tools)).not.toContain('elapsed_ms');
    const discovered = await ann.modern('server/discover', {});
    expect(discovered.json.result?.['capabilities']).not.toHaveProperty('extensions');
    expect(await ann.modern('tasks/get', { taskId: 'x' })).toMatchObject({
      status: 404,
      json: { error: { code: -32601 } },
    });
  });
});
