import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Principal } from '../../src/common/principal.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { SchemaIndexes } from '../../src/search/index/schema-indexes.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { SHOP_KNOWLEDGE, SHOP_SCRIPT } from '../support/knowledge/shop-rows.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const suffix = randomBytes(4).toString('hex');
const ARCHIVE = `Archive_${suffix}`;
const PAYROLL = `Payroll_${suffix}`;
const DEFINED = `
queries:
  - name: all_sales
    title: All sales
    questions: ["Which sales are there?"]
    sql: SELECT s.Amount FROM shop.Sales AS s
    owner: ben
    verified_on: 2026-10-20
  - name: past_sales
    title: Past sales
    questions: ["Which sales were there?"]
    sql: SELECT s.id FROM ${ARCHIVE}.shop.Sales AS s
    owner: ben
    verified_on: 2026-10-20
caution:
  - { table: shop.Targets, reason: The targets of 2019. }
`;
const inside = (database: string, ...statements: string[]): string =>
  statements.map(text => `EXEC [${database}].sys.sp_executesql N'${text.replaceAll("'", "''")}'`).join('\nGO\n');

describe('definitions and files of a tenant with several databases', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  let directory: string;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(
      [
        SHOP_SCRIPT,
        `CREATE DATABASE [${ARCHIVE}]`,
        `CREATE DATABASE [${PAYROLL}]`,
        inside(
          ARCHIVE,
          'CREATE SCHEMA shop',
          'CREATE TABLE shop.Sales (id int NOT NULL, iban varchar(30) NULL)',
          "INSERT shop.Sales VALUES (7, 'DE1')",
          'CREATE TABLE shop.Targets (id int NOT NULL)',
        ),
        inside(PAYROLL, 'CREATE TABLE dbo.Wages (amount int)'),
        `CREATE SYNONYM dbo.Past FOR [${ARCHIVE}].shop.Sales`,
        `CREATE SYNONYM dbo.Pay FOR [${PAYROLL}].dbo.Wages`,
      ].join('\nGO\n'),
    );
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-several-files-'));
    const knowledge = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-several-')), 'knowledge.yaml');
    writeFileSync(knowledge, SHOP_KNOWLEDGE + DEFINED);
    tools = await toolServices(database, {
      settings: { databases: [ARCHIVE], knowledge, exports: true, protectedColumns: ['iban'] },
      config: { exportDirectory: directory },
    });
    await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(20_000));
  }, 60_000);
  afterAll(async () => {
    await tools.close();
    await database.execute(`DROP DATABASE [${ARCHIVE}]\nGO\nDROP DATABASE [${PAYROLL}]`);
    await database.close();
  });

  const as = (access: Principal['access'] = {}) => ({
    principal: testPrincipal('ann', { access, scopes: new Set(['sql:read', 'sql:export']) }),
  });

  describe('definitions', () => {
    const found = async (where: string | undefined, access: Principal['access'] = {}) => {
      const args = { words: 'sales revenue', ...(where === undefined ? {} : { database: where }) };
      await tools.call('search_schema', args, as(access));
      await tools.module.get(SchemaIndexes).settled(tools.tenant, where === undefined ? {} : { database: where });
      return JSON.stringify((await tools.call('search_schema', args, as(access))).data);
    };

    it('are found in the own database, and not in another one with tables of the same names', async () => {
      expect(await found(undefined)).toContain('all_sales');
      const archive = await found(ARCHIVE);
      expect(archive).toContain('"Sales"');
      expect(archive).not.toContain('all_sales');
      expect(archive).not.toContain('revenue"');
    });

    it('are hidden from a person whose rules name the same schema of another database', async () => {
      const access = { schemas: [`${ARCHIVE}.shop`] };
      expect(await found(ARCHIVE, access)).toContain('"Sales"');
      for (const where of [ARCHIVE, undefined]) expect(await found(where, access)).not.toContain('all_sales');
      await expect(tools.call('export_query', { name: 'all_sales', format: 'csv' }, as(access))).rejects.toMatchObject({
        code: 'UNKNOWN_DEFINITION',
      });
    });

    it('that read another database are hidden from a person whose rules leave it out', async () => {
      expect((await tools.call('run_query', { name: 'past_sales' })).data.rows).toEqual([[7]]);
      expect(await found(undefined)).toContain('past_sales');
      const own = await found(undefined, { schemas: [`${database.config.database}.shop`] });
      expect(own).toContain('all_sales');
      expect(own).not.toContain('past_sales');
      const both = { schemas: [`${database.config.database}.shop`, `${ARCHIVE}.shop`] };
      expect(await found(undefined, both)).toContain('past_sales');
    });

    it('say nothing of a table of another database', async () => {
      const own = await tools.call('describe_table', { table_names: ['shop.Sales', `${ARCHIVE}.shop.Targets`] });
      expect(own.data.notes.join()).toContain('query_metric');
      expect(own.data.notes.join()).not.toContain('2019');
      for (const args of [
        { table_name: `${ARCHIVE}.shop.Sales` },
        { table_name: 'shop.Sales', database: ARCHIVE },
        { table_names: [`${ARCHIVE}.shop.Targets`] },
      ])
        expect((await tools.call('describe_table', args)).data.notes).toBeUndefined();
      const noteOf = async (query: string) => (await tools.call('execute_sql', { query })).data.note;
      expect(await noteOf('SELECT COUNT(*) AS n FROM shop.Targets')).toContain('2019');
      expect(await noteOf(`SELECT COUNT(*) AS n FROM [${database.config.database}].shop.Targets`)).toContain('2019');
      expect(await noteOf(`SELECT COUNT(*) AS n FROM ${ARCHIVE}.shop.Targets`)).toBeUndefined();
    });
  });

  describe('files', () => {
    const exported = async (query: string, access: Principal['access'] = {}) => {
      const { data } = await tools.call('export_query', { query, format: 'csv' }, as(access));
      return readFileSync(data.path as string, 'utf8');
    };

    it.each([
      ['a name with its database', () => `SELECT * FROM ${ARCHIVE}.shop.Sales`],
      ['a synonym', () => 'SELECT * FROM dbo.Past'],
    ])('are made of another database by %s, without its protected columns', async (_what, query) => {
      expect(await exported(query())).toBe('id\r\n7\r\n');
    });

    it.each<[string, () => string, () => Principal['access'], string]>([
      [
        'a database that is not listed',
        () => `SELECT amount FROM ${PAYROLL}.dbo.Wages`,
        () => ({}),
        'READ_ONLY_VIOLATION',
      ],
      ['a synonym that leads to it', () => 'SELECT amount FROM dbo.Pay', () => ({}), 'READ_ONLY_VIOLATION'],
      [
        'a table that the rules leave out',
        () => `SELECT id FROM ${ARCHIVE}.shop.Targets`,
        () => ({ tables: [`${ARCHIVE}.shop.Sales`] }),
        'PERMISSION_DENIED',
      ],
      ['a protected column', () => `SELECT [IBAN] AS x FROM ${ARCHIVE}.shop.Sales`, () => ({}), 'PERMISSION_DENIED'],
    ])('are not made of %s', async (_what, query, access, code) => {
      const before = readdirSync(directory);
      await expect(exported(query(), access())).rejects.toMatchObject({ code });
      expect(readdirSync(directory)).toEqual(before);
    });
  });
});
