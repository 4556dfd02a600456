import { TestServer, type TestClient } from './testing/test-session.ts';

describe('statements', () => {
  let client: TestClient;
  beforeEach(() => {
    client = new TestServer().open();
  });

  describe('INSERT', () => {
    beforeEach(() => {
      client.ok(`CREATE TABLE dbo.p (id int IDENTITY(10,5) PRIMARY KEY, name varchar(5) NOT NULL, price decimal(9,2) DEFAULT 1.5,
        twice AS price * 2, CONSTRAINT CK_price CHECK (price > 0), CONSTRAINT UQ_name UNIQUE (name))`);
    });

    it('gives identity, defaults and computed values', () => {
      client.ok("INSERT p (name) VALUES ('a'), ('b'); INSERT p VALUES ('c', 3)");
      expect(client.rows('SELECT * FROM p')).toEqual([
        ['10', 'a', '1.50', '3.00'],
        ['15', 'b', '1.50', '3.00'],
        ['20', 'c', '3.00', '6.00'],
      ]);
      expect(client.rows('SELECT SCOPE_IDENTITY(), @@IDENTITY, @@ROWCOUNT')).toEqual([[null, '20', '3']]);
    });

    it.each([
      [
        'INSERT p (name) VALUES (NULL)',
        515,
        "Cannot insert the value NULL into column 'name', table 'TestDb.dbo.p'; column does not allow nulls. INSERT fails.",
      ],
      [
        "INSERT p (name, price) VALUES ('x', -1)",
        547,
        'The INSERT statement conflicted with the CHECK constraint "CK_price". The conflict occurred in database "TestDb", table "dbo.p", column \'price\'.',
      ],
      [
        "INSERT p (name) VALUES ('x'), ('X')",
        2627,
        "Violation of UNIQUE KEY constraint 'UQ_name'. Cannot insert duplicate key in object 'dbo.p'. The duplicate key value is (X).",
      ],
      [
        "INSERT p (name) VALUES ('toolong')",
        2628,
        "String or binary data would be truncated in table 'TestDb.dbo.p', column 'name'. Truncated value: 'toolo'.",
      ],
      [
        "INSERT p (id, name) VALUES (1, 'x')",
        544,
        "Cannot insert explicit value for identity column in table 'p' when IDENTITY_INSERT is set to OFF.",
      ],
      ['INSERT p (nope) VALUES (1)', 207, "Invalid column name 'nope'."],
      ['INSERT nope VALUES (1)', 208, "Invalid object name 'nope'."],
      ['INSERT p (twice) VALUES (1)', 271, undefined],
      ["INSERT p (name, price) VALUES ('a')", 109, undefined],
      ["INSERT p (name) VALUES ('a', 1)", 110, undefined],
      ["INSERT p VALUES ('a')", 213, undefined],
      ["INSERT p (name, price) SELECT 'a'", 120, undefined],
      ["INSERT p VALUES (1, 'a', 2)", 8101, undefined],
      ["INSERT p (name, price) VALUES ('x', 99999999)", 8115, undefined],
      ["INSERT p (name, price) VALUES ('x', 'y')", 8114, undefined],
    ])('%s is error %i', (sql, number, message) => {
      const [error] = client.run(sql).errors;
      expect(error?.number).toBe(number);
      if (message) expect(error?.message).toBe(message);
      expect(client.rows('SELECT COUNT(*) FROM p')).toEqual([['0']]);
    });

    it('undoes the whole statement when one row fails, and the batch goes on', () => {
      const result = client.run("INSERT p (name) VALUES ('ok'), (NULL); SELECT COUNT(*) FROM p");
      expect(result.errors.map(e => e.number)).toEqual([515]);
      expect(result.sets).toEqual([[['0']]]);
    });

    it('takes explicit identity values with IDENTITY_INSERT', () => {
      client.ok(
        "SET IDENTITY_INSERT p ON; INSERT p (id, name) VALUES (100, 'x'); SET IDENTITY_INSERT p OFF; INSERT p (name) VALUES ('y')",
      );
      expect(client.rows('SELECT id FROM p')).toEqual([['100'], ['105']]);
      expect(client.error("SET IDENTITY_INSERT p ON; INSERT p (name) VALUES ('z')")).toBe(545);
    });

    it('inserts what a procedure returns', () => {
      client.ok("CREATE PROCEDURE two AS SELECT 'q', 7; SELECT 'r', 8");
      expect(client.ok('INSERT p (name, price) EXEC two').counts).toEqual([2]);
      expect(client.ok("INSERT INTO p (name, price) EXEC ('SELECT ''s'', 9')").counts).toEqual([1]);
      expect(client.rows('SELECT name, price FROM p')).toEqual([
        ['q', '7.00'],
        ['r', '8.00'],
        ['s', '9.00'],
      ]);
    });

    it('gives OUTPUT to the client and into a table', () => {
      const result = client.ok(`DECLARE @t TABLE (id int, n varchar(9));
        INSERT p (name) OUTPUT inserted.id, inserted.name INTO @t OUTPUT inserted.* VALUES ('a'), ('b');
        SELECT * FROM @t`);
      expect(result.sets).toEqual([
        [
          ['10', 'a', '1.50', '3.00'],
          ['15', 'b', '1.50', '3.00'],
        ],
        [
          ['10', 'a'],
          ['15', 'b'],
        ],
      ]);
    });

    it('inserts a row of defaults', () => {
      client.ok(
        'CREATE TABLE d (a int DEFAULT 4, b int NULL, c uniqueidentifier DEFAULT NEWID()); INSERT d DEFAULT VALUES; INSERT d (a) VALUES (DEFAULT)',
      );
      expect(client.rows('SELECT a, b, LEN(CAST(c AS varchar(50))) FROM d')).toEqual([
        ['4', null, '36'],
        ['4', null, '36'],
      ]);
    });

    it('ignores duplicate keys with IGNORE_DUP_KEY', () => {
      client.ok('CREATE TABLE k (a int); CREATE UNIQUE INDEX ux ON k (a) WITH (IGNORE_DUP_KEY = ON)');
      const result = client.ok('INSERT k VALUES (1), (1), (2)');
      expect(result.messages).toEqual(['Duplicate key was ignored.']);
      expect(result.counts).toEqual([2]);
    });
  });

  describe('UPDATE and DELETE', () => {
    beforeEach(() => {
      client.ok(`CREATE TABLE a (id int PRIMARY KEY, v int NULL, s varchar(10) DEFAULT 'd');
        CREATE TABLE b (id int PRIMARY KEY, a_id int, w int);
        INSERT a (id, v) VALUES (1, 10), (2, 20), (3, 30);
        INSERT b VALUES (1, 1, 100), (2, 1, 200), (3, 3, 300)`);
    });

    it('moves keys all at once', () => {
      client.ok('UPDATE a SET id = id + 1');
      expect(client.rows('SELECT id, v FROM a')).toEqual([
        ['2', '10'],
        ['3', '20'],
        ['4', '30'],
      ]);
      expect(client.error('UPDATE a SET id = 5')).toBe(2627);
      expect(client.rows('SELECT COUNT(DISTINCT id) FROM a')).toEqual([['3']]);
    });

    it('updates from a join, each row once', () => {
      expect(client.ok('UPDATE x SET v = b.w FROM a AS x JOIN b ON b.a_id = x.id').counts).toEqual([2]);
      expect(client.rows('SELECT v FROM a WHERE id IN (2, 3)')).toEqual([['20'], ['300']]);
    });

    it('sets variables, defaults and gives OUTPUT', () => {
      const result = client.ok(`DECLARE @sum int = 0;
        UPDATE a SET @sum = @sum + v, s = DEFAULT OUTPUT deleted.v, inserted.s;
        SELECT @sum`);
      expect(result.sets[0]).toEqual([
        ['10', 'd'],
        ['20', 'd'],
        ['30', 'd'],
      ]);
      expect(result.sets[1]).toEqual([['60']]);
    });

    it('honours TOP and WHERE', () => {
      expect(client.ok('UPDATE TOP (2) a SET v = 0').counts).toEqual([2]);
      expect(client.ok('DELETE TOP (50) PERCENT FROM a WHERE id > 1').counts).toEqual([1]);
      expect(client.ok('DELETE FROM b FROM b JOIN a ON a.id = b.a_id AND a.id = 1').counts).toEqual([2]);
      expect(client.rows('SELECT id FROM b')).toEqual([['3']]);
    });

    it('changes rows through a common table expression and a view', () => {
      client.ok('WITH c AS (SELECT id, v FROM a WHERE v > 15) UPDATE c SET v = -v');
      expect(client.rows('SELECT v FROM a')).toEqual([['10'], ['-20'], ['-30']]);
      client.ok('CREATE VIEW va AS SELECT id AS k, v AS val FROM a');
      client.ok('UPDATE va SET val = 7 WHERE k = 1; INSERT va (k, val) VALUES (9, 90); DELETE va WHERE k = 2');
      expect(client.rows('SELECT id, v FROM a')).toEqual([
        ['1', '7'],
        ['3', '-30'],
        ['9', '90'],
      ]);
      client.ok('WITH d AS (SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) AS n FROM a) DELETE FROM d WHERE n = 1');
      expect(client.rows('SELECT id FROM a')).toEqual([['1'], ['3']]);
    });

    it.each([
      ['UPDATE a SET nope = 1', 207],
      ['UPDATE a SET v = 1, v = 2', 264],
      ['UPDATE nope SET v = 1', 208],
      ['DELETE nope', 208],
      ['UPDATE a SET id = NULL', 515],
    ])('%s is error %i', (sql, number) => {
      expect(client.error(sql)).toBe(number);
    });
  });

  it('executes MERGE', () => {
    client.ok("CREATE TABLE t (id int PRIMARY KEY, v varchar(9)); INSERT t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    const result = client.ok(`MERGE t AS target USING (VALUES (2, 'B'), (4, 'D')) AS s (id, v) ON target.id = s.id
      WHEN MATCHED THEN UPDATE SET v = s.v
      WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v)
      WHEN NOT MATCHED BY SOURCE AND target.id = 3 THEN DELETE
      OUTPUT $action, inserted.id, deleted.id;`);
    expect(result.sets[0]!.map(row => row.join()).sort()).toEqual(['DELETE,,3', 'INSERT,4,', 'UPDATE,2,2']);
    expect(result.counts).toEqual([3]);
    expect(client.rows('SELECT * FROM t')).toEqual([
      ['1', 'a'],
      ['2', 'B'],
      ['4', 'D'],
    ]);
    expect(
      client.error("MERGE t USING (VALUES (1), (1)) s (id) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = 'x';"),
    ).toBe(8672);
  });

  describe('foreign keys', () => {
    beforeEach(() => {
      client.ok(`CREATE TABLE p (id int PRIMARY KEY); INSERT p VALUES (1), (2), (3);
        CREATE TABLE c (id int PRIMARY KEY, p int NULL CONSTRAINT FK_c REFERENCES p (id)); INSERT c VALUES (1, 1), (2, NULL)`);
    });

    it('refuses children without parents and parents with children', () => {
      expect(client.message('INSERT c VALUES (3, 9)')).toBe(
        'The INSERT statement conflicted with the FOREIGN KEY constraint "FK_c". The conflict occurred in database "TestDb", table "dbo.p", column \'id\'.',
      );
      expect(client.message('DELETE p WHERE id = 1')).toBe(
        'The DELETE statement conflicted with the REFERENCE constraint "FK_c". The conflict occurred in database "TestDb", table "dbo.c", column \'p\'.',
      );
      expect(client.error('UPDATE p SET id = 7 WHERE id = 1')).toBe(547);
      expect(client.ok('DELETE p WHERE id = 2').counts).toEqual([1]);
      expect(client.error('TRUNCATE TABLE p')).toBe(4712);
      expect(client.error('DROP TABLE p')).toBe(3726);
    });

    it('cascades, and sets NULL and DEFAULT', () => {
      client.ok(`CREATE TABLE c2 (p int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE TABLE c3 (p int REFERENCES p ON DELETE SET NULL);
        CREATE TABLE c4 (p int DEFAULT 3 REFERENCES p ON DELETE SET DEFAULT);
        INSERT c2 VALUES (2), (2), (3); INSERT c3 VALUES (2); INSERT c4 VALUES (2)`);
      client.ok('DELETE p WHERE id = 2');
      expect(client.rows('SELECT * FROM c2')).toEqual([['3']]);
      expect(client.rows('SELECT * FROM c3')).toEqual([[null]]);
      expect(client.rows('SELECT * FROM c4')).toEqual([['3']]);
      client.ok('DELETE c3; DELETE c4; UPDATE p SET id = 30 WHERE id = 3');
      expect(client.rows('SELECT * FROM c2')).toEqual([['30']]);
    });

    it('lets a table refer to itself', () => {
      client.ok(
        'CREATE TABLE e (id int PRIMARY KEY, boss int NULL REFERENCES e (id)); INSERT e VALUES (2, 1), (1, NULL)',
      );
      expect(client.error('INSERT e VALUES (3, 9)')).toBe(547);
      expect(client.ok('DELETE e').counts).toEqual([2]);
    });

    it.each([
      ['CREATE TABLE x (p int REFERENCES nope)', 1767],
      ['CREATE TABLE x (p bigint REFERENCES p)', 1778],
      ['CREATE TABLE x (p int REFERENCES c (p))', 1776],
      ['CREATE TABLE x (id int PRIMARY KEY, p int REFERENCES x (id) ON DELETE CASCADE)', 1785],
    ])('%s is error %i', (sql, number) => {
      expect(client.error(sql)).toBe(number);
    });
  });

  it('selects into a new table', () => {
    client.ok("SELECT 1 AS a, CAST('x' AS varchar(7)) AS b INTO dbo.n; INSERT n VALUES (2, 'y')");
    expect(client.rows('SELECT * FROM n')).toEqual([
      ['1', 'x'],
      ['2', 'y'],
    ]);
    expect(client.error('SELECT 1 AS a INTO n')).toBe(2714);
    expect(client.error('SELECT 1 INTO m')).toBe(1038);
    expect(client.ok('SELECT * INTO #t FROM n').counts).toEqual([2]);
    expect(client.rows('SELECT COUNT(*) FROM #t')).toEqual([['2']]);
  });

  it('truncates a table and restarts its identity', () => {
    client.ok(
      'CREATE TABLE t (id int IDENTITY, v int); INSERT t VALUES (1), (2); TRUNCATE TABLE t; INSERT t VALUES (3)',
    );
    expect(client.rows('SELECT * FROM t')).toEqual([['1', '3']]);
  });
});
