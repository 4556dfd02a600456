import { Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { In, LessThan, type ObjectLiteral } from 'typeorm';
import { DatabaseModule } from '../../src/database/database.module.js';
import { EntitiesModule } from '../../src/database/entities/entities.module.js';
import { TenantEntities } from '../../src/database/entities/tenant-entities.js';
import type { StatementReport } from '../../src/database/statement-report.js';
import { openTestDatabase, testCall, type TestDatabase, testPrincipal, testTenant } from '../support/database.js';
import { Buyer, ENTITIES, ENTITY_TABLES, Note, Purchase } from '../support/entities.js';
import { ENDLESS } from '../support/numbers.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

@Module({ imports: [DatabaseModule, EntitiesModule.register(ENTITIES)] })
class ShopModule {}

describe('reading entities', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  let entities: TenantEntities;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(ENTITY_TABLES);
    await database.execute(`
INSERT INTO shop.Buyers (name, born) VALUES (N'Ann', '1990-03-25'), (N'Bob', NULL), (N'Cleo', '2001-10-28')
GO
INSERT INTO shop.Purchases (buyerId, total, fee, placed, day, opens, sent, paid, receipt) VALUES
  (1, 123456789012345.6789, 922337203685477.5807, '2026-03-29T02:30:00.123', '2026-03-29', '09:05:00', '2026-10-25T02:30:00+01:00', 1, 0x${'AB'.repeat(100)}),
  (1, 12.5, NULL, '2026-10-25T02:30:00', NULL, NULL, NULL, 0, NULL),
  (3, 7, NULL, '2026-01-01', NULL, NULL, NULL, 0, NULL)`);
    tools = await toolServices(database, { imports: [ShopModule] });
    entities = tools.module.get(TenantEntities);
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const manager = (more: Parameters<typeof testCall>[1] = {}) => entities.manager(testCall(tools.tenant, more));
  const names = (found: readonly ObjectLiteral[]) => found.map(({ name }) => String(name));

  it('finds, counts and pages', async () => {
    expect(await manager().findOneBy(Buyer, { id: 1 })).toEqual({ id: 1, name: 'Ann', born: '1990-03-25', version: 1 });
    expect(names(await manager().find(Buyer, { where: { name: In(['Ann', 'Bob']) }, order: { id: 'DESC' } }))).toEqual([
      'Bob',
      'Ann',
    ]);
    expect(await manager().count(Buyer)).toBe(3);
    expect(
      await manager().existsBy(Buyer, { name: 'Nobody, whose name is much longer than the column of names is' }),
    ).toBe(false);
    const [page, total] = await manager().findAndCount(Buyer, { order: { id: 'ASC' }, skip: 1, take: 1 });
    expect([names(page), total]).toEqual([['Bob'], 3]);
    expect(await manager().sum(Buyer, 'id')).toBe(6);
  });

  it('loads relations, with a page too', async () => {
    const [ann, bob] = await manager().find(Buyer, { relations: { purchases: true }, order: { id: 'ASC' } });
    expect(ann?.purchases.map(purchase => purchase.total)).toEqual(['123456789012345.6789', '12.5000']);
    expect(bob?.purchases).toEqual([]);
    const paged = await manager().find(Buyer, {
      relations: { purchases: true },
      order: { name: 'ASC' },
      take: 2,
      skip: 1,
    });
    expect(paged.map(({ name, purchases }) => [name, purchases.length])).toEqual([
      ['Bob', 0],
      ['Cleo', 1],
    ]);
    // TypeORM names a key twice in ORDER BY when it joins, pages and orders by the key, which SQL Server refuses.
    const keyed = { order: { id: 'DESC' }, take: 1, relations: { purchases: true } } as const;
    await expect(manager().find(Buyer, keyed)).rejects.toMatchObject({ details: { number: 169 } });
    const [cleo] = await manager().find(Buyer, { ...keyed, relationLoadStrategy: 'query' });
    expect([cleo?.name, cleo?.purchases.length]).toEqual(['Cleo', 1]);
  });

  it('takes the query builder, with parameters and raw results', async () => {
    const raw = await manager()
      .createQueryBuilder(Purchase, 'p')
      .innerJoin('p.buyer', 'b')
      .select('b.name', 'name')
      .addSelect('SUM(p.total)', 'total')
      .where('p.placed >= :since', { since: new Date('2026-01-01T00:00:00Z') })
      .groupBy('b.name')
      .orderBy('b.name')
      .getRawMany();
    expect(raw).toEqual([
      { name: 'Ann', total: '123456789012358.1789' },
      { name: 'Cleo', total: '7.0000' },
    ]);
    expect(await manager().query('SELECT @0 AS n, @1 AS n, @0 AS m', [1n, 'x'])).toEqual([{ n: ['1', 'x'], m: '1' }]);
    const { total } = await manager().findOneByOrFail(Purchase, { total: '123456789012345.6789' });
    expect(total).toBe('123456789012345.6789');
  });

  it('has exact values: texts for bigint, decimal and money, whole binaries, dates in UTC', async () => {
    const purchase = await manager().findOneOrFail(Purchase, { where: { paid: true } });
    expect(purchase).toEqual({
      id: '9007199254740993',
      total: '123456789012345.6789',
      fee: '922337203685477.5807',
      placed: new Date('2026-03-29T02:30:00.123Z'),
      entered: null,
      day: '2026-03-29',
      opens: '09:05:00.000',
      sent: new Date('2026-10-25T01:30:00Z'),
      paid: true,
      receipt: Buffer.alloc(100, 0xab),
    });
  });

  it('runs the reads of one manager at once, and several managers of one call', async () => {
    const one = manager();
    const counts = await Promise.all(Array.from({ length: 30 }, () => one.count(Buyer)));
    expect(counts).toEqual(Array.from({ length: 30 }, () => 3));
    const call = testCall(tools.tenant);
    const both = await Promise.all([entities.manager(call).count(Buyer), entities.manager(call).count(Purchase)]);
    expect(both).toEqual([3, 3]);
  });

  it('sets the session context of the person', async () => {
    const sql =
      "SELECT CAST(SESSION_CONTEXT(N'user_id') AS nvarchar(50)) AS who, CAST(SESSION_CONTEXT(N'region') AS nvarchar(50)) AS region";
    for (const [who, region] of [
      ['ann', 'north'],
      ['bob', 'south'],
    ] as const) {
      const principal = testPrincipal(who, { attributes: { region } });
      expect(await manager({ principal }).query(sql)).toEqual([{ who, region }]);
    }
  });

  it('refuses what a read-only tenant may not do, and runs none of it', async () => {
    const change = [
      () => manager().save(Note, { code: 'a', text: 'b' }),
      () => manager().update(Buyer, { id: 1 }, { name: 'Eve' }),
      () => manager().delete(Buyer, { id: 1 }),
      () => manager().clear(Note),
      () => manager().query("SELECT 1; UPDATE shop.Buyers SET name = N'Eve'"),
      () => manager().transaction(inner => inner.insert(Note, { code: 'a' })),
    ];
    for (const attempt of change) await expect(attempt()).rejects.toMatchObject({ code: 'READ_ONLY_VIOLATION' });
    expect(await manager().count(Note)).toBe(0);
    expect(names(await manager().findBy(Buyer, { id: 1 }))).toEqual(['Ann']);
  });

  it('refuses tables outside of the limits of a person', async () => {
    const principal = testPrincipal('ann', { access: { tables: ['shop.Buyers'] } });
    expect(await manager({ principal }).count(Buyer)).toBe(3);
    await expect(manager({ principal }).count(Purchase)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const joined = manager({ principal }).find(Buyer, { relations: { purchases: true } });
    await expect(joined).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('reports each statement once, with the types of its parameters and no values', async () => {
    const reports: StatementReport[] = [];
    const report = (statement: StatementReport): void => void reports.push(statement);
    await manager({ report }).findBy(Purchase, { placed: LessThan(new Date('2026-02-01T00:00:00Z')), paid: false });
    await expect(manager({ report }).query('SELECT missing FROM shop.Buyers')).rejects.toMatchObject({
      code: 'SQL_ERROR',
    });
    await expect(manager({ report }).query('DROP TABLE shop.Buyers')).rejects.toMatchObject({
      code: 'READ_ONLY_VIOLATION',
    });
    expect(reports).toMatchObject([
      { kind: 'read', verdict: 'allowed', rows: 1, parameterTypes: { 0: 'datetime2(3)', 1: 'bit' } },
      { kind: 'read', verdict: 'allowed', sqlError: 207, error: 'SQL_ERROR' },
      { kind: 'read', verdict: 'refused', error: 'READ_ONLY_VIOLATION' },
    ]);
  });

  it('ends a statement at the time limit, and when the call is cancelled', async () => {
    const hasty = testTenant(database.config, { name: 'hasty' }, { queryTimeoutMs: 300 });
    await expect(entities.manager(testCall(hasty)).query(ENDLESS)).rejects.toMatchObject({ code: 'TIMEOUT' });
    const abort = new AbortController();
    const running = manager({ signal: abort.signal }).query(ENDLESS);
    setImmediate(() => abort.abort());
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('fails instead of truncating', async () => {
    const many = 'SELECT TOP (10001) 1 AS one FROM sys.all_columns AS a CROSS JOIN sys.all_columns AS b';
    await expect(manager().query(many)).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
    const long = "SELECT REPLICATE(CAST(N'x' AS nvarchar(max)), 9000000) AS long";
    await expect(manager().query(long)).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
    const fits = await manager().query("SELECT REPLICATE(CAST(N'x' AS nvarchar(max)), 100000) AS long");
    expect(fits).toEqual([{ long: 'x'.repeat(100_000) }]);
  });

  it('refuses queries that belong to no call', async () => {
    const source = manager().dataSource;
    const base = Object.getPrototypeOf(source) as typeof source;
    const outside = expect.objectContaining({
      code: 'INTERNAL',
      message: expect.stringContaining('outside of a call'),
    });
    await expect(base.manager.find(Buyer)).rejects.toEqual(outside);
    await expect(base.query('SELECT 1')).rejects.toEqual(outside);
    await expect(base.getRepository(Buyer).count()).rejects.toEqual(outside);
    await expect(base.synchronize()).rejects.toEqual(outside);
    expect(() => base.createQueryRunner()).toThrow(outside);
    expect(() => source.driver.createQueryRunner('master')).toThrow(outside);
    await expect(manager().createQueryBuilder(Buyer, 'b').stream()).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
