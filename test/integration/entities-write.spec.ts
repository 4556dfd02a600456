import { Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { DatabaseModule } from '../../src/database/database.module.js';
import { SessionPool } from '../../src/database/connection/session-pool.js';
import { EntitiesModule } from '../../src/database/entities/entities.module.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { QueryEvents } from '../../src/database/query-events.js';
import { TenantEntities } from '../../src/database/entities/tenant-entities.js';
import type { StatementReport } from '../../src/database/statement-report.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testPrincipal, testTenant } from '../support/database.js';
import { Buyer, ENTITIES, ENTITY_TABLES, Note, Purchase } from '../support/entities.js';
import { ENDLESS } from '../support/numbers.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';

@Module({ imports: [DatabaseModule, EntitiesModule.register(ENTITIES)] })
class ShopModule {}

describe('changing entities', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  let entities: TenantEntities;
  /** One connection, so that a session that is not returned would be missed at once. */
  let single: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(ENTITY_TABLES);
    tools = await toolServices(database, { imports: [ShopModule], settings: { readOnly: false } });
    entities = tools.module.get(TenantEntities);
    single = testTenant(database.config, { name: 'single', readOnly: false }, { poolMax: 1, poolWaitMs: 1_000 });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });
  beforeEach(() => database.execute('DELETE FROM shop.Purchases; DELETE FROM shop.Buyers; DELETE FROM shop.Notes'));

  const manager = (more: Parameters<typeof testCall>[1] = {}, tenant = single) =>
    entities.manager(testCall(tenant, more));
  const codes = async () => (await manager().find(Note, { order: { code: 'ASC' } })).map(({ code }) => code);
  const note = (code: string) => ({ code, text: null });

  it('needs no second session in a transaction, when what leads to other databases was read a minute ago', async () => {
    const tenant = testTenant(
      database.config,
      { name: 'several', readOnly: false, databases: ['Elsewhere'] },
      { poolMax: 1, poolWaitMs: 1_000, queryTimeoutMs: 120_000 },
    );
    const now = performance.now.bind(performance);
    const clock = jest.spyOn(performance, 'now');
    try {
      await manager({}, tenant).transaction(async inner => {
        await inner.insert(Note, note('a'));
        clock.mockImplementation(() => now() + 61_000);
        await inner.insert(Note, note('b'));
      });
    } finally {
      clock.mockRestore();
    }
    expect(await codes()).toEqual(['a', 'b']);
  });

  it('inserts with a generated key, and reads the values back as they were', async () => {
    const given = {
      total: '123456789012345.6789',
      fee: '0.0001',
      placed: new Date('2026-03-29T02:30:00.123Z'),
      entered: new Date('2026-10-25T01:30:00.997Z'),
      day: '2026-03-29',
      opens: '23:59:59.999',
      sent: new Date('2026-10-25T00:30:00Z'),
      paid: true,
      receipt: Buffer.from('00ff10', 'hex'),
    };
    const buyer = manager().create(Buyer, { name: 'Ünal 名前', born: '1990-03-25', purchases: [given] });
    const saved = await manager().save(buyer);
    expect(saved.id).toBeGreaterThan(0);
    expect(saved.purchases[0]?.id).toMatch(/^90071992547409\d\d$/);
    const [found] = await manager().find(Buyer, { where: { id: saved.id }, relations: { purchases: true } });
    expect(found).toMatchObject({ name: 'Ünal 名前', born: '1990-03-25', version: 1 });
    expect(found?.purchases).toEqual([{ ...given, id: saved.purchases[0]?.id }]);
    // A Date is kept as it was given.
    expect(given.entered.toISOString()).toBe('2026-10-25T01:30:00.997Z');
    expect(await manager().countBy(Purchase, { placed: given.placed, entered: given.entered, day: given.day })).toBe(1);
  });

  it('tells the cache of every change that it commits, and of none that it rolls back', async () => {
    const changed: string[] = [];
    tools.module.get(QueryEvents, { strict: false }).listen({ changed: async ({ name }) => void changed.push(name) });
    await manager().find(Note);
    await manager().transaction(inner => inner.find(Note));
    await manager()
      .transaction(async inner => {
        await inner.insert(Note, note('gone'));
        throw new Error('no');
      })
      .catch(() => {});
    expect(changed).toEqual([]);
    await manager().transaction(inner => inner.insert(Note, note('kept')));
    expect(changed).toEqual(['single']);
    await manager().update(Note, { code: 'kept' }, { text: 'x' });
    expect(changed.length).toBeGreaterThan(1);
    changed.length = 0;
    // Its trigger, if there were one, may have committed before the statement failed.
    await expect(manager().transaction(inner => inner.insert(Note, note('kept')))).rejects.toThrow();
    expect(changed).toEqual(['single']);
  });

  it('updates, deletes and counts what it changed', async () => {
    const { id } = await manager().save(Buyer, { name: 'Ann' });
    const ann = await manager().findOneByOrFail(Buyer, { id });
    ann.name = 'Anna';
    await manager().save(ann);
    expect(ann.version).toBe(2);
    const updated = await manager().update(Buyer, { id }, { born: '2000-02-29' });
    expect(updated.affected).toBe(1);
    const nobody = await manager()
      .createQueryBuilder()
      .update(Buyer)
      .set({ name: 'x' })
      .where('id = :no', { no: -1 })
      .execute();
    expect(nobody.affected).toBe(0);
    expect(await manager().findOneByOrFail(Buyer, { id })).toMatchObject({ name: 'Anna', born: '2000-02-29' });
    expect((await manager().delete(Buyer, { id })).affected).toBe(1);
    expect(await manager().count(Buyer)).toBe(0);
  });

  it('refuses a value that its column would change', async () => {
    const buyer = await manager().save(Buyer, { name: 'Ann' });
    const purchase = { buyer, total: '1', placed: new Date(0) };
    for (const wrong of [
      { total: '1.00001' },
      { total: 0.1 + 0.2 },
      { day: new Date(2026, 2, 29, 12) },
      { sent: new Date('2026-01-01T00:00:00.5Z') },
      { opens: '9 o’clock' },
    ]) {
      const refused = manager().insert(Purchase, { ...purchase, ...wrong } as never);
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    expect(await manager().count(Purchase)).toBe(0);
  });

  it('commits a transaction whose statements share one session with the person’s context', async () => {
    const who =
      "SELECT @@SPID AS id, CAST(SESSION_CONTEXT(N'user_id') AS nvarchar(50)) AS who, @@TRANCOUNT AS open_now";
    const seen = await manager({ principal: testPrincipal('bob') }).transaction('SERIALIZABLE', async inner => {
      await inner.insert(Note, note('a'));
      const first = await inner.query(who);
      await inner.save(Note, note('b'));
      // A second session would have to wait for the first.
      expect(await inner.count(Note)).toBe(2);
      return [...first, ...(await inner.query(who))];
    });
    expect(seen[0]).toEqual({ id: seen[0].id, who: 'bob', open_now: 1 });
    expect(seen[1]).toEqual(seen[0]);
    expect(await codes()).toEqual(['a', 'b']);
    expect(await manager().query(who)).toEqual([{ id: expect.anything(), who: 'ann', open_now: expect.anything() }]);
  });

  it.each<[string, (inner: EntityManager) => Promise<unknown>]>([
    ['the code throws', () => Promise.reject(new Error('no'))],
    ['a statement fails', inner => inner.insert(Note, note('a'))],
    ['the policy refuses a statement', inner => inner.query('COMMIT')],
    ['a savepoint is asked for', inner => inner.query('SAVE TRANSACTION here')],
    [
      'a failed statement was ignored',
      inner => inner.insert(Note, note('a')).catch(() => inner.insert(Note, note('z'))),
    ],
    ['a failed statement was ignored and nothing followed', inner => inner.insert(Note, note('a')).catch(() => {})],
    [
      'a part of it was rolled back',
      inner =>
        inner
          .transaction(async nested => {
            await nested.insert(Note, note('n'));
            throw new Error('no');
          })
          .catch(() => inner.insert(Note, note('z'))),
    ],
    [
      'changes at once fail in part',
      inner => Promise.all([inner.save(Note, note('c')), inner.insert(Note, note('a')), inner.insert(Note, note('d'))]),
    ],
  ])('rolls a transaction back when %s', async (_why, rest) => {
    const transaction = manager().transaction(async inner => {
      await inner.insert(Note, note('a'));
      return rest(inner);
    });
    await expect(transaction).rejects.toThrow();
    // The only session is free again.
    expect(await codes()).toEqual([]);
  });

  it('reads in a transaction, also in a read-only tenant, where nothing is committed', async () => {
    await database.execute("INSERT INTO shop.Notes VALUES ('a', NULL)");
    const readOnly = testTenant(database.config, { name: 'reader' }, { poolMax: 1, poolWaitMs: 1_000 });
    const found = await manager({}, readOnly).transaction('REPEATABLE READ', async inner => [
      await inner.count(Note),
      ...(await inner.query('SELECT @@TRANCOUNT AS n')),
    ]);
    expect(found).toEqual([1, { n: 1 }]);
    const change = manager({}, readOnly).transaction(async inner => {
      await inner.count(Note);
      await inner.insert(Note, note('b'));
    });
    await expect(change).rejects.toMatchObject({ code: 'READ_ONLY_VIOLATION' });
    expect(await codes()).toEqual(['a']);
  });

  it('ends a transaction that waits for something else at the time limit, and returns its session', async () => {
    const hasty = testTenant(database.config, { name: 'hasty', readOnly: false }, { poolMax: 1, queryTimeoutMs: 300 });
    const sessions = tools.module.get(SessionPool);
    const transaction = manager({}, hasty).transaction(async inner => {
      await inner.insert(Note, note('a'));
      await until('the session is returned', () => sessions.usage(hasty).used === 0);
      await inner.insert(Note, note('b'));
    });
    await expect(transaction).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(manager({}, hasty).transaction(inner => inner.query(ENDLESS))).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    expect(await codes()).toEqual([]);
  });

  it('rolls a transaction back when the call is cancelled', async () => {
    const abort = new AbortController();
    const transaction = manager({ signal: abort.signal }).transaction(async inner => {
      await inner.insert(Note, note('a'));
      abort.abort();
      await inner.insert(Note, note('b'));
    });
    await expect(transaction).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await codes()).toEqual([]);
  });

  it('lets transactions of one manager run beside each other', async () => {
    const one = manager({}, tools.tenant);
    await Promise.all(['a', 'b', 'c', 'd'].map(code => one.save(Note, note(code))));
    const failing = one.transaction(async inner => {
      await inner.insert(Note, note('e'));
      throw new Error('no');
    });
    await Promise.allSettled([failing, one.transaction(inner => inner.insert(Note, note('f')))]);
    expect(await codes()).toEqual(['a', 'b', 'c', 'd', 'f']);
  });

  it('refuses changes of a person with limits, and reports the statements of a transaction once each', async () => {
    const limited = testPrincipal('ann', { access: { schemas: ['shop'] } });
    await expect(manager({ principal: limited }).insert(Note, note('a'))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    const reports: StatementReport[] = [];
    const report = (statement: StatementReport): void => void reports.push(statement);
    await manager({ report }).transaction(async inner => {
      await inner.insert(Note, note('a'));
      await inner.countBy(Note, { code: 'a' });
      await inner.query('DROP TRIGGER t').catch(() => {});
      await inner.update(Note, { code: 'a' }, { text: 'planted' });
    });
    expect(reports).toMatchObject([
      {
        kind: 'write',
        verdict: 'allowed',
        affectedRows: [1],
        parameterTypes: { 0: 'varchar(8000)', 1: 'nvarchar(4000)' },
      },
      { kind: 'read', verdict: 'allowed', rows: 1 },
      { kind: 'write', verdict: 'refused', error: 'STATEMENT_REFUSED' },
      { kind: 'write', verdict: 'allowed', affectedRows: [1] },
    ]);
    expect(JSON.stringify(reports)).not.toContain('planted');
  });

  it('changes nothing for a token without the scope sql:write', async () => {
    const reports: StatementReport[] = [];
    const report = (statement: StatementReport): void => void reports.push(statement);
    const principal = testPrincipal('ann', { scopes: new Set(['sql:read']), highestScope: 'sql:read' });
    const refused = { code: 'PERMISSION_DENIED', message: expect.stringContaining('sql:write') };
    await expect(manager({ principal, report }).insert(Note, note('a'))).rejects.toMatchObject(refused);
    const inside = manager({ principal, report }).transaction(inner => inner.insert(Note, note('a')));
    await expect(inside).rejects.toMatchObject(refused);
    expect(await manager({ principal, report }).count(Note)).toBe(0);
    expect(reports).toMatchObject([
      { kind: 'write', verdict: 'refused', error: 'PERMISSION_DENIED' },
      { kind: 'write', verdict: 'refused', error: 'PERMISSION_DENIED' },
      { kind: 'read', verdict: 'allowed' },
    ]);
  });

  it('changes nothing in a call that was declared to change nothing, by entities or by statements', async () => {
    const refused = { code: 'STATEMENT_REFUSED', details: { rule: 'declared-read-only' } };
    await expect(manager({ onlyReads: true }).insert(Note, note('a'))).rejects.toMatchObject(refused);
    const inside = manager({ onlyReads: true }).transaction(inner => inner.insert(Note, note('a')));
    await expect(inside).rejects.toMatchObject(refused);
    const call = testCall(single, { onlyReads: true });
    const written = tools.module.get(QueryService).write("INSERT INTO shop.Notes (code) VALUES ('a')", call);
    await expect(written).rejects.toMatchObject(refused);
    expect(await manager({ onlyReads: true }).count(Note)).toBe(0);
  });

  it('upserts and truncates as far as the policy goes', async () => {
    await manager().upsert(Note, [note('a'), { code: 'b', text: 'x' }], ['code']);
    await manager().upsert(Note, [{ code: 'a', text: 'y' }], ['code']);
    expect(await manager().find(Note, { order: { code: 'ASC' } })).toEqual([
      { code: 'a', text: 'y' },
      { code: 'b', text: 'x' },
    ]);
    await manager().clear(Note);
    expect(await codes()).toEqual([]);
  });
});
