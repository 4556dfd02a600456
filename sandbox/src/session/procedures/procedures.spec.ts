import { INT, nvarchar } from '../../engine/types.ts';
import { TestServer, type TestClient } from '../testing/test-session.ts';

const text = (
  name: string,
  value: string,
): { name: string; type: ReturnType<typeof nvarchar>; value: string; output: boolean } => ({
  name,
  type: nvarchar(4000),
  value,
  output: false,
});

describe('procedures and functions', () => {
  let client: TestClient;
  beforeEach(() => {
    client = new TestServer().open();
    client.ok(`CREATE PROCEDURE dbo.half @n int, @result decimal(9,2) = NULL OUTPUT, @label nvarchar(20) = N'none' AS
      BEGIN SET NOCOUNT ON; SET @result = @n / 2.0; SELECT @label AS label; RETURN @n % 2; END`);
  });

  it('takes parameters by position and name, gives OUTPUT and a return status', () => {
    const result = client.ok(
      "DECLARE @r decimal(9,2), @s int; EXEC @s = half 7, @r OUTPUT, @label = N'x'; SELECT @r, @s",
    );
    expect(result.sets).toEqual([[['x']], [['3.50', '1']]]);
    expect(client.rows('DECLARE @r decimal(9,2); EXEC dbo.half @result = @r OUT, @n = 8; SELECT @r')).toEqual([
      ['4.00'],
    ]);
  });

  it.each([
    ['EXEC half', 201, "Procedure or function 'half' expects parameter '@n', which was not supplied."],
    ['EXEC half 1, 2, 3, 4', 8144, 'Procedure or function half has too many arguments specified.'],
    ['EXEC half @nope = 1', 8145, '@nope is not a parameter for procedure half.'],
    ['EXEC nope', 2812, "Could not find stored procedure 'nope'."],
    ["EXEC half 'x'", 8114, undefined],
    ['DECLARE @v int; EXEC half @v OUTPUT', 8162, undefined],
  ])('%s is error %i', (sql, number, message) => {
    const [error] = client.run(sql).errors;
    expect(error?.number).toBe(number);
    if (message) expect(error?.message).toBe(message);
  });

  it('drops temporary tables of a procedure with it, and shows it those of its caller', () => {
    client.ok(
      'CREATE PROCEDURE t AS CREATE TABLE #own (a int); INSERT #own VALUES (1); INSERT #outer SELECT a FROM #own',
    );
    expect(client.rows('CREATE TABLE #outer (a int); EXEC t; SELECT * FROM #outer')).toEqual([['1']]);
    expect(client.error('SELECT * FROM #own')).toBe(208);
  });

  it('restores SET options when the procedure ends', () => {
    client.ok('CREATE PROCEDURE s AS SET XACT_ABORT ON');
    expect(client.rows('EXEC s; SELECT @@OPTIONS & 16384')).toEqual([['0']]);
  });

  it('reports a mismatch of transactions as 266', () => {
    client.ok('CREATE PROCEDURE b AS BEGIN TRAN');
    const result = client.run('EXEC b; SELECT @@TRANCOUNT; ROLLBACK');
    expect(result.errors.map(e => e.number)).toEqual([266]);
    expect(result.sets).toEqual([[['1']]]);
  });

  it('alters and replaces modules', () => {
    client.ok('CREATE VIEW v AS SELECT 1 AS a');
    expect(client.error('CREATE VIEW v AS SELECT 2 AS a')).toBe(2714);
    client.ok('CREATE OR ALTER VIEW v AS SELECT 2 AS a');
    client.ok('ALTER VIEW v (b) AS SELECT 3');
    expect(client.rows('SELECT b FROM v')).toEqual([['3']]);
    expect(client.error('ALTER PROCEDURE nope AS SELECT 1')).toBe(208);
    expect(client.error('ALTER PROCEDURE v AS SELECT 1')).toBe(2010);
  });

  describe('functions', () => {
    beforeEach(() => {
      client.ok('CREATE TABLE t (id int PRIMARY KEY, v int); INSERT t VALUES (1, 10), (2, 20)');
    });

    it('calls scalar functions', () => {
      client.ok(
        'CREATE FUNCTION dbo.f (@a int, @b int = 5) RETURNS int AS BEGIN DECLARE @s int; SELECT @s = SUM(v) FROM t WHERE id <= @a; RETURN @s + @b END',
      );
      expect(client.rows('SELECT id, dbo.f(id, 5) FROM t')).toEqual([
        ['1', '15'],
        ['2', '35'],
      ]);
      expect(client.rows('SELECT id FROM t WHERE dbo.f(id, 0) > 20')).toEqual([['2']]);
    });

    it('reads inline functions like views', () => {
      client.ok('CREATE FUNCTION above (@min int) RETURNS TABLE AS RETURN (SELECT id, v FROM dbo.t WHERE v > @min)');
      expect(client.rows('SELECT * FROM above(15)')).toEqual([['2', '20']]);
      expect(client.rows('SELECT t.id, a.id FROM t CROSS APPLY dbo.above(t.v - 1) a ORDER BY 1, 2')).toEqual([
        ['1', '1'],
        ['1', '2'],
        ['2', '2'],
      ]);
    });

    it('runs multi-statement functions', () => {
      client.ok(`CREATE FUNCTION series (@n int) RETURNS @r TABLE (i int PRIMARY KEY, sq int) AS
        BEGIN DECLARE @i int = 1; WHILE @i <= @n BEGIN INSERT @r VALUES (@i, @i * @i); SET @i += 1; END; RETURN; END`);
      expect(client.rows('SELECT * FROM dbo.series(3)')).toEqual([
        ['1', '1'],
        ['2', '4'],
        ['3', '9'],
      ]);
    });

    it('hands errors of a function to the statement that calls it', () => {
      client.ok('CREATE FUNCTION dbo.bad (@a int) RETURNS int AS BEGIN\nRETURN 1 / @a END');
      const result = client.run('SELECT dbo.bad(0); SELECT 2');
      expect(result.errors[0]).toMatchObject({ number: 8134, procedure: 'bad', line: 2 });
      expect(result.sets[result.sets.length - 1]).toEqual([['2']]);
      expect(client.rows('BEGIN TRY SELECT dbo.bad(0) END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH')).toEqual([
        ['8134'],
      ]);
    });

    it('refuses side effects', () => {
      expect(client.error('CREATE FUNCTION x () RETURNS int AS BEGIN INSERT t VALUES (3, 3); RETURN 1 END')).toBe(443);
      expect(client.error("CREATE FUNCTION x () RETURNS int AS BEGIN PRINT 'a'; RETURN 1 END")).toBe(443);
    });
  });

  describe('dynamic SQL', () => {
    it('runs sp_executesql with parameters and OUTPUT', () => {
      const sql =
        "DECLARE @o int; EXEC sys.sp_executesql N'SELECT @a AS a; SET @b = @a * 2', N'@a int, @b int OUTPUT', @a = 4, @b = @o OUTPUT; SELECT @o";
      expect(client.ok(sql).sets).toEqual([[['4']], [['8']]]);
    });

    it('keeps the lines of the inner text', () => {
      const result = client.run("SELECT 1\n\nEXEC sp_executesql N'SELECT 1;\nSELECT 1/0'\nSELECT 'on'");
      expect(result.errors[0]).toMatchObject({ number: 8134, line: 2, procedure: '' });
      expect(result.sets[result.sets.length - 1]).toEqual([['on']]);
    });

    it('survives syntax errors inside', () => {
      const result = client.run("EXEC ('SELECT 1 FROM'); SELECT 2");
      expect(result.errors.map(e => e.number)).toEqual([102]);
      expect(result.sets).toEqual([[['2']]]);
    });

    it('does not see the variables of its caller', () => {
      expect(client.error("DECLARE @x int = 1; EXEC ('SELECT @x')")).toBe(137);
    });

    it.each([
      ["EXEC sp_executesql 'SELECT 1'", 214],
      ["EXEC sp_executesql N'SELECT @a', N'@a int'", 8178],
      ["EXEC sp_executesql N'SELECT @a', N'@a int', @b = 1", 8145],
    ])('%s is error %i', (sql, number) => {
      expect(client.error(sql)).toBe(number);
    });
  });

  describe('from the client', () => {
    it('executes sp_executesql, with output values', () => {
      const result = client.call('sp_executesql', [
        text('', 'SELECT @a; SET @b = @a + 1'),
        text('', '@a int, @b int output'),
        { name: '@a', type: INT, value: 1, output: false },
        { name: '@b', type: INT, value: null, output: true },
      ]);
      expect(result.sets).toEqual([[['1']]]);
      expect(result.outcome.outputs).toEqual([{ name: '@b', type: INT, value: 2 }]);
    });

    it('drops the temporary tables of sp_executesql with it', () => {
      client.call('sp_executesql', [text('', 'CREATE TABLE #t (a int)')]);
      expect(client.error('SELECT * FROM #t')).toBe(208);
    });

    it('prepares, executes and unprepares', () => {
      const prepared = client.call('sp_prepare', [
        { name: '@handle', type: INT, value: null, output: true },
        text('@params', '@p int'),
        text('@stmt', 'SELECT @p * 2'),
      ]);
      const handle = prepared.outcome.outputs[0]!.value;
      const argument = { name: '@handle', type: INT, value: handle, output: false };
      const run = client.call('sp_execute', [argument, { name: '@p', type: INT, value: 21, output: false }]);
      expect(run.sets).toEqual([[['42']]]);
      client.call('sp_unprepare', [argument]);
      expect(client.call('sp_execute', [argument]).errors[0]?.number).toBe(8179);
    });

    it('calls a procedure and hands back status and outputs', () => {
      const result = client.call('dbo.half', [
        { name: '@n', type: INT, value: 5, output: false },
        { name: '@result', type: { name: 'decimal', precision: 9, scale: 2 }, value: null, output: true },
      ]);
      expect(result.outcome).toEqual({
        returnStatus: 1,
        outputs: [{ name: '@result', type: { name: 'decimal', precision: 9, scale: 2 }, value: 250n }],
      });
      expect(client.call('nope', []).errors[0]?.number).toBe(2812);
    });
  });

  it('keeps the session context, and protects read-only keys', () => {
    client.ok(
      "EXEC sp_set_session_context N'tenant', 7, @read_only = 1; EXEC sp_set_session_context @key = N'x', @value = N'y'",
    );
    expect(client.rows("SELECT SESSION_CONTEXT(N'tenant'), SESSION_CONTEXT(N'X'), SESSION_CONTEXT(N'no')")).toEqual([
      ['7', 'y', null],
    ]);
    expect(client.message("EXEC sp_set_session_context N'tenant', 8")).toBe(
      "Cannot set key 'tenant' in the session context. The key has been set as read_only for this session.",
    );
    expect(client.error("EXEC sp_set_session_context N'tenant', 8")).toBe(15664);
  });

  it('stores extended properties', () => {
    client.ok(
      "CREATE TABLE t (a int); EXEC sys.sp_addextendedproperty N'MS_Description', N'A column', 'SCHEMA', 'dbo', 'TABLE', 't', 'COLUMN', 'a'",
    );
    const [property] = [...client.session.database.extendedProperties];
    expect(property).toMatchObject({ class: 1, minorId: 1, name: 'MS_Description', value: 'A column' });
    expect(
      client.error("EXEC sp_addextendedproperty N'MS_Description', N'x', 'SCHEMA', 'dbo', 'TABLE', 't', 'COLUMN', 'a'"),
    ).toBe(15233);
    expect(client.error("EXEC sp_addextendedproperty N'n', N'x', 'SCHEMA', 'dbo', 'TABLE', 'nope'")).toBe(15135);
  });
});

describe('a session that was reset', () => {
  it('goes back to the defaults of a login without ODBC', () => {
    const client = new TestServer().open('sa', false);
    client.ok(
      'SET TEXTSIZE 2147483647; SET QUOTED_IDENTIFIER, ANSI_NULLS, CONCAT_NULL_YIELDS_NULL ON; SET LOCK_TIMEOUT 5',
    );
    client.ok("CREATE TABLE #t (a int); EXEC sp_set_session_context 'k', 1; BEGIN TRAN");
    const long = "SELECT LEN(x), x FROM (SELECT REPLICATE(CAST(N'x' AS nvarchar(max)), 10000) AS x) d";
    expect(client.rows(long)[0]![1]).toHaveLength(10_000);
    client.session.reset(false);
    expect(client.rows('SELECT @@OPTIONS, @@TRANCOUNT, @@LOCK_TIMEOUT, @@TEXTSIZE')).toEqual([
      ['0', '0', '-1', '4096'],
    ]);
    const [[length, value]] = client.rows(long) as [[string, string]];
    expect([length, value.length]).toEqual(['10000', 2048]);
    expect(client.error('SELECT * FROM #t')).toBe(208);
    expect(client.rows('SELECT "it\'s ""text""" AS a')).toEqual([['it\'s "text"']]);
    expect(client.rows("SELECT SESSION_CONTEXT(N'k')")).toEqual([[null]]);
  });
});
