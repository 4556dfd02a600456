import { TestServer, type TestClient } from '../testing/test-session.ts';

describe('definitions', () => {
  let client: TestClient;
  beforeEach(() => {
    client = new TestServer().open();
  });

  it.each([
    ['CREATE TABLE t (a int); CREATE TABLE t (a int)', 2714],
    ['CREATE TABLE nope.t (a int)', 2760],
    ['CREATE TABLE t (a int, A int)', 2705],
    ['CREATE TABLE t (a nosuch)', 2715],
    ['CREATE TABLE t (a int NULL PRIMARY KEY)', 8111],
    ['CREATE TABLE t (a int PRIMARY KEY, b int PRIMARY KEY)', 8110],
    ['CREATE TABLE t (a int IDENTITY, b int IDENTITY)', 2744],
    ['CREATE TABLE t (a varchar(5) IDENTITY)', 2749],
    ['CREATE TABLE t (a nvarchar(max) PRIMARY KEY)', 1919],
    ['DROP TABLE nope', 3701],
    ['DROP VIEW nope', 3701],
    ['ALTER TABLE nope ADD a int', 4902],
    ['TRUNCATE TABLE nope', 4701],
    ['CREATE INDEX i ON nope (a)', 1088],
    ['CREATE TABLE t (a int); CREATE INDEX i ON t (b)', 1911],
    ['CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE INDEX i ON t (a)', 1913],
    ['CREATE TABLE t (a int); INSERT t VALUES (1), (1); CREATE UNIQUE INDEX i ON t (a)', 1505],
    ['DROP INDEX i ON nope', 3701],
  ])('%s is error %i', (sql, number) => {
    expect(client.error(sql)).toBe(number);
  });

  it('drops objects, and ignores missing ones with IF EXISTS', () => {
    client.ok('CREATE TABLE t (a int); DROP TABLE IF EXISTS t, u; DROP VIEW IF EXISTS v; DROP PROCEDURE IF EXISTS p');
    expect(client.error('SELECT * FROM t')).toBe(208);
  });

  it('reads through synonyms, which may not be chained', () => {
    client.ok('CREATE TABLE t (a int); INSERT t VALUES (7); CREATE SYNONYM s FOR dbo.t; CREATE SYNONYM s2 FOR s');
    expect(client.rows('SELECT a FROM s')).toEqual([['7']]);
    expect(client.error('SELECT * FROM s2')).toBe(470);
    expect(client.error('CREATE SYNONYM t FOR dbo.u')).toBe(2714);
    client.ok('DROP SYNONYM s');
    expect(client.error('SELECT * FROM s')).toBe(208);
    client.ok('CREATE SYNONYM late FOR dbo.nothing');
    expect(client.error('SELECT * FROM late')).toBe(208);
  });

  describe('ALTER TABLE', () => {
    beforeEach(() => {
      client.ok("CREATE TABLE t (id int PRIMARY KEY, a varchar(5) NULL); INSERT t VALUES (1, 'x'), (2, 'y')");
    });

    it('adds columns with their defaults', () => {
      client.ok('ALTER TABLE t ADD b int NOT NULL DEFAULT 5, c int NULL, d AS id * 2');
      expect(client.rows('SELECT * FROM t WHERE id = 1')).toEqual([['1', 'x', '5', null, '2']]);
      expect(client.error('ALTER TABLE t ADD e int NOT NULL')).toBe(4901);
      client.ok('ALTER TABLE t ADD f int NULL DEFAULT 3 WITH VALUES');
      expect(client.rows('SELECT f FROM t WHERE id = 2')).toEqual([['3']]);
    });

    it('changes types, and refuses what does not fit', () => {
      client.ok('ALTER TABLE t ALTER COLUMN a nvarchar(50) NOT NULL');
      expect(client.error('INSERT t VALUES (3, NULL)')).toBe(515);
      client.ok("INSERT t VALUES (3, 'a long text')");
      expect(client.error('ALTER TABLE t ALTER COLUMN a varchar(3)')).toBe(2628);
      expect(client.error('ALTER TABLE t ALTER COLUMN nope int')).toBe(4924);
    });

    it('drops columns and constraints', () => {
      client.ok("ALTER TABLE t ADD CONSTRAINT ck CHECK (a <> 'z'), b int CONSTRAINT df DEFAULT 1");
      expect(client.error('ALTER TABLE t DROP COLUMN a')).toBe(5074);
      expect(client.error('ALTER TABLE t DROP COLUMN b')).toBe(5074);
      client.ok('ALTER TABLE t DROP CONSTRAINT ck, df; ALTER TABLE t DROP COLUMN a, b');
      expect(client.rows('SELECT * FROM t')).toEqual([['1'], ['2']]);
      expect(client.error('ALTER TABLE t DROP CONSTRAINT nope')).toBe(3728);
    });

    it('tests present rows against new constraints unless told not to', () => {
      expect(client.error("ALTER TABLE t ADD CONSTRAINT ck CHECK (a <> 'x')")).toBe(547);
      client.ok("ALTER TABLE t WITH NOCHECK ADD CONSTRAINT ck CHECK (a <> 'x')");
      expect(client.error("INSERT t VALUES (3, 'x')")).toBe(547);
      client.ok("ALTER TABLE t NOCHECK CONSTRAINT ck; INSERT t VALUES (3, 'x')");
      expect(client.error('ALTER TABLE t WITH CHECK CHECK CONSTRAINT ALL')).toBe(547);
    });

    it('is undone by a rollback', () => {
      client.ok(
        "BEGIN TRAN; ALTER TABLE t ADD b int NOT NULL DEFAULT 1; UPDATE t SET a = 'q', b = 2; CREATE TABLE u (a int); DROP TABLE t; ROLLBACK",
      );
      expect(client.rows('SELECT * FROM t')).toEqual([
        ['1', 'x'],
        ['2', 'y'],
      ]);
      expect(client.error('SELECT * FROM u')).toBe(208);
    });
  });

  it('keeps rows in the order of the clustered index', () => {
    client.ok(
      'CREATE TABLE t (a int, b int PRIMARY KEY NONCLUSTERED); CREATE CLUSTERED INDEX i ON t (a DESC); INSERT t VALUES (1, 1), (3, 2), (2, 3)',
    );
    expect(client.rows('SELECT a FROM t')).toEqual([['3'], ['2'], ['1']]);
  });

  it('enforces filtered unique indexes only where they apply', () => {
    client.ok(
      'CREATE TABLE t (a int, live bit); CREATE UNIQUE INDEX i ON t (a) WHERE live = 1; INSERT t VALUES (1, 0), (1, 0), (1, 1)',
    );
    expect(client.message('INSERT t VALUES (1, 1)')).toBe(
      "Cannot insert duplicate key row in object 'dbo.t' with unique index 'i'. The duplicate key value is (1).",
    );
  });

  it('supports sequences', () => {
    client.ok('CREATE SEQUENCE s AS int START WITH 5 INCREMENT BY 5 MAXVALUE 15');
    expect(client.rows('SELECT NEXT VALUE FOR s')).toEqual([['5']]);
    expect(client.rows('SELECT NEXT VALUE FOR dbo.s')).toEqual([['10']]);
    expect(client.rows('SELECT NEXT VALUE FOR s')).toEqual([['15']]);
    expect(client.error('SELECT NEXT VALUE FOR s')).toBe(11728);
    client.ok('ALTER SEQUENCE s RESTART WITH 10');
    expect(client.rows('SELECT NEXT VALUE FOR s')).toEqual([['10']]);
  });

  it('supports alias types and schemas', () => {
    client.ok('CREATE SCHEMA x');
    client.ok('CREATE TYPE x.Code FROM varchar(3) NOT NULL');
    client.ok("CREATE TABLE x.t (c x.Code); INSERT x.t VALUES ('abc')");
    expect(client.error('INSERT x.t VALUES (NULL)')).toBe(515);
    expect(client.error('DROP SCHEMA x')).toBe(3729);
    client.ok('CREATE SCHEMA y');
    client.ok('ALTER SCHEMA y TRANSFER x.t');
    expect(client.rows('SELECT c FROM y.t')).toEqual([['abc']]);
  });

  it('gives rowversion columns a new value with each change', () => {
    client.ok('CREATE TABLE t (a int, v rowversion); INSERT t (a) VALUES (1), (2)');
    const before = client.rows('SELECT CONVERT(varchar(20), v, 1) FROM t ORDER BY a');
    client.ok('UPDATE t SET a = 1 WHERE a = 1');
    const after = client.rows('SELECT CONVERT(varchar(20), v, 1) FROM t ORDER BY a');
    expect(after[0]![0]! > before[1]![0]!).toBe(true);
    expect(after[1]).toEqual(before[1]);
  });
});
