import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testPrincipal, testTenant } from '../../../test/support/database.js';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import { SqliteStateStore } from '../../state/sqlite.state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import type { ToolRegistry } from '../../tools/tool.registry.js';
import { ClusterBus } from '../cluster/cluster-bus.js';
import { ownerOf } from './handle-record.js';
import { HandleRecords } from './handle-records.js';
import { HandlesService } from './handles.service.js';
import type { HeldCalls } from './held-calls.js';
import { Wakeups } from './wakeups.js';

const tenant = testTenant(new DatabaseConfig());

describe('a result whose process has stopped', () => {
  let store: SqliteStateStore;
  let handles: HandlesService;
  let id: string;

  beforeEach(async () => {
    store = new SqliteStateStore(':memory:');
    const cipher = new StateCipher(randomBytes(32));
    const records = new HandleRecords(store, cipher);
    const bus = new ClusterBus(store, cipher);
    const tools: Pick<ToolRegistry, 'find' | 'mayUse'> = {
      find: () => ({ descriptor: { scope: 'sql:read' } }) as ReturnType<ToolRegistry['find']>,
      mayUse: () => true,
    };
    const nothingHeld = { find: () => undefined } as unknown as HeldCalls;
    handles = new HandlesService(nothingHeld, records, bus, new Wakeups(), tools as ToolRegistry);
    id = bus.newId();
    const ending = { kind: 'done', output: { text: '{}', isJson: true } } as const;
    const times = { startedAt: 1, updatedAt: 2, rows: 3 };
    await records.write(id, { ...ownerOf(testPrincipal('ann')), tool: 'execute_sql', ...times, ending }, 600);
  });
  afterEach(() => store.close());

  it.each([
    ['the person, with a later token', {}, true],
    ['another client', { client: 'other' }, false],
    ['another tenant', { tenant: 'other' }, false],
    ['the person, whom the rules have limited meanwhile', { access: { tables: ['dbo.Orders'] } }, false],
    ['the person, whose attributes have changed meanwhile', { attributes: { region: 'north' } }, false],
  ])('is for %s: %j %s', async (_who, more, isTheirs) => {
    const found = await handles.find(id, { tenant, principal: testPrincipal('ann', more) });
    expect(found !== undefined).toBe(isTheirs);
  });
});
