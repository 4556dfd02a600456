import { INT, nvarchar, NVARCHAR_MAX } from '../engine/types.ts';
import { TestServer, type TestClient, type TestResult } from './testing/test-session.ts';

/** The batch that the server sends around a reader's statement: one RPC, in a transaction that is rolled back. */
const ENVELOPE = `SET ANSI_NULLS, ANSI_NULL_DFLT_ON, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT, IMPLICIT_TRANSACTIONS OFF;
SET DATEFIRST 7; SET DATEFORMAT mdy; SET TEXTSIZE 2147483647; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET XACT_ABORT ON;
EXEC sys.sp_set_session_context @key = N'user', @value = @user, @read_only = 1;
BEGIN TRAN;
EXEC sys.sp_executesql @stmt, @decl, @p = @p;
IF @@TRANCOUNT > 0 ROLLBACK;`;

describe('a read in its session batch', () => {
  let server: TestServer;
  let client: TestClient;
  beforeEach(() => {
    server = new TestServer();
    client = server.open('sa', false);
    server.open().ok('CREATE TABLE t (id int NOT NULL); INSERT t VALUES (1), (2)');
  });

  const read = (statement: string): TestResult =>
    client.call('sp_executesql', [
      { name: '@statement', type: NVARCHAR_MAX, value: ENVELOPE, output: false },
      {
        name: '@params',
        type: NVARCHAR_MAX,
        value: '@stmt nvarchar(max), @decl nvarchar(max), @user nvarchar(128), @p int',
        output: false,
      },
      { name: '@stmt', type: NVARCHAR_MAX, value: statement, output: false },
      { name: '@decl', type: NVARCHAR_MAX, value: '@p int', output: false },
      { name: '@user', type: nvarchar(128), value: 'ann', output: false },
      { name: '@p', type: INT, value: 2, output: false },
    ]);

  it('returns the rows and rolls back what was written', () => {
    const result = read("SELECT id, SESSION_CONTEXT(N'user') FROM t WHERE id = @p; DELETE t");
    expect(result.errors).toEqual([]);
    expect(result.sets).toEqual([[['2', 'ann']]]);
    expect(result.changes).toEqual(['begin', 'rollback']);
    expect(client.rows('SELECT COUNT(*) FROM t')).toEqual([['2']]);
  });

  it.each([
    ['SELECT 1;\nSELECT * FROM nope', 208, 2],
    ["SELECT 1;\n\nSELECT CAST('x' AS int)", 245, 3],
    ['SELECT 1\nFROM WHERE', 156, 2],
    ["SELECT 1;\nRAISERROR('mine', 16, 1)", 50000, 2],
    ["RAISERROR('end', 20, 1) WITH LOG", 50000, 1],
    ['DELETE t;\nINSERT t VALUES (NULL)', 515, 2],
    ["DELETE t;\nTHROW 50001, 'x', 1", 50001, 2],
  ])('leaves no transaction and no lock after %j', (statement, number, line) => {
    const result = read(statement);
    expect(result.errors[0]).toMatchObject({ number, line, procedure: '' });
    expect(client.session.transactions.count).toBe(0);
    expect(server.open().rows('SELECT COUNT(*) FROM t')).toEqual([['2']]);
  });

  it('can be used again after a reset', () => {
    read('SELECT 1');
    expect(client.error("EXEC sp_set_session_context N'user', 'eve'")).toBe(15664);
    client.session.reset(false);
    expect(read("SELECT REPLICATE(CAST(N'x' AS nvarchar(max)), 10000) AS x").sets[0]![0]![0]).toHaveLength(10_000);
  });
});
