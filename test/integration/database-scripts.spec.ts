import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

const FACTS = `SELECT @@DATEFIRST AS first, @@LANGUAGE AS language, CONVERT(varchar(10), CAST('01/02/2024' AS datetime), 120) AS date,
  (SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID) AS isolation,
  @@OPTIONS & 512 AS nocount`;
const READ_COMMITTED = 2;
const DEFAULTS = [7, 'us_english', '2024-01-02', READ_COMMITTED, 0];

describe('scripts as people write them', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  /** One connection, so that the next borrower gets the same one. */
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute('CREATE TABLE dbo.Things (id int NOT NULL PRIMARY KEY, v int NOT NULL)');
    await database.execute('INSERT INTO dbo.Things (id, v) VALUES (1, 1), (2, 2), (3, 3)');
    services = databaseServices();
    tenant = testTenant(database.config, { name: 'scripts', readOnly: false }, { poolMax: 1 });
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  const by = (subject: string) => testCall(tenant, { principal: testPrincipal(subject) });
  const rowOf = async (sql: string, subject = 'ann', parameters = {}) =>
    (await services.queries.read(sql, by(subject), { parameters })).resultSets[0]?.rows[0];

  it('have their settings while they run', async () => {
    expect(await rowOf(`SET DATEFIRST 1; SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;\n${FACTS}`)).toEqual([
      1,
      ...DEFAULTS.slice(1, 3),
      1,
      0,
    ]);
    expect(await rowOf(`USE [${database.config.database}]\nGO\nSET NOCOUNT ON\nGO\n${FACTS}\nGO`)).toEqual(DEFAULTS);
    expect(await rowOf(`\`\`\`sql\nSET LANGUAGE english;\nSELECT @p AS p;\n\`\`\``, 'ann', { p: 5 })).toEqual([5]);
    if (database.sandbox) return;
    expect(await rowOf(`SET LANGUAGE German; ${FACTS}`)).toEqual([1, 'Deutsch', '2024-02-01', READ_COMMITTED, 0]);
    expect(await rowOf(`SET DATEFORMAT dmy; ${FACTS}`)).toEqual([7, 'us_english', '2024-02-01', READ_COMMITTED, 0]);
  });

  it('do not change how a value in "parameters" is read', async () => {
    if (database.sandbox) return;
    const parameters = { day: { type: 'datetime', value: '2024-02-01' } };
    expect(await rowOf('SET DATEFORMAT dmy; SELECT CONVERT(varchar(10), @day, 120)', 'ann', parameters)).toEqual([
      '2024-02-01',
    ]);
  });

  it.each([
    'SET DATEFIRST 3; SELECT 1',
    'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SELECT 1',
    'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1',
    'SET LANGUAGE us_english; SELECT 1',
    'SET DATEFORMAT mdy; SELECT 1',
    'SET DATEFORMAT dmy; SELECT 1',
    'SET LANGUAGE German; SELECT 1',
    'SET DATEFIRST 3; SELECT missing FROM dbo.Things',
    "SET DATEFIRST 3; SELECT CAST(N'x' AS int)",
    'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SET DATEFIRST 2; SELECT a.id FROM dbo.Things AS a, dbo.Things AS b',
    'SET NOCOUNT ON; SET DATEFIRST 4; UPDATE dbo.Things SET v = v + 1 WHERE id = 1',
    'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET DATEFIRST 4; UPDATE dbo.Things SET v = v + 1 WHERE id = 1',
    "SET DATEFIRST 4; UPDATE dbo.Things SET v = CAST(N'x' AS int)",
  ])('leave nothing to the next borrower of the session: %s', async script => {
    // The same person three times, so that the session is one that is reused without a reset.
    for (let n = 0; n < 3; n++) expect(await rowOf(FACTS)).toEqual(DEFAULTS);
    const run = /UPDATE/.test(script)
      ? services.queries.write(script, by('ann'))
      : services.queries.read(script, by('ann'), { maxRows: 1 });
    // The sandbox knows only one language and one date format, and some of these scripts have faults.
    await run.catch(() => undefined);
    expect(await rowOf(FACTS)).toEqual(DEFAULTS);
    await services.queries.read(script.replace(/(?:SELECT|UPDATE).*/, 'SELECT 1'), by('ann')).catch(() => undefined);
    expect(await rowOf(FACTS, 'bob')).toEqual(DEFAULTS);
    const written = await services.queries.write(
      'UPDATE dbo.Things SET v = @@DATEFIRST OUTPUT inserted.v WHERE id = 2',
      by('eve'),
    );
    expect(written.resultSets[0]?.rows).toEqual([[7]]);
  });

  it('count the rows that they change in spite of SET NOCOUNT ON', async () => {
    const script = 'SET NOCOUNT ON;\nUPDATE dbo.Things SET v = 0\nGO';
    expect(await services.queries.write(script, by('ann'))).toMatchObject({ affectedRows: [3], committed: true });
  });

  it('have errors at the line of the text that was sent', async () => {
    const lineOf = async (sql: string) =>
      services.queries.read(sql, by('ann')).then(
        () => undefined,
        (error: { details?: { line?: number } }) => error.details?.line,
      );
    expect(await lineOf('SELECT missing\nFROM dbo.Things')).toBe(1);
    expect(
      await lineOf('```sql\nUSE [' + database.config.database + ']\nGO\n\nSELECT id, missing\nFROM dbo.Things\n```'),
    ).toBe(5);
    expect(await lineOf('SET NOCOUNT ON;\nSET DATEFIRST 1;\n\nSELECT id, missing FROM dbo.Things')).toBe(4);
    expect(await lineOf('SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;\nSELECT * FROM dbo.Missing')).toBe(2);
    await expect(
      services.queries.write('SET DATEFIRST 1\nGO\nUPDATE dbo.Missing SET v = 1', by('ann')),
    ).rejects.toMatchObject({ details: { number: 208, line: 3 } });
  });

  it('are recorded as they were sent', async () => {
    const reports: string[] = [];
    const script = '```sql\nSET NOCOUNT ON;\nSELECT 1\n```';
    await services.queries.read(script, testCall(tenant, { report: ({ statement }) => void reports.push(statement) }));
    expect(reports).toEqual([script]);
  });
});
