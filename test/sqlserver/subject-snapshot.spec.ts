import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RowConsumer } from '../../src/database/query/stream-sink.js';
import { openTestDatabase, testCall, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

/** The sandbox has no snapshots of several statements, so only a real SQL Server can show this. */
describe('several statements of one read', () => {
  let database: TestDatabase;
  let services: DatabaseServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    services = databaseServices();
    await database.execute(`ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON
GO
CREATE TABLE dbo.First (ID int NOT NULL PRIMARY KEY)
GO
CREATE TABLE dbo.Second (ID int NOT NULL PRIMARY KEY)
GO
INSERT INTO dbo.First VALUES (1)
GO
INSERT INTO dbo.Second VALUES (1)`);
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  it('see the database as it was at one moment, and stop nobody from writing', async () => {
    const counts: number[] = [];
    let written = false;
    const consumer: RowConsumer = {
      columns: () => void counts.push(0),
      row: () => {
        counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
        if (written) return 0;
        written = true;
        return database
          .execute('INSERT INTO dbo.First VALUES (2)\nGO\nINSERT INTO dbo.Second VALUES (2)')
          .then(() => 0);
      },
    };
    const call = testCall(testTenant(database.config));
    // The first result is larger than what the server sends ahead, so that the second one is read after the change.
    const statements = [
      'SELECT a.ID FROM dbo.First AS a CROSS JOIN (SELECT TOP (100000) 1 AS n FROM sys.all_columns AS b CROSS JOIN sys.all_columns AS c) AS many',
      'SELECT ID FROM dbo.Second',
    ];
    const options = { file: { maxRows: 1_000_000, timeoutMs: 60_000, cells: { maxBytes: 100, cutCells: 0 } } };
    const { snapshot } = await services.queries.streamTogether(statements, call, consumer, options);
    expect(snapshot).toBe(true);
    expect(counts).toEqual([100_000, 1]);
  });
});
