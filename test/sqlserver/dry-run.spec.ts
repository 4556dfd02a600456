import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryEvents } from '../../src/database/query-events.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

/** The sandbox has no triggers. */
describe('a dry run of a statement whose trigger commits', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`CREATE TABLE dbo.Orders (id int NOT NULL)
GO
CREATE TRIGGER dbo.CommitOrders ON dbo.Orders AFTER INSERT AS COMMIT`);
    tools = await toolServices(database, { settings: { readOnly: false } });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  it('is an error, and drops kept answers', async () => {
    const changed: string[] = [];
    tools.module.get(QueryEvents, { strict: false }).listen({ changed: async ({ name }) => void changed.push(name) });
    const query = 'INSERT INTO dbo.Orders VALUES (1)';
    await expect(tools.call('execute_sql', { query, dry_run: true })).rejects.toMatchObject({ code: 'SQL_ERROR' });
    expect(changed).toHaveLength(1);
    const { data } = await tools.call('execute_sql', { query: 'SELECT COUNT(*) AS n FROM dbo.Orders' });
    expect(data.rows).toEqual([[1]]);
  });
});
