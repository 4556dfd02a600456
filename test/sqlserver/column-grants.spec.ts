import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const READER = `mcp_reader_${randomBytes(4).toString('hex')}`;
const PASSWORD = `Aa1!${randomBytes(12).toString('hex')}`;

describe('a profile for a login that may read some columns', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`CREATE TABLE dbo.Countries (code char(2) NOT NULL, name nvarchar(40) NOT NULL)
GO
INSERT INTO dbo.Countries VALUES ('de', N'Germany'), ('fr', N'France')
GO
CREATE STATISTICS st_code ON dbo.Countries (code) WITH FULLSCAN
GO
CREATE LOGIN ${READER} WITH PASSWORD = '${PASSWORD}'
GO
CREATE USER ${READER} FOR LOGIN ${READER}
GO
GRANT VIEW DEFINITION TO ${READER}
GO
GRANT SELECT ON dbo.Countries (code) TO ${READER}`);
    const config = Object.assign(Object.create(Object.getPrototypeOf(database.config) as object), database.config, {
      user: READER,
      password: PASSWORD,
    });
    tools = await toolServices({ ...database, config });
  });
  afterAll(async () => {
    await tools.close();
    await database.execute(`DROP USER ${READER}\nGO\nDROP LOGIN ${READER}`);
    await database.close();
  });

  it('is a sample of these columns', async () => {
    const { data } = await tools.call('describe_table', { table_name: 'dbo.Countries', profile: true });
    expect(data.columns).toMatchObject([{ name: 'code', profile: { distinct: 2, sampled: false } }, { name: 'name' }]);
    expect(data.columns[1]).not.toHaveProperty('profile');
  });
});
