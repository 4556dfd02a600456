import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../../test/support/database.js';
import { type ToolServices, toolServices } from '../../test/support/tool-services.js';
import { CustomerOrdersModule } from './customer-orders.module.js';
import { TopCustomersModule } from './top-customers.module.js';

const SHOP = `
CREATE SCHEMA sales
GO
CREATE TABLE sales.Customers (CustomerID nchar(5) NOT NULL PRIMARY KEY, CompanyName nvarchar(80) NOT NULL)
GO
CREATE TABLE sales.Orders (
  OrderID int NOT NULL PRIMARY KEY, CustomerID nchar(5) NOT NULL, OrderDate datetime NOT NULL, Freight money NOT NULL
)
GO
INSERT INTO sales.Customers VALUES (N'AAAAA', N'Alpha'), (N'BBBBB', N'Beta')
GO
INSERT INTO sales.Orders VALUES (1, N'AAAAA', '2024-01-01T12:00:00', 12.5), (2, N'AAAAA', '2024-06-01T00:00:00', 0),
  (3, N'BBBBB', '20240701', 1)
`;

describe('a tool with entities', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SHOP);
    tools = await toolServices(database, { imports: [TopCustomersModule, CustomerOrdersModule] });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  it('returns the related rows with exact values', async () => {
    expect((await tools.call('customer_orders', { customer: 'AAAAA' })).data).toEqual({
      name: 'Alpha',
      orders: [
        { id: 2, placed: '2024-06-01T00:00:00.000Z', freight: '0.0000' },
        { id: 1, placed: '2024-01-01T12:00:00.000Z', freight: '12.5000' },
      ],
    });
    const last = await tools.call('customer_orders', { customer: 'AAAAA', limit: 1 });
    expect(last.data.orders.map((order: { id: number }) => order.id)).toEqual([2]);
  });

  it('says which customer it does not find', async () => {
    await expect(tools.call('customer_orders', { customer: 'ZZZZZ' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'There is no customer "ZZZZZ".',
    });
  });

  it('reads only what the person may read', async () => {
    const principal = testPrincipal('ann', { access: { tables: ['sales.Customers'] } });
    await expect(tools.call('customer_orders', { customer: 'AAAAA' }, { principal })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });
});
