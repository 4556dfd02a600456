import { Drain } from '../../src/common/drain.js';
import { SessionPool } from '../../src/database/connection/session-pool.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { post, rpc, send } from '../support/conformance/wire.js';
import { startRedis } from '../support/redis.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { NO_SIGN_IN } from '../support/server-environment.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';

async function json(url: string): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const reply = await fetch(url);
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Record<string, unknown> };
}

describe('health', () => {
  let server: StartedServer;
  beforeAll(async () => {
    server = await startServer({ env: NO_SIGN_IN });
  });
  afterAll(() => server.close());

  it('has the fields that monitors read, and forbids caching', async () => {
    const { status, headers, body } = await json(`${server.url}/demo/health`);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      uptime_seconds: expect.any(Number),
      version: expect.stringMatching(/^2\.\d+\.\d+$/),
      protocol: 'MCP 2025-06-18',
      mcp_version: '2025-06-18',
      mcp_versions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
      transport: 'sse',
      oauth: 'enabled',
      database: { status: 'connected', name: server.database.config.database, read_only: true },
      read_only: true,
      tools: [
        'analyze_trends',
        'describe_object',
        'describe_table',
        'execute_sql',
        'explain_query',
        'get_table_sample',
        'list_tables',
        'search_schema',
        'slow_queries',
      ],
    });
    // With one tenant, paths without a prefix belong to it.
    expect((await json(`${server.url}/health`)).body).toMatchObject({ status: 'healthy' });
  });

  it('answers the probes of the process and of a tenant', async () => {
    for (const prefix of ['', '/demo']) {
      const live = await json(`${server.url}${prefix}/health/live`);
      expect([live.status, live.headers.get('cache-control'), live.body]).toEqual([200, 'no-store', { status: 'ok' }]);
      const ready = await json(`${server.url}${prefix}/health/ready`);
      expect([ready.status, ready.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(ready.body['info']).toEqual({
        serving: { status: 'up' },
        state_store: { status: 'up', kind: 'sqlite' },
        databases: { status: 'up', tenants: { demo: 'connected' } },
      });
    }
  });

  it.each([
    ['PUT', '/demo/sse', 'GET, POST, DELETE, HEAD, OPTIONS'],
    ['PATCH', '/demo/mcp', 'GET, POST, DELETE, HEAD, OPTIONS'],
    ['GET', '/demo/messages', 'POST, OPTIONS'],
    ['DELETE', '/demo/messages', 'POST, OPTIONS'],
    ['POST', '/demo/health', 'GET, HEAD'],
    ['DELETE', '/demo/health/ready', 'GET, HEAD'],
    ['PUT', '/health/live', 'GET, HEAD'],
  ])('answers %s %s with 405 and the allowed methods', async (method, path, allow) => {
    const reply = await send(server.url + path, method, {});
    expect([reply.status, reply.headers['allow']]).toEqual([405, allow]);
    expect(JSON.parse(reply.text)).toMatchObject({ error: 'METHOD_NOT_ALLOWED' });
  });

  it('is degraded but alive without its database, and shows no message of the driver', async () => {
    // Nothing listens on this port.
    const gone = await startServer({ env: { ...NO_SIGN_IN, MSSQL_PORT: '1' }, database: server.database });
    try {
      const { status, body } = await json(`${gone.url}/demo/health`);
      expect(status).toBe(503);
      expect(body).toMatchObject({ status: 'degraded', database: { status: 'disconnected' } });
      expect((await json(`${gone.url}/health/live`)).status).toBe(200);
      const ready = await json(`${gone.url}/health/ready`);
      expect(ready.status).toBe(503);
      expect(ready.body['error']).toEqual({ databases: { status: 'down', tenants: { demo: 'disconnected' } } });
      expect(JSON.stringify([body, ready.body])).not.toMatch(/ECONN|127\.0\.0\.1|tedious|socket|login/i);
      expect((await post(`${gone.url}/demo/sse`, rpc('tools/list'))).status).toBe(200);
    } finally {
      await gone.close();
    }
  });

  it('is connected while calls use all connections of the pool', async () => {
    const busy = await startServer({ env: { ...NO_SIGN_IN, POOL_MAX: '2' }, database: server.database });
    const sessions = busy.app.get(SessionPool);
    const tenant = busy.app.get(TenantsService).all()[0] as Tenant;
    const acquire = (person: string) => sessions.acquire(tenant, person, new AbortController().signal);
    const leases = [await acquire('ann'), await acquire('bob')];
    try {
      // Otherwise Kubernetes would remove every replica from its service under a few seconds of load.
      expect(await json(`${busy.url}/health/ready`)).toMatchObject({ status: 200 });
      expect(await json(`${busy.url}/demo/health`)).toMatchObject({ status: 200, body: { status: 'healthy' } });
    } finally {
      for (const lease of leases) lease.release();
      await busy.close();
    }
  }, 20_000);

  it('is not ready while it drains, but is still alive', async () => {
    const stopping = await startServer({ env: NO_SIGN_IN, database: server.database });
    try {
      stopping.app.get(Drain).begin();
      const ready = await json(`${stopping.url}/health/ready`);
      expect(ready.status).toBe(503);
      expect(ready.body['error']).toEqual({ serving: { status: 'down', message: 'draining' } });
      expect((await json(`${stopping.url}/health/live`)).status).toBe(200);
      // Calls are served until the port closes, but a new stream would have to end at once.
      expect((await post(`${stopping.url}/demo/sse`, rpc('ping'))).status).toBe(200);
      const refused = await OpenStream.open(`${stopping.url}/demo/sse`, { accept: 'text/event-stream' });
      expect(refused.status).toBe(503);
      refused.close();
    } finally {
      await stopping.close();
    }
  });
});

describeWith('redis-server', 'health without the state store', () => {
  it('is not ready until the store is back, although the database answers', async () => {
    const redis = await startRedis();
    const server = await startServer({ env: { ...NO_SIGN_IN, STATE_STORE: redis.url } });
    try {
      expect((await json(`${server.url}/health/ready`)).status).toBe(200);
      await redis.stop();
      const ready = await json(`${server.url}/health/ready`);
      expect(ready.status).toBe(503);
      expect(ready.body['error']).toEqual({ state_store: { status: 'down', kind: 'redis' } });
      expect((await json(`${server.url}/health/live`)).status).toBe(200);
      expect((await json(`${server.url}/demo/health`)).status).toBe(200);
      await redis.start();
      await until('it is ready again', async () => (await json(`${server.url}/health/ready`)).status === 200);
    } finally {
      await server.close();
      await redis.stop();
    }
  });
});
