import { TestServer, type TestClient } from './testing/test-session.ts';

describe('Session', () => {
  let client: TestClient;
  beforeEach(() => {
    client = new TestServer().open();
  });

  it('answers a query without tables', () => {
    expect(client.rows("SELECT 1 AS a, N'x' AS b")).toEqual([['1', 'x']]);
  });

  it('creates, fills and reads a table in the order of its key', () => {
    client.ok('CREATE TABLE t (id int NOT NULL PRIMARY KEY, name nvarchar(20) NULL)');
    client.ok("INSERT INTO t (id, name) VALUES (3, 'c'), (1, 'a'), (2, NULL)");
    expect(client.rows('SELECT * FROM t')).toEqual([
      ['1', 'a'],
      ['2', null],
      ['3', 'c'],
    ]);
    expect(client.ok("UPDATE t SET name = 'z' WHERE id >= 2").counts).toEqual([2]);
    expect(client.ok('DELETE FROM t WHERE id = 1').counts).toEqual([1]);
    expect(client.rows('SELECT id, name FROM t')).toEqual([
      ['2', 'z'],
      ['3', 'z'],
    ]);
  });

  it('runs control flow with variables', () => {
    const sql = `DECLARE @i int = 0, @s nvarchar(100) = N'';
      WHILE 1 = 1
      BEGIN
        SET @i += 1;
        IF @i = 3 CONTINUE;
        IF @i > 5 BREAK;
        SET @s = @s + CAST(@i AS nvarchar(10));
      END
      SELECT @s AS s, @i AS i;`;
    expect(client.rows(sql)).toEqual([['1245', '6']]);
  });

  it('handles errors with TRY and CATCH', () => {
    const sql = `BEGIN TRY
  SELECT 1/0;
END TRY
BEGIN CATCH
  SELECT ERROR_NUMBER(), ERROR_MESSAGE(), ERROR_LINE(), ERROR_SEVERITY();
END CATCH
SELECT ERROR_NUMBER();`;
    const result = client.ok(sql);
    expect(result.sets[result.sets.length - 2]).toEqual([['8134', 'Divide by zero error encountered.', '2', '16']]);
    expect(result.sets[result.sets.length - 1]).toEqual([[null]]);
  });
});
