import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { DataSource, EntityManager, EntitySchema } from 'typeorm';
import { SqlServerDriver } from 'typeorm/driver/sqlserver/SqlServerDriver.js';
import { SqlServerQueryRunner } from 'typeorm/driver/sqlserver/SqlServerQueryRunner.js';
import { MssqlParameter } from 'typeorm/driver/sqlserver/MssqlParameter.js';
import { EntityDataSource } from './entity-data-source.js';
import { EntityDriver } from './entity-driver.js';
import { entityParameters } from './entity-parameters.js';

const Thing = new EntitySchema<{ id: string; at: Date }>({
  name: 'Thing',
  columns: {
    id: { type: 'bigint', primary: true, generated: true },
    at: { type: 'datetime2', precision: 3 },
  },
});

/** What entities/ relies on and TypeORM does not promise. When an upgrade changes it, this says what to look at. */
describe('the internals of TypeORM that entities use', () => {
  it('are those of the version that package.json pins', () => {
    const read = (file: string) =>
      JSON.parse(readFileSync(file, 'utf8')) as { version: string; dependencies: Record<string, string> };
    expect(read('package.json').dependencies['typeorm']).toBe(read('node_modules/typeorm/package.json').version);
  });

  it('build metadata without a connection', async () => {
    expect(DataSource.prototype).toHaveProperty('buildMetadatas');
    const source = await EntityDataSource.of([Thing]);
    expect(source.isInitialized).toBe(true);
    expect(source.driver).toBeInstanceOf(EntityDriver);
    expect((source.driver as EntityDriver).master).toBeUndefined();
    expect(source.getMetadata(Thing).columns.map(column => column.databaseName)).toEqual(['id', 'at']);
  });

  it('ask the data source of the manager for their query runners', async () => {
    const source = await EntityDataSource.of([Thing]);
    const { manager, asked } = recorded(source);
    const every: ((of: EntityManager) => Promise<unknown>)[] = [
      of => of.find(Thing),
      of => of.getRepository(Thing).count(),
      of => of.createQueryBuilder(Thing, 't').getMany(),
      of => of.query('SELECT 1'),
      of => of.sql`SELECT 2`,
      of => of.save(Thing, { at: new Date(0) }),
      of => of.transaction(inner => inner.find(Thing)),
      of => of.dataSource.manager.find(Thing),
    ];
    for (const use of every) {
      asked.length = 0;
      await expect(use(manager)).rejects.toThrow('asked');
      expect(asked.length).toBeGreaterThan(0);
    }
  });

  it('have these methods to override, and no others that send a statement', () => {
    const own = Object.getOwnPropertyNames(SqlServerQueryRunner.prototype);
    const text = (name: string) => String(SqlServerQueryRunner.prototype[name as 'query']);
    const sending = own.filter(name =>
      /\.Request\(|\.transaction\(\)|obtainMasterConnection|databaseConnection/.test(text(name)),
    );
    expect(sending.filter(name => name !== 'constructor').sort()).toEqual([
      'commitTransaction',
      'query',
      'rollbackTransaction',
      'startTransaction',
      'stream',
    ]);
    const driver = Object.getOwnPropertyNames(SqlServerDriver.prototype);
    expect(driver).toEqual(
      expect.arrayContaining(['createQueryRunner', 'prepareHydratedValue', 'preparePersistentValue']),
    );
  });

  it('insert with a generated key in one text, which returns the key', async () => {
    const { manager, asked, values } = recorded(await EntityDataSource.of([Thing]));
    await expect(manager.insert(Thing, { at: new Date(0) })).rejects.toThrow('asked');
    expect(asked.map(query => query.replace(/\s+/g, ' '))).toEqual([
      'DECLARE @OutputTable TABLE ("id" bigint); INSERT INTO "thing"("at") OUTPUT INSERTED."id" INTO @OutputTable VALUES (@0); SELECT * FROM @OutputTable',
    ]);
    expect(values).toEqual([[new MssqlParameter(new Date(0) as never, 'datetime2', 3)]]);
  });

  it('send parameters with the types of their columns', () => {
    const types = (values: readonly unknown[]) => entityParameters(values).map(p => `@${p.name} ${p.declaration}`);
    expect(
      types([
        new MssqlParameter('1.50', 'decimal', 19, 4),
        new MssqlParameter('x', 'nchar', 5),
        new MssqlParameter('x'.repeat(9000), 'varchar', 20 as never),
        new MssqlParameter(Buffer.from('a'), 'rowversion'),
        new MssqlParameter(new Date(0), 'datetimeoffset', 0),
        new MssqlParameter(undefined, 'int'),
        new MssqlParameter(5n, 'bigint'),
        new MssqlParameter('[1]', 'vector', 3),
      ]),
    ).toEqual([
      '@0 decimal(19,4)',
      '@1 nvarchar(4000)',
      '@2 varchar(max)',
      '@3 varbinary(8000)',
      '@4 datetimeoffset(0)',
      '@5 int',
      '@6 bigint',
      '@7 nvarchar(4000)',
    ]);
    expect(types([new Date(0), new Uint8Array(3), undefined, 2n, 'x', 1.5, true])).toEqual([
      '@0 datetime2(3)',
      '@1 varbinary(max)',
      '@2 nvarchar(4000)',
      '@3 bigint',
      '@4 nvarchar(4000)',
      '@5 decimal(2,1)',
      '@6 bit',
    ]);
  });
});

/** A manager whose statements are written down and fail. */
function recorded(source: EntityDataSource): { manager: EntityManager; asked: string[]; values: unknown[] } {
  const asked: string[] = [];
  const values: unknown[] = [];
  class Runner extends SqlServerQueryRunner {
    override query(query: string, parameters?: unknown): Promise<never> {
      asked.push(query);
      values.push(parameters);
      return Promise.reject(new Error('asked'));
    }
    override startTransaction(): Promise<void> {
      this.isTransactionActive = true;
      return Promise.resolve();
    }
    override rollbackTransaction(): Promise<void> {
      return Promise.resolve();
    }
  }
  const manager = source.managerOf(bound => new Runner(bound.driver as SqlServerDriver, 'master'));
  return { manager, asked, values };
}
