import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { testTenant } from '../../test/support/database.js';
import { Drain } from '../common/drain.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import { DatabaseStatus } from '../database/connection/database-status.js';
import { SqliteStateStore } from '../state/sqlite.state-store.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { ReadinessIndicators } from './readiness.indicators.js';
import { ReadinessService } from './readiness.service.js';

const tenants = ['sales', 'hr'].map(name => testTenant(new DatabaseConfig(), { name }));

/** A store that does not answer; its error contains text that must not be shown. */
const AWAY = {
  kind: 'redis',
  ping: () => Promise.reject(new Error('connect ECONNREFUSED redis://:secret@10.0.0.7:6379')),
} as unknown as StateStore;

describe('readiness', () => {
  const drain = new Drain();
  const store = new SqliteStateStore(':memory:');
  afterAll(() => store.close());

  const checkWith = async (
    connected: readonly string[],
    { state = store as StateStore, only }: { state?: StateStore; only?: string } = {},
  ) => {
    const databases: Pick<DatabaseStatus, 'check'> = {
      check: async ({ name }) => ({
        status: connected.includes(name) ? 'connected' : 'disconnected',
        name: 'Shop',
        missing: [],
        unavailable: [],
        writable: [],
      }),
    };
    const module = await Test.createTestingModule({
      imports: [TerminusModule.forRoot({ logger: false })],
      providers: [
        ReadinessIndicators,
        ReadinessService,
        { provide: Drain, useValue: drain },
        { provide: DatabaseStatus, useValue: databases },
        { provide: TenantsService, useValue: { all: () => tenants } },
        { provide: STATE_STORE, useValue: state },
      ],
    }).compile();
    return module.get(ReadinessService).check(only === undefined ? undefined : tenants.filter(t => t.name === only));
  };

  it('is reported when everything answers', async () => {
    expect(await checkWith(['sales', 'hr'])).toMatchObject({
      ready: true,
      report: {
        status: 'ok',
        details: {
          serving: { status: 'up' },
          state_store: { status: 'up', kind: 'sqlite' },
          databases: { status: 'up', tenants: { sales: 'connected', hr: 'connected' } },
        },
      },
    });
  });

  it('is reported while the database of one tenant still answers, and the report names the other', async () => {
    expect(await checkWith(['hr'])).toMatchObject({
      ready: true,
      report: { details: { databases: { tenants: { sales: 'disconnected', hr: 'connected' } } } },
    });
  });

  it('is not reported when no database answers', async () => {
    expect(await checkWith([])).toMatchObject({ ready: false, report: { error: { databases: { status: 'down' } } } });
  });

  it('depends only on the database of the tenant when it is asked for one tenant', async () => {
    expect((await checkWith(['hr'], { only: 'sales' })).ready).toBe(false);
    expect((await checkWith(['sales'], { only: 'sales' })).ready).toBe(true);
  });

  it('is not reported without the state store, and the report does not quote the error', async () => {
    const { ready, report } = await checkWith(['sales', 'hr'], { state: AWAY });
    expect(ready).toBe(false);
    expect(report).toMatchObject({ error: { state_store: { status: 'down', kind: 'redis' } } });
    expect(JSON.stringify(report)).not.toMatch(/secret|ECONNREFUSED|10\.0/);
  });

  it('is not reported from the moment at which the server drains', async () => {
    drain.begin();
    expect(await checkWith(['sales', 'hr'])).toMatchObject({
      ready: false,
      report: { error: { serving: { status: 'down' } }, info: { databases: { status: 'up' } } },
    });
  });
});
