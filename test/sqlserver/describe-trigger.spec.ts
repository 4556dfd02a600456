import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

describe('describe_object of a trigger', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`CREATE TABLE dbo.Orders (id int NOT NULL)
GO
CREATE TABLE dbo.Hidden (id int NOT NULL)
GO
CREATE TRIGGER dbo.CopyOrders ON dbo.Orders AFTER INSERT AS INSERT INTO dbo.Hidden SELECT id FROM inserted`);
    tools = await toolServices(database);
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  it('shows its table, and a limited person no text that names a hidden table', async () => {
    const { data } = await tools.call('describe_object', { name: 'dbo.CopyOrders' });
    expect(data).toMatchObject({
      type: 'trigger',
      table: 'dbo.Orders',
      depends_on: ['dbo.Hidden'],
      definition: expect.stringContaining('CREATE TRIGGER'),
    });
    const principal = testPrincipal('eve', { access: { tables: ['dbo.Orders'] } });
    const limited = await tools.call('describe_object', { name: 'dbo.CopyOrders' }, { principal });
    expect(limited.data).toMatchObject({ table: 'dbo.Orders', depends_on: [] });
    expect(limited.text).not.toContain('Hidden');
  });
});
