import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testPrincipal, testTenant } from '../../../test/support/database.js';
import { until } from '../../../test/support/until.js';
import { AppError } from '../../common/app-error.js';
import { Drain } from '../../common/drain.js';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import type { InvocationOutcome } from '../../invocation/invocation.js';
import type { MetricsService } from '../../metrics/metrics.service.js';
import { SqliteStateStore } from '../../state/sqlite.state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import { ToolOutput } from '../../tools/tool.js';
import { ClusterBus } from '../cluster/cluster-bus.js';
import type { Caller } from '../protocol/request-context.js';
import { HandleRecords } from './handle-records.js';
import { HeldCalls } from './held-calls.js';
import { Wakeups } from './wakeups.js';

const TENANT = testTenant(new DatabaseConfig());

/** A store that can be taken away. */
class UnsteadyStore extends SqliteStateStore {
  isAway = false;

  override async set(...entry: Parameters<SqliteStateStore['set']>): Promise<void> {
    if (this.isAway) throw new AppError('UNAVAILABLE', 'The state store is away.');
    return super.set(...entry);
  }
}

describe('HeldCalls', () => {
  let store: UnsteadyStore;
  let records: HandleRecords;
  let drain: Drain;
  let held: HeldCalls;
  let detached: number;

  beforeEach(() => {
    store = new UnsteadyStore(':memory:');
    const cipher = new StateCipher(randomBytes(32));
    records = new HandleRecords(store, cipher);
    drain = new Drain();
    detached = 0;
    const metrics = { handleGiven: () => {}, handleEnded: () => {} } as unknown as MetricsService;
    held = new HeldCalls(records, new ClusterBus(store, cipher), metrics, drain, new Wakeups());
  });
  afterEach(async () => {
    await held.beforeApplicationShutdown();
    await store.close();
  });

  /** A call that ends when it is aborted, or told to. */
  const take = async (subject = 'ann', isCancelled = false, detach = () => (detached += 1) > 0) => {
    const { promise, resolve, reject } = Promise.withResolvers<InvocationOutcome<ToolOutput<unknown>>>();
    const abort = (): void => reject(new AppError('CANCELLED', 'The call was cancelled.'));
    promise.catch(() => {});
    const caller: Caller = { tenant: TENANT, principal: testPrincipal(subject), clientKey: '', tokenKey: '' };
    const call = { tool: 'execute_sql', startedAt: Date.now(), rows: 0, abort };
    const handle = await held.take({ caller, call, isCancelled: () => isCancelled }, { ended: promise, detach });
    return { handle, finish: () => resolve({ kind: 'done', output: new ToolOutput({ n: 1 }, '{"n":1}', true) }) };
  };

  it('records a handle before it is given, and the result for everybody when the call has ended', async () => {
    const { handle, finish } = await take();
    expect(handle).toBeDefined();
    const { id } = handle ?? { id: '' };
    expect(await records.read(id)).toMatchObject({
      tenant: 'demo',
      subject: 'ann',
      client: 'test-client',
      tool: 'execute_sql',
    });
    // The store knows neither the id nor what the record says.
    expect(await store.get(`mcp:handle:${id}`)).toBeUndefined();
    finish();
    await until('it is stored', () => handle?.isStored === true);
    expect((await records.read(id))?.ending).toEqual({ kind: 'done', output: { text: '{"n":1}', isJson: true } });
  });

  it('takes no call while the state store is away, and keeps a result until it is back', async () => {
    store.isAway = true;
    expect((await take()).handle).toBeUndefined();
    store.isAway = false;
    const { handle, finish } = await take();
    store.isAway = true;
    finish();
    await until('it has ended', () => handle?.isOver === true);
    expect(handle?.record().ending).toMatchObject({ kind: 'done' });
    expect(detached).toBe(1);
  });

  it('takes no call that was cancelled or has ended meanwhile, nor any while the server stops', async () => {
    expect((await take('ann', true)).handle).toBeUndefined();
    expect((await take('ann', false, () => false)).handle).toBeUndefined();
    const { handle } = await take();
    drain.begin();
    expect((await take()).handle).toBeUndefined();
    await until('the running one is stopped', () => handle?.isStored === true);
    expect((await records.read(handle?.id ?? ''))?.ending).toEqual({ kind: 'expired', reason: 'restart' });
  });

  it('takes at most 32 running calls of one person', async () => {
    const taken: Awaited<ReturnType<typeof take>>[] = [];
    for (let n = 0; n < 32; n += 1) taken.push(await take());
    expect(taken.every(({ handle }) => handle !== undefined)).toBe(true);
    expect((await take()).handle).toBeUndefined();
    expect((await take('bob')).handle).toBeDefined();
    taken[0]?.finish();
    await until('one has ended', () => taken[0]?.handle?.isOver === true);
    expect((await take()).handle).toBeDefined();
  });

  it('takes no more of them when they come at the same moment', async () => {
    const taken = await Promise.all(Array.from({ length: 40 }, () => take()));
    expect(taken.filter(({ handle }) => handle !== undefined)).toHaveLength(32);
    expect(detached).toBe(32);
  });
});
