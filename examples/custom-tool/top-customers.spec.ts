import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../../test/support/database.js';
import { type ToolServices, toolServices } from '../../test/support/tool-services.js';
import { TopCustomersModule } from './top-customers.module.js';

const SHOP = `
CREATE SCHEMA sales
GO
CREATE TABLE sales.Customers (CustomerID nchar(5) NOT NULL PRIMARY KEY, CompanyName nvarchar(40) NOT NULL)
GO
CREATE TABLE sales.Orders (OrderID int NOT NULL PRIMARY KEY, CustomerID nchar(5) NOT NULL, OrderDate datetime NOT NULL)
GO
CREATE TABLE sales.OrderDetails (OrderID int NOT NULL, UnitPrice money NOT NULL, Quantity smallint NOT NULL)
GO
INSERT INTO sales.Customers VALUES (N'AAAAA', N'Alpha'), (N'BBBBB', N'Beta')
GO
INSERT INTO sales.Orders VALUES (1, N'AAAAA', '20240101'), (2, N'BBBBB', '20240601'), (3, N'BBBBB', '20240701')
GO
INSERT INTO sales.OrderDetails VALUES (1, 100, 5), (2, 10.5, 2), (3, 1, 1)
`;

describe('a tool of a team’s own', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SHOP);
    tools = await toolServices(database, { imports: [TopCustomersModule] });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  it('is listed with the built-in tools', () => {
    const offered = tools.registry.forPrincipal(tools.tenant, testPrincipal());
    expect(offered.find(tool => tool.name === 'top_customers')).toMatchObject({
      title: 'Top customers',
      annotations: { readOnlyHint: true },
      inputSchema: { additionalProperties: false },
    });
  });

  it('returns rows from the database', async () => {
    const { data } = await tools.call('top_customers', {});
    expect(data.customers).toEqual([
      { customer: 'Alpha', orders: 1, total: 500 },
      { customer: 'Beta', orders: 2, total: 22 },
    ]);
    const late = await tools.call('top_customers', { count: 1, since: '2024-06-15' });
    expect(late.data.customers).toEqual([{ customer: 'Beta', orders: 1, total: 1 }]);
  });

  it('refuses arguments that its schema does not know', async () => {
    await expect(tools.call('top_customers', { count: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(tools.call('top_customers', { since: 'yesterday' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
