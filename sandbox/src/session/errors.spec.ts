import { TestServer, type TestClient } from './testing/test-session.ts';

describe('errors', () => {
  let client: TestClient;
  beforeEach(() => {
    client = new TestServer().open();
    client.ok('CREATE TABLE t (a int NOT NULL)');
  });
  const numbers = (sql: string): number[] => client.run(sql).errors.map(error => error.number);

  it('goes on after an error that ends its statement only', () => {
    const result = client.run("INSERT t VALUES (NULL); SELECT @@ERROR; SELECT 1/0; SELECT 'on'");
    expect(result.errors.map(e => e.number)).toEqual([515, 8134]);
    expect(result.sets).toEqual([[['515']], [], [['on']]].filter(set => set.length > 0 || result.sets.length === 3));
  });

  it('ends batch and transaction at a failed conversion', () => {
    const result = client.run("BEGIN TRAN; INSERT t VALUES (1); SELECT CAST('x' AS int); SELECT 'never'");
    expect(result.errors.map(e => e.number)).toEqual([245]);
    expect(client.session.transactions.count).toBe(0);
    expect(client.rows('SELECT COUNT(*) FROM t')).toEqual([['0']]);
  });

  it('ends the transaction at any error with XACT_ABORT ON', () => {
    expect(numbers('SET XACT_ABORT ON; BEGIN TRAN; INSERT t VALUES (1); INSERT t VALUES (NULL); SELECT 1')).toEqual([
      515,
    ]);
    expect(client.session.transactions.count).toBe(0);
    expect(client.rows('SELECT COUNT(*) FROM t')).toEqual([['0']]);
  });

  it('reports syntax errors and undeclared variables before anything runs', () => {
    const syntax = client.run('INSERT t VALUES (1);\nSELEC 2');
    expect(syntax.errors[0]).toMatchObject({ number: 102, line: 2, severity: 15 });
    const variable = client.run('INSERT t VALUES (1);\n\nSELECT @x');
    expect(variable.errors[0]).toMatchObject({
      number: 137,
      line: 3,
      message: 'Must declare the scalar variable "@x".',
    });
    expect(client.rows('SELECT COUNT(*) FROM t')).toEqual([['0']]);
    expect(numbers('DECLARE @a int; DECLARE @a int')).toEqual([134]);
    expect(numbers('SELECT * FROM @t')).toEqual([1087]);
    expect(numbers('INSERT @t VALUES (1)')).toEqual([1087]);
  });

  it('ends the frame at an unknown name, and its caller goes on', () => {
    const result = client.run('SELECT 1; SELECT * FROM nope; SELECT 2');
    expect(result.errors.map(e => e.number)).toEqual([208]);
    expect(result.sets).toEqual([[['1']]]);
    client.ok('CREATE PROCEDURE p AS SELECT * FROM nope; SELECT 3');
    const outer = client.run('EXEC p; SELECT 4');
    expect(outer.errors[0]).toMatchObject({ number: 208, procedure: 'p' });
    expect(outer.sets).toEqual([[['4']]]);
  });

  it('catches unknown names of inner frames only', () => {
    expect(numbers('BEGIN TRY SELECT * FROM nope END TRY BEGIN CATCH SELECT 1 END CATCH')).toEqual([208]);
    const inner = client.ok("BEGIN TRY EXEC('SELECT * FROM nope') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH");
    expect(inner.sets[inner.sets.length - 1]).toEqual([['208']]);
  });

  it('reports line and procedure of errors', () => {
    client.ok("CREATE PROCEDURE p AS\nSELECT 1;\nRAISERROR('oops', 16, 3)");
    expect(client.run('\n\nEXEC p').errors[0]).toMatchObject({
      number: 50000,
      line: 3,
      procedure: 'p',
      state: 3,
      severity: 16,
    });
    expect(
      client.rows(
        'BEGIN TRY EXEC p END TRY BEGIN CATCH SELECT ERROR_LINE(), ERROR_PROCEDURE(), ERROR_STATE() END CATCH',
      ),
    ).toEqual([['3', 'p', '3']]);
  });

  it('formats RAISERROR, as a message below severity 11', () => {
    const result = client.ok("RAISERROR('%s has %d of %5.2d|%-5s|%x %%', 10, 1, N'Tom', 3, 7, 'ab', 255)");
    expect(result.messages).toEqual(['Tom has 3 of    07|ab   |ff %']);
    expect(client.message("RAISERROR('a %s', 16, 1)")).toBe('a (null)');
    expect(numbers("RAISERROR('x', 19, 1)")).toEqual([2754]);
    expect(numbers("RAISERROR('%d', 16, 1, 'a')")).toEqual([2786]);
    expect(numbers("RAISERROR('x', 16, 1); SELECT 1")).toEqual([50000]);
  });

  it('ends the connection at severity 20', () => {
    expect(numbers("RAISERROR('end', 20, 1) WITH LOG; SELECT 1")).toEqual([50000]);
    expect(client.session.terminated).toBe(true);
  });

  it('throws and rethrows', () => {
    expect(client.run("THROW 51000, 'mine', 7; SELECT 1").errors[0]).toMatchObject({
      number: 51000,
      state: 7,
      severity: 16,
    });
    expect(client.run('BEGIN TRY\nSELECT 1/0\nEND TRY\nBEGIN CATCH\nTHROW;\nEND CATCH').errors[0]).toMatchObject({
      number: 8134,
      line: 2,
    });
    expect(numbers('THROW')).toEqual([10704]);
    expect(numbers("THROW 1, 'x', 1")).toEqual([35100]);
  });

  it('dooms a transaction whose error would have ended it', () => {
    const result = client.run(`BEGIN TRAN;
      BEGIN TRY SELECT CAST('x' AS int) END TRY
      BEGIN CATCH SELECT XACT_STATE(); INSERT t VALUES (1); END CATCH`);
    expect(result.sets[result.sets.length - 1]).toEqual([['-1']]);
    expect(result.errors.map(e => e.number)).toEqual([3930]);
    const open = client.run(
      "BEGIN TRAN; BEGIN TRY SELECT CAST('x' AS int) END TRY BEGIN CATCH PRINT 'caught' END CATCH",
    );
    expect(open.errors.map(e => e.number)).toEqual([3998]);
    expect(client.session.transactions.count).toBe(0);
    expect(
      client.rows('BEGIN TRAN; BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH SELECT XACT_STATE(); ROLLBACK END CATCH'),
    ).toEqual([['1']]);
  });

  it('resets @@ERROR with each statement, IF included', () => {
    const result = client.run('SELECT 1/0; IF @@ERROR <> 0 SELECT @@ERROR');
    expect(result.sets[result.sets.length - 1]).toEqual([['0']]);
  });

  it('nests procedures 32 deep', () => {
    client.ok('CREATE PROCEDURE deep AS EXEC deep');
    expect(numbers('EXEC deep')).toContain(217);
  });

  it('refuses what it does not support, and names it', () => {
    expect(client.message('SET NUMERIC_ROUNDABORT ON')).toContain('NUMERIC_ROUNDABORT');
    expect(client.message('SET SHOWPLAN_TEXT ON')).toContain('SHOWPLAN_TEXT');
    expect(client.message('SET IMPLICIT_TRANSACTIONS ON')).toContain('IMPLICIT_TRANSACTIONS');
    expect(client.message("EXEC sp_rename 'a', 'b'")).toContain('sp_rename');
  });
});
