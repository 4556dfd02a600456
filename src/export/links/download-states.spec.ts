import { randomBytes } from 'node:crypto';
import { TenantConfig } from '../../config/tenants/tenant.config.js';
import { SqliteStateStore } from '../../state/sqlite.state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import { Tenant } from '../../tenancy/tenant.js';
import { DownloadStates } from './download-states.js';

const tenant = new Tenant(Object.assign(new TenantConfig(), { name: 'demo' }), { publicUrl: 'http://127.0.0.1' });
const running = { attempt: 1, state: 'running', rows: 5, bytes: 50 } as const;

describe('the state of a download', () => {
  let store: SqliteStateStore;
  let states: DownloadStates;
  const [first, second] = [randomBytes(32), randomBytes(32)];
  beforeEach(() => {
    store = new SqliteStateStore(':memory:');
    states = new DownloadStates(store, new StateCipher(first));
  });
  afterEach(() => store.close());

  it('is claimed by one request at a time, in all processes', async () => {
    const other = new DownloadStates(store, new StateCipher(first));
    const claims = await Promise.all([states, other, states].map(each => each.claim(tenant, 'id')));
    const held = claims.filter(claim => claim !== undefined);
    expect(held).toHaveLength(1);
    expect(await states.claim(tenant, 'another id')).toBeDefined();
    await held[0]?.release();
    expect(await other.claim(tenant, 'id')).toBeDefined();
  });

  it('is claimed once while STATE_KEY is rotated', async () => {
    await states.claim(tenant, 'id');
    expect(await new DownloadStates(store, new StateCipher(second, first)).claim(tenant, 'id')).toBeUndefined();
  });

  it('is read by its person only', async () => {
    await states.claim(tenant, 'id');
    await states.write(tenant, 'id', 'ann', running);
    expect(await states.read(tenant, 'id', 'ann')).toMatchObject(running);
    expect(await states.read(tenant, 'id', 'eve')).toBeUndefined();
  });

  it('is a failure when the process that sent the file is gone', async () => {
    const claim = await states.claim(tenant, 'id');
    await states.write(tenant, 'id', 'ann', running);
    await claim?.release();
    expect(await states.read(tenant, 'id', 'ann')).toMatchObject({ state: 'failed', code: 'CANCELLED', rows: 5 });
  });
});
