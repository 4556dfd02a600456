import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const SCHEMA = `
CREATE SCHEMA sales
GO
CREATE TABLE sales.Orders (OrderID int NOT NULL CONSTRAINT PK_O PRIMARY KEY, Total decimal(12,2) NULL)
GO
CREATE TABLE dbo.Salaries (id int NOT NULL, amount int NULL)
GO
CREATE FUNCTION sales.Taxed (@amount decimal(12,2), @rate decimal(4,2)) RETURNS decimal(14,2) AS BEGIN RETURN @amount * @rate END
GO
CREATE FUNCTION sales.Large (@from decimal(12,2)) RETURNS TABLE AS RETURN SELECT OrderID, sales.Taxed(Total, 1.2) AS taxed FROM sales.Orders WHERE Total > @from
GO
CREATE VIEW sales.OpenOrders AS SELECT OrderID FROM sales.Orders
GO
CREATE VIEW sales.Paid AS SELECT o.OrderID FROM sales.Orders AS o JOIN dbo.Salaries AS s ON s.id = o.OrderID
GO
CREATE PROCEDURE sales.GetOrders @from int, @count int = 0 OUTPUT AS SELECT o.OrderID, Total FROM sales.OpenOrders JOIN sales.Orders AS o ON 1 = 1 WHERE o.OrderID > @from
GO
CREATE PROCEDURE sales.Sneaky AS SELECT OrderID FROM sales.Orders; EXEC (N'SELECT * FROM dbo.Sala' + N'ries'); -- see salaries
GO
CREATE PROCEDURE sales.Elsewhere AS SELECT OrderID FROM sales.Orders; EXEC (N'SELECT * FROM Payroll.dbo.Pay')
GO
CREATE PROCEDURE sales.Secret WITH ENCRYPTION AS SELECT OrderID FROM sales.Orders
GO
CREATE PROCEDURE sales.Connects AS SELECT N'Server=x;Password=hunter2;User=y' AS c, N'pwd: ''abc''' AS d
`;

describe('describe_object', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCHEMA);
    const lines = Array.from({ length: 3_000 }, (_, i) => `  -- line ${i}: ünïcode`);
    await database.execute(`CREATE PROCEDURE sales.Long AS\n${lines.join('\n')}\nSELECT 1 AS one`);
    tools = await toolServices(database);
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const describeIt = async (name: string, more: object = {}, args: object = {}) => {
    const principal = testPrincipal('ann', more);
    const { data } = await tools.call('describe_object', { name, ...args }, { principal });
    const schema = tools.registry.find(tools.tenant, 'describe_object')?.descriptor.outputSchema ?? {};
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect([validate(data), validate.errors]).toEqual([true, null]);
    return data;
  };
  const limited = (access: object) => ({ access });

  it('shows parameters, result columns, text and dependencies of a procedure', async () => {
    expect(await describeIt('GetOrders')).toEqual({
      schema: 'sales',
      name: 'GetOrders',
      type: 'procedure',
      parameters: [
        { name: '@from', type: 'int' },
        { name: '@count', type: 'int', output: true },
      ],
      result_columns: [
        { name: 'OrderID', type: 'int', nullable: false },
        { name: 'Total', type: 'decimal(12,2)', nullable: true },
      ],
      definition: expect.stringMatching(/^CREATE PROCEDURE sales\.GetOrders/),
      depends_on: ['sales.OpenOrders', 'sales.Orders'],
      used_by: [],
      modified_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('shows what a function returns, and a view its columns and users', async () => {
    expect(await describeIt('sales.Taxed')).toMatchObject({
      type: 'function',
      parameters: [
        { type: 'decimal(14,2)' },
        { name: '@amount', type: 'decimal(12,2)' },
        { name: '@rate', type: 'decimal(4,2)' },
      ],
      used_by: ['sales.Large'],
    });
    expect(await describeIt('sales.Large')).toMatchObject({
      result_columns: [
        { name: 'OrderID', type: 'int' },
        { name: 'taxed', type: 'decimal(14,2)' },
      ],
      depends_on: ['sales.Orders', 'sales.Taxed'],
    });
    expect(await describeIt('sales.OpenOrders')).toMatchObject({ type: 'view', used_by: ['sales.GetOrders'] });
  });

  it('says that a text is encrypted', async () => {
    const secret = await describeIt('sales.Secret');
    expect(secret).not.toHaveProperty('definition');
    expect(secret.message).toContain('encrypted');
  });

  it('replaces what looks like a secret', async () => {
    const { definition, message } = await describeIt('sales.Connects');
    expect(definition).toContain('Server=x;Password=***;User=y');
    expect(definition).not.toMatch(/hunter2|abc/);
    expect(message).toContain('***');
  });

  it('gives a long text in pages that follow each other, and refuses a cursor of another object', async () => {
    let text = '';
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await describeIt('sales.Long', {}, cursor === undefined ? {} : { cursor });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(31_000);
      expect(page.message).toContain('a part of the text');
      text += page.definition;
      cursor = page.next_cursor;
      if (cursor !== undefined)
        await expect(describeIt('sales.Taxed', {}, { cursor })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    } while (cursor !== undefined && ++pages < 50);
    expect(pages).toBeGreaterThan(1);
    expect(text.split('\n')).toHaveLength(3_002);
    expect(text).toContain('line 2999: ünïcode');
  });

  it('names nothing that the rules of the person hide', async () => {
    const rules = limited({ schemas: ['sales'] });
    expect(await describeIt('sales.OpenOrders', rules)).toMatchObject({ definition: expect.any(String) });
    for (const name of ['sales.Paid', 'sales.Sneaky', 'sales.Elsewhere']) {
      const found = await describeIt(name, rules);
      expect(found).not.toHaveProperty('definition');
      expect(found.depends_on).toEqual(['sales.Orders']);
      expect(found.message).toContain('may not use');
      expect(JSON.stringify(found)).not.toMatch(/salaries|payroll/i);
    }
    const narrow = limited({ tables: ['sales.OpenOrders', 'sales.Orders'] });
    expect(await describeIt('sales.OpenOrders', narrow)).toMatchObject({ used_by: [] });
    await expect(describeIt('sales.GetOrders', narrow)).rejects.toMatchObject({ code: 'UNKNOWN_TABLE' });
  });

  it.each([
    ['sales.GetOrdrs', 'UNKNOWN_TABLE', 'sales.GetOrders'],
    ['sales.Orders', 'INVALID_ARGUMENT', 'describe_table'],
    ['master.dbo.sp_who', 'INVALID_ARGUMENT', ''],
  ])('refuses %s with a hint', async (name, code, hint) => {
    await expect(describeIt(name)).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) });
  });

  describe('for a login with few permissions', () => {
    let few: ToolServices;

    beforeAll(async () => {
      await database.execute(`CREATE LOGIN few WITH PASSWORD = 'Few!Rights2024'
GO
CREATE USER few FOR LOGIN few
GO
GRANT SELECT, EXECUTE ON SCHEMA::sales TO few`);
      const config = Object.assign(Object.create(Object.getPrototypeOf(database.config) as object), database.config, {
        user: 'few',
        password: 'Few!Rights2024',
      });
      few = await toolServices({ ...database, config });
    });
    afterAll(() => few.close());

    it('shows what the database shows it, and says what it does not', async () => {
      const { data } = await few.call('describe_object', { name: 'sales.GetOrders' });
      expect(data).toMatchObject({
        name: 'GetOrders',
        parameters: [{ name: '@from' }, { name: '@count' }],
        depends_on: [],
      });
      expect(data).not.toHaveProperty('definition');
      expect(data.message).toContain('VIEW DEFINITION');
    });
  });
});
