import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

const SCHEMA = `
CREATE TABLE dbo.Countries (code char(2) NOT NULL CONSTRAINT PK_C PRIMARY KEY, name nvarchar(40) NOT NULL)
GO
INSERT INTO dbo.Countries VALUES ('de', N'Germany'), ('fr', N'France')
GO
CREATE TABLE dbo.People (
  id int NOT NULL CONSTRAINT PK_P PRIMARY KEY,
  boss int NULL CONSTRAINT FK_Boss REFERENCES dbo.People (id),
  country char(2) NULL CONSTRAINT FK_Country REFERENCES dbo.Countries (code),
  born date NULL, iban varchar(40) NULL, doc xml NULL, odd varchar(max) NULL)
GO
INSERT INTO dbo.People (id, boss, country, born, iban, odd) VALUES
  (1, NULL, 'de', '1970-01-01', 'secret-1', REPLICATE('x', 300)), (2, 1, 'de', '1980-02-02', 'secret-2', 'y'),
  (3, 1, 'de', NULL, 'secret-3', 'y'), (4, 1, 'fr', '1960-06-06', NULL, NULL)
GO
CREATE TABLE dbo.Many (n int NOT NULL)
GO
INSERT INTO dbo.Many SELECT TOP (1500) ROW_NUMBER() OVER (ORDER BY a.object_id) FROM sys.all_columns AS a CROSS JOIN (VALUES (1), (2), (3)) AS b (x)
GO
CREATE VIEW dbo.Germans AS SELECT id, born FROM dbo.People WHERE country = 'de'`;

describe('describe_table with profile', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCHEMA);
    tools = await toolServices(database, { settings: { protectedColumns: ['iban'], valueSearch: 'off' } });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const profiled = async (table_name: string, more: object = {}) => {
    const principal = testPrincipal('ann', more);
    const { data } = await tools.call('describe_table', { table_name, profile: true }, { principal });
    const schema = tools.registry.find(tools.tenant, 'describe_table')?.descriptor.outputSchema ?? {};
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect([validate(data), validate.errors]).toEqual([true, null]);
    const profiles = data.columns.map(({ name, profile }: { name: string; profile?: object }) => [name, profile]);
    return { data, profiles: Object.fromEntries(profiles) };
  };

  it('counts the values of a sample that is the whole table', async () => {
    const { profiles } = await profiled('dbo.People');
    const about = { as_of: expect.stringMatching(/^\d{4}-/), sampled: false };
    expect(profiles).toEqual({
      id: { distinct: 4, nulls: 0, min: 1, max: 4, ...about },
      boss: { distinct: 1, nulls: 1, min: 1, max: 1, common: [{ value: 1, count: 3 }], ...about },
      country: { distinct: 2, nulls: 0, common: [{ value: 'de', count: 3 }], ...about },
      born: { distinct: 3, nulls: 1, min: '1960-06-06', max: '1980-02-02', ...about },
      iban: undefined,
      doc: undefined,
      odd: { distinct: 2, nulls: 1, common: [{ value: 'y', count: 2 }], ...about },
    });
  });

  it('says that a sample is one', async () => {
    const { data, profiles } = await profiled('dbo.Many');
    expect(profiles.n).toMatchObject({ distinct: 1000, nulls: 0, sampled: true });
    expect(data.message).toContain('sample of 1000 rows');
  });

  it('profiles a view by a sample', async () => {
    expect((await profiled('dbo.Germans')).profiles).toMatchObject({ id: { distinct: 3 }, born: { nulls: 1 } });
  });

  it('has joins that can be used as they are', async () => {
    const { data } = await profiled('dbo.People');
    expect(data.joins).toEqual([
      { to: 'dbo.People AS People_2', on: 'dbo.People.boss = People_2.id', cardinality: 'n:1', source: 'foreign_key' },
      { to: 'dbo.Countries', on: 'dbo.People.country = dbo.Countries.code', cardinality: 'n:1', source: 'foreign_key' },
    ]);
    for (const { to, on } of data.joins)
      await tools.call('execute_sql', { query: `SELECT COUNT(*) AS n FROM dbo.People JOIN ${to} ON ${on}` });
    const { data: into } = await profiled('dbo.Countries', { access: { tables: ['dbo.Countries'] } });
    expect(into).not.toHaveProperty('joins');
    expect(into.referenced_by).toEqual([]);
  });

  it('is refused to a person whose tools read no rows, and for several tables', async () => {
    await expect(profiled('dbo.People', { access: { tools: ['describe_table'] } })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(tools.call('describe_table', { table_names: ['dbo.People'], profile: true })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('gives a wide table in pages, each with the profiles of its columns', async () => {
    const columns = Array.from({ length: 300 }, (_, i) => `a_column_with_a_name_${i} int NULL`);
    await database.execute(
      `CREATE TABLE dbo.Wide (id int NOT NULL, ${columns.join(', ')})\nGO\nINSERT INTO dbo.Wide (id) VALUES (1)`,
    );
    let cursor: string | undefined;
    let pages = 0;
    let count = 0;
    do {
      const args = { table_name: 'dbo.Wide', profile: true, ...(cursor && { cursor }) };
      const { data, text } = await tools.call('describe_table', args);
      expect(Buffer.byteLength(text)).toBeLessThan(29_000);
      count += data.columns.filter(({ profile }: { profile?: object }) => profile !== undefined).length;
      cursor = data.next_cursor;
    } while (cursor !== undefined && ++pages < 20);
    expect(pages).toBeGreaterThan(1);
    expect(count).toBe(301);
  });

  describe('from statistics', () => {
    const statements = async (services: ToolServices, requestId: string, more: object = {}) => {
      const call = { requestId, principal: testPrincipal('ann', more) };
      const { data } = await services.call('describe_table', { table_name: 'dbo.Many2', profile: true }, call);
      let outcome: { statements?: { text: string }[] } | undefined;
      await until('the outcome is written', () => {
        const lines = wholeLines(readFileSync(path.join(services.directory, 'audit.jsonl'), 'utf8'));
        outcome = lines
          .map(line => JSON.parse(line))
          .find(line => line.request_id === requestId && line.type === 'outcome');
        return outcome !== undefined;
      });
      return { profile: data.columns[0].profile, texts: (outcome?.statements ?? []).map(({ text }) => text) };
    };
    const using = async (settings: object, act: (services: ToolServices) => Promise<void>) => {
      const services = await toolServices(database, { settings });
      await act(services).finally(() => services.close());
    };

    beforeAll(async () => {
      await database.execute(`CREATE TABLE dbo.Many2 (n int NULL)
GO
INSERT INTO dbo.Many2 SELECT n FROM dbo.Many UNION ALL SELECT NULL
GO
CREATE STATISTICS st_n ON dbo.Many2 (n) WITH FULLSCAN`);
    });

    it('covers all rows, needs no sample, and is in the audit trail', async () => {
      await using({}, async services => {
        const { profile, texts } = await statements(services, 'stats');
        expect(profile).toMatchObject({ distinct: 1500, nulls: 1, min: 1, max: 1500, sampled: false });
        expect(texts).toEqual(['-- the column statistics of [dbo].[Many2]']);
      });
    });

    it.each<[string, object, object]>([
      ['value_search is off', { valueSearch: 'off' }, {}],
      ['the person has attributes', {}, { attributes: { region: 'north' } }],
      ['rules give attributes', { access: [{ user: 'eve', scope: 'sql:read', attributes: { region: 'north' } }] }, {}],
    ])('is replaced by a sample of the person where %s', async (_why, settings, more) => {
      await using(settings, async services => {
        const { profile, texts } = await statements(services, 'sampled', more);
        expect(profile).toMatchObject({ distinct: expect.any(Number), sampled: true });
        expect(texts).toEqual([expect.stringMatching(/^SELECT TOP \(1000\)/)]);
      });
    });

    it('is replaced by a sample where a policy filters rows, unless the tenant says always', async () => {
      await database.execute(`CREATE FUNCTION dbo.OnlySmall (@n int) RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT 1 AS ok WHERE @n < 4
GO
CREATE SECURITY POLICY dbo.Small ADD FILTER PREDICATE dbo.OnlySmall (n) ON dbo.Many2 WITH (STATE = ON)`);
      await using({}, async services => {
        expect((await statements(services, 'policy')).profile).toMatchObject({ distinct: 3, max: 3, sampled: false });
      });
      await using({ valueSearch: 'always' }, async services => {
        expect((await statements(services, 'always')).profile).toMatchObject({ max: 1500 });
      });
      await database.execute('DROP SECURITY POLICY dbo.Small');
    });
  });
});
