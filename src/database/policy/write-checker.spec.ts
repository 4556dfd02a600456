import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../common/app-error.js';
import { StatementPolicy } from './statement-policy.js';

const config = { readOnly: false, databases: [], allowMultipleStatements: false, allowThreePartNames: false };
const call = (changes: Partial<typeof config> = {}) =>
  ({
    tenant: { config: { ...config, ...changes, database: { database: 'TestDb' } } },
    principal: { access: {} },
  }) as unknown as Parameters<StatementPolicy['admitWrite']>[1];

function refusalOf(sql: string, changes: Partial<typeof config> = {}): AppError | undefined {
  try {
    new StatementPolicy().admitWrite(sql, call(changes));
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  empty: ['', ';', '-- x'],
  'transaction-control': [
    'BEGIN TRAN',
    'BEGIN TRANSACTION x',
    'BEGIN DISTRIBUTED TRAN',
    'COMMIT',
    'COMMIT WORK',
    'ROLLBACK',
    'SAVE TRAN x',
    'DELETE t; COMMIT',
    'IF 1 = 1 ROLLBACK',
    'DELETE t COMMIT; DELETE u',
  ],
  'session-setting': [
    'SET XACT_ABORT OFF',
    'SET [XACT_ABORT] OFF DELETE t',
    'SET "XACT_ABORT" OFF',
    'SET NOCOUNT, XACT_ABORT OFF',
    'SET IMPLICIT_TRANSACTIONS ON',
    'SET TRANSACTION ISOLATION LEVEL SNAPSHOT',
    'SET LOCK_TIMEOUT -1',
    'SET QUERY_GOVERNOR_COST_LIMIT 0',
    'DELETE t; SET QUERY_GOVERNOR_COST_LIMIT 0; DELETE u',
    'SET LANGUAGE Deutsch',
    'SET CONTEXT_INFO 0x1',
    'SET NOEXEC ON',
    'SET STATISTICS IO ON',
    'DELETE t; SET ROWCOUNT 1',
    'USE master',
    'DELETE t USE master',
    'DELETE t; USE hint; DELETE u',
  ],
  'unseen-code': [
    'EXEC p',
    'exec sp_configure',
    "EXECUTE ('DELETE t')",
    "EXECUTE AS USER = 'dbo'",
    'INSERT t EXEC p',
    'DELETE t; EXEC p',
    'DELETE t; {? = call p}',
  ],
  'server-statement': [
    'GRANT SELECT ON t TO u',
    "BACKUP DATABASE d TO DISK = 'x'",
    "RESTORE DATABASE d FROM DISK = 'x'",
    'KILL 53',
    'SHUTDOWN',
    'RECONFIGURE',
    'CHECKPOINT',
    'REVERT',
    'SETUSER',
    'DBCC FREEPROCCACHE',
    "BULK INSERT t FROM 'x'",
    "WAITFOR DELAY '0:0:1'",
    'CREATE LOGIN x',
    'CREATE PROCEDURE p AS SELECT 1',
    'CREATE PROC p AS DELETE t',
    'CREATE OR ALTER FUNCTION f() RETURNS int AS BEGIN RETURN 1 END',
    'CREATE TRIGGER r ON t AFTER INSERT AS SELECT 1',
    'CREATE AGGREGATE a (@x int) RETURNS int EXTERNAL NAME b.c',
    'ALTER DATABASE CURRENT SET READ_ONLY',
    'ALTER ROLE db_owner ADD MEMBER u',
    'DELETE t; DROP USER u',
    'ALTER TABLE t DISABLE TRIGGER r',
    "DELETE t; BEGIN DIALOG @h FROM SERVICE a TO SERVICE 'b'",
    "DELETE t; SEND ON CONVERSATION @h ('x')",
    'DELETE t END CONVERSATION @h',
    'DELETE t; BEGIN CONVERSATION TIMER (@h) TIMEOUT = 1',
  ],
  'first-word': ['sp_who', 'dbo.p 1', '[p]', 'foo', 'OPEN c', 'GOTO x', '{call p}'],
  'outward-function': [
    "INSERT t SELECT * FROM OPENROWSET(BULK 'x', SINGLE_CLOB) r",
    "DELETE OPENQUERY(srv, 'SELECT 1')",
    "INSERT t SELECT * FROM sys.fn_get_audit_file('x', NULL, NULL)",
  ],
  'three-part-name': [
    'INSERT other.dbo.t VALUES (1)',
    'UPDATE other..t SET a = 1',
    'UPDATE TOP (5) PERCENT other.dbo.t SET a = 1',
    'DELETE TOP (1) other.dbo.t',
    'DELETE a FROM a JOIN other.dbo.t ON 1 = 1',
    'SELECT * FROM (other.dbo.t CROSS JOIN u)',
    'SELECT a INTO other.dbo.t FROM u',
    'MERGE t USING (other.dbo.u CROSS JOIN v) ON 1 = 1 WHEN MATCHED THEN DELETE;',
    'MERGE INTO other..t USING u ON 1 = 1 WHEN MATCHED THEN DELETE;',
    'DELETE t OUTPUT deleted.a INTO other.dbo.u',
    'DROP TABLE a, other.dbo.t',
    'DROP TABLE IF EXISTS other.dbo.t',
    'TRUNCATE TABLE other.dbo.t',
    'CREATE SYNONYM s FOR other.dbo.t',
    'CREATE INDEX i ON other.dbo.t (a)',
    'SELECT a FROM b CREATE INDEX i ON other.dbo.t (a)',
    'UPDATE STATISTICS other.dbo.t',
    'SET IDENTITY_INSERT other.dbo.t ON',
    'INSERT t SELECT NEXT VALUE FOR other.dbo.s',
    "INSERT t SELECT * FROM CONTAINSTABLE(other.dbo.t, *, 'x') k",
    'UPDATE t SET a = other.dbo.f(1)',
    'INSERT t SELECT a FROM .b, other.dbo.t',
  ],
  'four-part-name': ['INSERT srv.d.s.t VALUES (1)', 'DELETE t; DELETE srv...t'],
  'batch-separator': ['DELETE t\nGO\nDELETE u'],
  unbalanced: ['DELETE t WHERE (a = 1', 'DELETE t)'],
  'odd-character': ['DELETE t WHERE a = 0x1\\\nFKILL 53'],
  'lookalike-word': ['DELETE t ＣＯＭＭＩＴ'],
};

const ALLOWED = [
  'SELECT a INTO #x FROM t',
  'INSERT INTO t DEFAULT VALUES',
  'INSERT t (a) OUTPUT inserted.id VALUES (1), (2)',
  "INSERT INTO log (action, status) VALUES ('DROP TABLE', 'EXEC')",
  'INSERT INTO xp_history (player, xp) VALUES (1, 2)',
  'INSERT INTO x (a) SELECT dbo.t.a, dbo.t.b FROM dbo.t',
  'UPDATE t SET a = 1 FROM dbo.t JOIN dbo.u ON dbo.t.id = dbo.u.id',
  'UPDATE dbo.t SET a = 1, dbo.t.b = 2',
  'UPDATE a SET a.x = dbo.b.x FROM dbo.a a, dbo.b WHERE dbo.b.id = a.id',
  'UPDATE TestDb.dbo.t SET a = 1',
  'UPDATE t SET rowcount = 1, language += 2, t.nocount = 3',
  'UPDATE message SET conversation = 1 WHERE conversation = 2',
  'INSERT INTO conversation (id, conversation) SELECT id, CASE WHEN a = 1 THEN 1 END conversation FROM t',
  'UPDATE t SET [transaction] = 1, "commit" = 2',
  "UPDATE t SET doc.modify('delete /a')",
  "UPDATE t SET a.WRITE('x', 0, 1)",
  "UPDATE t SET doc = t.doc.query('/a') WHERE t.doc.exist('/b') = 1",
  'UPDATE t SET a = NEXT VALUE FOR dbo.s',
  "UPDATE t SET a = b.c FROM t CROSS APPLY (SELECT 1 AS c) b OPTION (USE HINT ('x'), MERGE JOIN)",
  'DELETE FROM dbo.t WHERE (dbo.t.a = 1)',
  'DELETE TOP (5) FROM t OUTPUT deleted.a INTO u (a)',
  'WITH x AS (SELECT TOP 5 * FROM t ORDER BY a) DELETE FROM x OUTPUT deleted.*',
  'MERGE INTO dbo.t AS t USING (VALUES (1, 2)) AS s (a, b) ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = s.b, t.c = 3 WHEN NOT MATCHED BY TARGET THEN INSERT (a, b) VALUES (s.a, s.b) WHEN NOT MATCHED BY SOURCE THEN DELETE OUTPUT $action, inserted.a;',
  'TRUNCATE TABLE dbo.t',
  'BEGIN TRY INSERT t VALUES (1) END TRY BEGIN CATCH THROW END CATCH',
  'IF EXISTS (SELECT 1 FROM t) DELETE t ELSE INSERT t VALUES (1)',
  'WHILE 1 = 1 BEGIN DELETE TOP (10) t; IF @@ROWCOUNT = 0 BREAK; END',
  'DECLARE @x int; SET @x = 1; UPDATE t SET a = @x',
  'DECLARE @t TABLE (a int); INSERT @t SELECT 1; DELETE t FROM t JOIN @t x ON x.a = t.a',
  'DECLARE c CURSOR FOR SELECT a FROM t; OPEN c; FETCH NEXT FROM c; CLOSE c; DEALLOCATE c',
  'SET IDENTITY_INSERT t ON; INSERT t (id) VALUES (1); SET IDENTITY_INSERT t OFF',
  'CREATE TABLE t (id int IDENTITY PRIMARY KEY, a int NOT NULL DEFAULT 1 REFERENCES dbo.u (id) ON DELETE CASCADE)',
  'ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES u (a) ON DELETE SET NULL ON UPDATE SET DEFAULT',
  'ALTER TABLE t ADD CONSTRAINT d DEFAULT 1 FOR a',
  'ALTER TABLE t WITH NOCHECK ADD CONSTRAINT c CHECK (b = 1)',
  'ALTER TABLE t SET (LOCK_ESCALATION = AUTO)',
  'ALTER TABLE t DROP COLUMN a',
  'ALTER TABLE t ALTER COLUMN a int NOT NULL',
  'DROP TABLE IF EXISTS dbo.t, dbo.u',
  'CREATE OR ALTER VIEW v AS SELECT 1 a',
  'CREATE UNIQUE INDEX i ON dbo.t (a) INCLUDE (b) WHERE c = 1',
  'DROP INDEX i ON dbo.t',
  'CREATE SEQUENCE s; CREATE SYNONYM n FOR dbo.t; CREATE STATISTICS x ON dbo.t (a); UPDATE STATISTICS dbo.t',
  "RAISERROR ('x', 16, 1)",
];

describe('the write policy', () => {
  for (const [rule, statements] of Object.entries(REFUSED)) {
    it.each(statements)(`refuses by ${rule}: %j`, sql => {
      expect(refusalOf(sql)?.details?.rule).toBe(rule);
    });
  }

  it.each(ALLOWED)('allows: %j', sql => {
    expect(refusalOf(sql)).toBeUndefined();
  });

  it('allows other databases when configured, but no other servers', () => {
    const open = { allowThreePartNames: true };
    expect(refusalOf('DELETE other.dbo.t', open)).toBeUndefined();
    expect(refusalOf('DELETE srv.other.dbo.t', open)?.details?.rule).toBe('four-part-name');
  });

  it('does not claim that only reading is allowed', () => {
    for (const sql of Object.values(REFUSED).flat()) {
      expect(`${refusalOf(sql)?.message} ${refusalOf(sql)?.hint}`).not.toMatch(
        /only reading|reading statement|DECLARE/i,
      );
    }
  });

  it('allows nothing in a read-only tenant', () => {
    expect(refusalOf('DELETE t', { readOnly: true })).toMatchObject({
      code: 'READ_ONLY_VIOLATION',
      message: 'Refused at line 1, column 1: a statement that begins with "DELETE" may not run here.',
    });
  });
});
