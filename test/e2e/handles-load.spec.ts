import { SessionPool } from '../../src/database/connection/session-pool.js';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { HELD, type HandlesServer, startHandlesServer } from '../support/handles-server.js';
import { RunningStatements } from '../support/running-statements.js';

const PEOPLE = 20;
const EACH = 10;
const POOL = 16;
const LIMIT_MS = 240_000;
const PROGRAM = 'mssql-mcp-server/demo';

describe('200 statements of 20 people that take longer than their clients wait', () => {
  let server: HandlesServer;
  let running: RunningStatements;
  beforeAll(async () => {
    server = await startHandlesServer({ env: { POOL_MAX: String(POOL) } });
    running = await RunningStatements.open(server.database);
    await server.held.lock();
  }, 60_000);
  afterAll(async () => {
    await running.close();
    await server.close();
  });

  it(
    'all come to an end on half of the connections, while statements of others are answered',
    async () => {
      const tenant = server.app.get(TenantsService).byName('demo');
      if (tenant === undefined) throw new Error('the tenant is missing');
      const places = server.app.get(SessionPool).placesForLong(tenant);
      const names = Array.from({ length: PEOPLE }, (_, index) => `person${index}`);
      const people = await Promise.all(names.map(user => server.person({ user })));
      const other = await server.person({ user: 'other' });
      const long = people.flatMap(person => Array.from({ length: EACH }, () => person.result(HELD)));
      let ended = 0;
      for (const result of long) void result.then(() => (ended += 1));
      // Nobody of the 200 can end now, so each of these answers comes while they run or wait.
      for (let n = 0; n < 5; n += 1) expect(await other.result(`SELECT ${n} AS n`)).toMatchObject({ rows: [[n]] });
      await running.count(POOL / 2, PROGRAM, LIMIT_MS);
      expect([places.used, ended]).toEqual([POOL / 2, 0]);
      expect(await other.result('SELECT 5 AS n')).toMatchObject({ rows: [[5]] });
      await server.held.release();
      for (const result of await Promise.all(long)) expect(result).toMatchObject({ rows: [[1], [2], [3]] });
      await running.count(0, PROGRAM);
      expect([places.used, places.queued]).toEqual([0, 0]);
      expect(server.app.get(SessionPool).usage(tenant)).toEqual({ used: 0, waiting: 0 });
      const { body } = await server.app.get(MetricsService).render();
      expect(/mcp_handles_running\{tenant="demo"\} (\d+)/.exec(body)?.[1]).toBe('0');
      // On a busy machine statements of others get handles, too.
      const done = /mcp_handles_total\{tenant="demo",outcome="done"\} (\d+)/.exec(body)?.[1];
      expect(Number(done)).toBeGreaterThanOrEqual(PEOPLE * EACH);
      expect(body.match(/^mcp_handles_total\{/gm)).toHaveLength(1);
    },
    LIMIT_MS,
  );
});
