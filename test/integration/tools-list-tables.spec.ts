import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const table = (name: string, columns = 'id int NOT NULL, name nvarchar(20) NULL'): string =>
  `CREATE TABLE ${name} (${columns})`;

const SCHEMA = [
  'CREATE SCHEMA erp',
  table('erp.KUNDEN', 'id int NOT NULL CONSTRAINT PK_K PRIMARY KEY, name nvarchar(20) NULL'),
  "INSERT INTO erp.KUNDEN VALUES (1, N'a'), (2, N'b')",
  ...['KUNDEN_BAK', 'OLD_KUNDEN', 'KUNDEN_20240131', 'KUNDEN_ALT2', 'Copy of KUNDEN'].map(name =>
    table(`erp.[${name}]`),
  ),
  table('erp.KUNDEN_2023', 'id int NOT NULL, other int NULL'),
  table('erp.KUNDEN_COPY', 'id int NOT NULL CONSTRAINT PK_KC PRIMARY KEY, name nvarchar(20) NULL'),
  table('erp.REFERS', 'id int NOT NULL CONSTRAINT FK_R REFERENCES erp.KUNDEN_COPY (id)'),
  table('erp.THRESHOLD'),
  table('erp.THRESH'),
  table('dbo.KUNDEN_BAK'),
  'CREATE VIEW erp.vKunden AS SELECT id FROM erp.KUNDEN',
  'CREATE SYNONYM erp.Kunde FOR erp.KUNDEN',
  ...Array.from({ length: 300 }, (_, i) => table(`erp.Z${String(i).padStart(3, '0')}_BUCHUNGSKREIS_STAMM`)),
  `EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'who
   buys', @level0type = N'SCHEMA', @level0name = N'erp', @level1type = N'TABLE', @level1name = N'KUNDEN'`,
].join('\nGO\n');

describe('list_tables', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCHEMA);
    tools = await toolServices(database);
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const copies = async (access: object = {}) => {
    const { data } = await tools.call(
      'list_tables',
      { name_like: 'K' },
      { principal: testPrincipal('ann', { access }) },
    );
    const marked = data.tables.filter((found: { copy_of?: string }) => found.copy_of !== undefined);
    return marked.map(({ name, copy_of }: { name: string; copy_of: string }) => `${name} = ${copy_of}`);
  };

  it('marks a copy by its name, if it has the same columns and nothing refers to it', async () => {
    expect(await copies()).toEqual([
      'Copy of KUNDEN = erp.KUNDEN',
      'KUNDEN_20240131 = erp.KUNDEN',
      'KUNDEN_ALT2 = erp.KUNDEN',
      'KUNDEN_BAK = erp.KUNDEN',
      'OLD_KUNDEN = erp.KUNDEN',
    ]);
  });

  it('names no original that the rules of the person hide', async () => {
    expect(await copies({ tables: ['erp.KUNDEN_BAK'] })).toEqual([]);
  });

  it('gives a short text that is grouped by schema and says what is empty, a copy, a view or a synonym', async () => {
    const { data, text } = await tools.call('list_tables', { name_like: 'K', include_views: true, schema: 'erp' });
    const lines = text.split('\n');
    expect(lines.slice(0, 2)).toEqual([expect.stringMatching(/^\d+ of \d+ tables: name, approximate rows/), 'erp:']);
    expect(lines).toEqual(
      expect.arrayContaining([
        'KUNDEN 2 -- who buys',
        'KUNDEN_BAK empty copy',
        'vKunden view',
        'Kunde synonym of erp.KUNDEN',
      ]),
    );
    expect(data.tables).toContainEqual({
      schema: 'erp',
      name: 'KUNDEN_BAK',
      type: 'table',
      row_count: 0,
      copy_of: 'erp.KUNDEN',
    });
  });

  it('needs at most 45 bytes of text for a table beside its description', async () => {
    let bytes = 0;
    let count = 0;
    let cursor: string | undefined;
    do {
      const { data, text } = await tools.call('list_tables', { include_views: true, ...(cursor && { cursor }) });
      cursor = data.next_cursor;
      bytes += Buffer.byteLength(text.replace(/ -- .*/g, ''));
      count += data.count;
    } while (cursor !== undefined);
    expect(count).toBeGreaterThan(300);
    expect(bytes / count).toBeLessThanOrEqual(45);
  });
});
