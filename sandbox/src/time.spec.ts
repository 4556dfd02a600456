import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type sql from 'mssql';
import { startSandbox, type Sandbox } from './index.ts';
import { closeConnections, connect } from './testing/connect.ts';

afterAll(closeConnections);

const TIME = Date.UTC(2028, 1, 29, 23, 59, 59, 997);

describe('a sandbox whose clock stands still', () => {
  let sandbox: Sandbox;
  let client: sql.ConnectionPool;
  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 'demo', time: TIME });
    client = await connect(sandbox);
  });
  afterAll(() => sandbox.close());

  const first = async (query: string): Promise<unknown> => (await client.query<object>(query)).recordset[0];

  it('has the same time in every function and statement', async () => {
    const query = 'SELECT GETDATE() AS a, SYSUTCDATETIME() AS b, CURRENT_TIMESTAMP AS c';
    const moment = new Date(TIME);
    expect(await first(query)).toEqual({ a: moment, b: moment, c: moment });
    expect(await first(query)).toEqual({ a: moment, b: moment, c: moment });
  });

  it('has the rows of the demo for that time', async () => {
    expect(await first('SELECT CONVERT(char(10), MAX(OrderDate), 120) AS newest FROM sales.Orders')).toEqual({
      newest: '2028-02-29',
    });
    expect(await first('SELECT CONVERT(char(10), MAX(CreatedAt), 120) AS newest FROM finance.Transactions')).toEqual({
      newest: '2028-02-29',
    });
  });
});
