import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { startSandbox } from 'tsql-sandbox';
import { ANONYMOUS } from '../../src/common/principal.js';
import { SchemaOverview } from '../../src/database/catalog/overview/schema-overview.js';
import { KnowledgeNotes } from '../../src/knowledge/knowledge-notes.js';
import { InstructionsService } from '../../src/mcp/methods/instructions.service.js';
import { openTestDatabase, sandboxConfig, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

describe('the instructions', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`CREATE SCHEMA sales
GO
CREATE TABLE sales.Customers (id int NOT NULL CONSTRAINT PK_C PRIMARY KEY, [full name] nvarchar(40) NOT NULL)
GO
CREATE TABLE sales.Orders (id int NOT NULL CONSTRAINT PK_O PRIMARY KEY, customer int NULL CONSTRAINT FK_C REFERENCES sales.Customers (id), total decimal(12,2) NOT NULL)
GO
CREATE TABLE dbo.Salaries (id int NOT NULL)`);
    tools = await toolServices(database, { settings: { databases: ['Archive'] } });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const textFor = (services: ToolServices, more: object = {}, subject = 'ann') =>
    new InstructionsService(
      services.module.get(SchemaOverview),
      services.registry,
      services.module.get(KnowledgeNotes),
    ).of({
      tenant: services.tenant,
      principal: testPrincipal(subject, more),
    });

  it('hold the whole schema of a small database, and name the others', async () => {
    const text = await textFor(tools);
    expect(text).toContain('sales.Customers(id int*, [full name] nvarchar(40))');
    expect(text).toContain('sales.Orders(id int*, customer int? ->sales.Customers.id, total decimal(12,2))');
    expect(text).toContain('dbo.Salaries(id int)');
    expect(text).toContain('Also to Archive');
  });

  it('name nothing that the rules of the person hide', async () => {
    const text = await textFor(tools, { access: { tables: ['sales.Orders'] } });
    expect(text).toContain('sales.Orders(id int*, customer int?, total decimal(12,2))');
    expect(text).not.toMatch(/Customers|Salaries/);
  });

  it.each([
    ['whose tools describe no table', 'ann', { access: { tools: ['list_tables', 'search_schema'] } }],
    ['without a token', ANONYMOUS, {}],
  ])('hold no schema for a person %s, and say how to search', async (_who, subject, more) => {
    const text = await textFor(tools, more, subject);
    expect(text).not.toContain('Orders');
    expect(text).toContain('call search_schema');
  });

  it('name only tools that the person may use', async () => {
    const text = await textFor(tools, { access: { tools: ['list_tables'] } });
    expect(text).toContain('Look at list_tables before');
    expect(text).not.toMatch(/search_schema|describe_table|execute_sql/);
  });

  const RANDOM = (seed: number): string =>
    Array.from({ length: 24 }, (_, i) => 'Xq9Zk7Wv3Jp8'[(seed * 7 + i * (seed + 3)) % 12]).join('');
  const SYLLABLES = 'ba ko fi tu re mo shi pan dol gur vex ni ta le zo'.split(' ');
  const SPOKEN = (seed: number): string =>
    Array.from({ length: 5 }, (_, i) => SYLLABLES[(seed * 5 + i * (seed + 2)) % SYLLABLES.length]).join('');
  const ENGLISH = (seed: number): string =>
    ['Customer', 'Order', 'Invoice', 'Product', 'Delivery', 'Supplier'][seed % 6] +
    (['Name', 'Date', 'Amount', 'Status', 'Address', 'Country', 'Number'][seed % 7] ?? '');
  const FOREIGN = (seed: number): string => `Kundenänderung_顧客${'番号名前'[seed % 4]}`;

  it.each([
    ['random', RANDOM, 2],
    ['spoken', SPOKEN, 4],
    ['English', ENGLISH, 8],
    ['foreign', FOREIGN, 3],
  ])(
    'stay below 2,000 tokens with %s names, and say how to search where the schema does not fit',
    async (_kind, name, least) => {
      let fitted = 0;
      for (let count = 1; count <= 30; count++) {
        const tables = Array.from({ length: count }, (_, t) => ({
          schema: 'dbo',
          name: `${name(t)}_${t}`,
          columns: Array.from({ length: 10 }, (_c, c) => ({
            name: `${name(t * 31 + c)}${c}`,
            type: 'nvarchar(40)',
            nullable: c > 0,
            key: c === 0,
          })),
        }));
        const overview = { of: () => Promise.resolve(tables) } as unknown as SchemaOverview;
        const caller = { tenant: tools.tenant, principal: testPrincipal() };
        const text = await new InstructionsService(overview, tools.registry, tools.module.get(KnowledgeNotes)).of(
          caller,
        );
        expect(encode(text).length).toBeLessThanOrEqual(2_000);
        if (text.includes('All tables')) fitted = count;
        else expect(text).toContain('search_schema');
      }
      expect(fitted).toBeGreaterThanOrEqual(least);
      expect(fitted).toBeLessThan(30);
    },
  );

  it('do not wait for a slow database', async () => {
    const sandbox = await startSandbox({
      seed: { sql: 'CREATE TABLE dbo.T (id int NOT NULL)' },
      faults: [{ kind: 'delay-rows', milliseconds: 5_000, text: 'sys.foreign_key_columns', times: 0 }],
    });
    const config = sandboxConfig(sandbox);
    const services = await toolServices({ config } as TestDatabase);
    const text = await textFor(services);
    expect(text).toContain('search_schema');
    expect(text).not.toContain('dbo.T');
    await services.close();
    await sandbox.close();
  });
});
