import { TestServer, type TestClient } from './testing/test-session.ts';

describe('security', () => {
  let server: TestServer;
  let admin: TestClient;
  beforeEach(() => {
    server = new TestServer();
    admin = server.open();
    admin.ok("CREATE LOGIN tom WITH PASSWORD = 'Secret-2'; CREATE USER tom FOR LOGIN tom");
    admin.ok('CREATE SCHEMA sales');
    admin.ok(
      'CREATE TABLE t (id int, v int); INSERT t VALUES (1, 1); CREATE TABLE sales.s (id int); CREATE ROLE readers',
    );
  });

  const as = (sql: string): number => server.open('tom').error(sql);

  it('checks passwords and databases at login', () => {
    const login = (user: string, password: string, database = 'TestDb'): unknown =>
      server.factory.login({ user, password, database, host: '', application: '', readOnlyIntent: false });
    expect(() => login('tom', 'wrong')).toThrow(expect.objectContaining({ number: 18456, severity: 14 }));
    expect(() => login('nobody', 'x')).toThrow(expect.objectContaining({ number: 18456 }));
    expect(() => login('tom', 'Secret-2', 'nope')).toThrow(expect.objectContaining({ number: 4060 }));
    expect(login('TOM', 'Secret-2')).toBeDefined();
    admin.ok("CREATE LOGIN eve WITH PASSWORD = 'x'");
    expect(() => login('eve', 'x')).toThrow(expect.objectContaining({ number: 4060 }));
    admin.ok('ALTER LOGIN tom DISABLE');
    expect(() => login('tom', 'Secret-2')).toThrow(expect.objectContaining({ number: 18456 }));
  });

  it('denies what was not granted', () => {
    const tom = server.open('tom');
    expect(tom.run('SELECT * FROM t').errors[0]).toMatchObject({
      number: 229,
      severity: 14,
      message: "The SELECT permission was denied on the object 't', database 'TestDb', schema 'dbo'.",
    });
    expect(tom.error('INSERT t VALUES (1, 1)')).toBe(229);
    expect(tom.error('CREATE TABLE x (a int)')).toBe(262);
    expect(tom.error("CREATE LOGIN x WITH PASSWORD = N'x'")).toBe(15247);
    expect(tom.ok('CREATE TABLE #x (a int); INSERT #x VALUES (1); SELECT * FROM #x').sets).toEqual([[['1']]]);
  });

  it('grants, denies and revokes on objects, schemas and the database', () => {
    admin.ok('GRANT SELECT, INSERT ON dbo.t TO tom');
    expect([as('SELECT * FROM t'), as('INSERT t VALUES (2, 2)'), as('DELETE t')]).toEqual([0, 0, 229]);
    admin.ok('DENY SELECT ON SCHEMA::dbo TO tom');
    expect(as('SELECT * FROM t')).toBe(229);
    admin.ok(
      'REVOKE SELECT ON SCHEMA::dbo FROM tom; GRANT SELECT TO readers; ALTER ROLE readers ADD MEMBER tom; REVOKE SELECT ON t TO tom',
    );
    expect([as('SELECT * FROM t'), as('SELECT * FROM sales.s')]).toEqual([0, 0]);
    admin.ok('DENY SELECT ON sales.s TO readers');
    expect(as('SELECT * FROM sales.s')).toBe(229);
    admin.ok('DENY SELECT ON t TO public');
    expect(as('SELECT * FROM t')).toBe(229);
    expect(admin.error('SELECT * FROM t')).toBe(0);
  });

  it('lets others grant with the grant option, until that is revoked', () => {
    admin.ok('CREATE USER ann WITHOUT LOGIN; GRANT SELECT ON t TO tom WITH GRANT OPTION');
    expect(as('GRANT SELECT ON t TO ann')).toBe(0);
    admin.ok('REVOKE GRANT OPTION FOR SELECT ON t FROM tom CASCADE');
    expect([as('GRANT SELECT ON t TO ann'), as('SELECT * FROM t')]).toEqual([4613, 0]);
  });

  it('honours the fixed roles', () => {
    admin.ok('ALTER ROLE db_datareader ADD MEMBER tom');
    expect([as('SELECT * FROM t'), as('UPDATE t SET v = 2')]).toEqual([0, 229]);
    admin.ok("EXEC sp_addrolemember N'db_datawriter', N'tom'");
    expect(as('UPDATE t SET v = 2')).toBe(0);
    admin.ok('ALTER ROLE db_denydatawriter ADD MEMBER tom');
    expect([as('UPDATE t SET v = 3'), as('INSERT t VALUES (1, 2)'), as('DELETE t')]).toEqual([229, 229, 229]);
    admin.ok('ALTER ROLE db_denydatawriter DROP MEMBER tom; ALTER ROLE db_owner ADD MEMBER tom');
    expect([as('CREATE TABLE x (a int)'), as('DROP TABLE x'), as('GRANT SELECT ON t TO readers')]).toEqual([0, 0, 0]);
  });

  it('needs SELECT to read what it writes', () => {
    admin.ok('GRANT UPDATE, DELETE ON t TO tom');
    expect([
      as('UPDATE t SET v = 1'),
      as('UPDATE t SET v = v + 1'),
      as('UPDATE t SET v = 1 WHERE id = 1'),
      as('DELETE t'),
    ]).toEqual([0, 229, 229, 0]);
  });

  it('follows ownership chains through views and procedures, but not dynamic SQL', () => {
    admin.ok('CREATE VIEW v AS SELECT * FROM t');
    admin.ok('CREATE PROCEDURE p AS INSERT t VALUES (5, 5); SELECT COUNT(*) FROM t');
    admin.ok("CREATE PROCEDURE d AS EXEC ('SELECT * FROM t')");
    admin.ok('GRANT SELECT ON v TO tom; GRANT EXECUTE ON p TO tom; GRANT EXECUTE ON d TO tom');
    expect([as('SELECT * FROM v'), as('EXEC p'), as('EXEC d'), as('SELECT * FROM t')]).toEqual([0, 0, 229, 229]);
    admin.ok('REVOKE EXECUTE ON p FROM tom');
    expect(server.open('tom').message('EXEC p')).toBe(
      "The EXECUTE permission was denied on the object 'p', database 'TestDb', schema 'dbo'.",
    );
  });

  it('acts as another user until REVERT or the end of the procedure', () => {
    const result = admin.run(
      "EXECUTE AS USER = 'tom'; SELECT USER_NAME(), SUSER_SNAME(), ORIGINAL_LOGIN(); SELECT * FROM t; REVERT",
    );
    expect(result.sets).toEqual([[['tom', 'tom', 'sa']]]);
    expect(result.errors.map(e => e.number)).toEqual([229]);
    admin.session.reset(false);
    expect(admin.rows("EXECUTE AS LOGIN = 'tom'; REVERT; SELECT USER_NAME()")).toEqual([['dbo']]);
    admin.ok("CREATE PROCEDURE p WITH EXECUTE AS OWNER AS EXEC ('SELECT USER_NAME(), COUNT(*) FROM t')");
    admin.ok('GRANT EXECUTE ON p TO tom');
    const tom = server.open('tom');
    expect(tom.ok('EXEC p; SELECT USER_NAME()').sets).toEqual([[['dbo', '1']], [['tom']]]);
    expect(tom.error("EXECUTE AS USER = 'dbo'")).toBe(15517);
    expect(tom.error("EXECUTE AS LOGIN = 'sa'")).toBe(15406);
  });

  it('gives the owner of a schema all rights on its objects', () => {
    admin.ok('CREATE SCHEMA toms AUTHORIZATION tom');
    admin.ok('CREATE TABLE toms.x (a int); GRANT CREATE TABLE TO tom');
    expect([as('SELECT * FROM toms.x'), as('CREATE TABLE toms.y (a int)'), as('CREATE TABLE dbo.y (a int)')]).toEqual([
      0, 0, 2760,
    ]);
  });

  it('hides modules of others from ALTER and DROP', () => {
    admin.ok('CREATE VIEW v AS SELECT 1 AS a');
    admin.ok('GRANT SELECT ON v TO tom; GRANT SELECT ON t TO tom');
    expect([as('DROP VIEW v'), as('DROP TABLE t'), as('ALTER TABLE t ADD x int'), as('TRUNCATE TABLE t')]).toEqual([
      3701, 3701, 1088, 4701,
    ]);
  });

  it('keeps a login out of databases without a user for it', () => {
    admin.ok('CREATE DATABASE other');
    expect(server.open('tom').run('USE other').errors[0]).toMatchObject({
      number: 916,
      message:
        'The server principal "tom" is not able to access the database "other" under the current security context.',
    });
    expect(as('USE master')).toBe(0);
    expect(as('USE nope')).toBe(911);
    expect(as('SELECT * FROM other.dbo.x')).toBe(916);
  });

  it.each([
    ['GRANT SELECT ON nope TO tom', 15151],
    ['GRANT SELECT ON t TO nobody', 15151],
    ['GRANT EXECUTE ON t TO tom', 4606],
    ['CREATE USER tom WITHOUT LOGIN', 15023],
    ['CREATE USER x FOR LOGIN nope', 15007],
    ['DROP USER nobody', 15151],
    ['ALTER ROLE nope ADD MEMBER tom', 15151],
    ["CREATE LOGIN tom WITH PASSWORD = 'x'", 15025],
  ])('%s is error %i', (sql, number) => {
    expect(admin.error(sql)).toBe(number);
  });

  describe('row-level security', () => {
    beforeEach(() => {
      admin.ok('CREATE TABLE dbo.orders (id int PRIMARY KEY, tenant int); INSERT orders VALUES (1, 1), (2, 2), (3, 1)');
      admin.ok(`CREATE FUNCTION dbo.own (@tenant int) RETURNS TABLE WITH SCHEMABINDING AS
        RETURN SELECT 1 AS ok WHERE @tenant = CAST(SESSION_CONTEXT(N'tenant') AS int)`);
      admin.ok(`CREATE SECURITY POLICY pol ADD FILTER PREDICATE dbo.own(tenant) ON dbo.orders,
        ADD BLOCK PREDICATE dbo.own(tenant) ON dbo.orders AFTER INSERT WITH (STATE = ON)`);
      admin.ok("EXEC sp_set_session_context N'tenant', 1");
    });

    it('shows and changes only the rows of the session', () => {
      expect(admin.rows('SELECT id FROM orders')).toEqual([['1'], ['3']]);
      expect(admin.rows('SELECT id FROM orders WHERE id = 2')).toEqual([]);
      expect(admin.ok('DELETE orders WHERE id IN (2, 3)').counts).toEqual([1]);
      expect(admin.ok('UPDATE orders SET tenant = 1').counts).toEqual([1]);
      expect(server.open().rows('SELECT * FROM orders')).toEqual([]);
    });

    it('blocks rows of others', () => {
      expect(admin.error('INSERT orders VALUES (9, 2)')).toBe(33504);
      expect(admin.error('INSERT orders VALUES (9, 1)')).toBe(0);
    });

    it('can be switched off and dropped', () => {
      admin.ok('ALTER SECURITY POLICY pol WITH (STATE = OFF)');
      expect(admin.rows('SELECT COUNT(*) FROM orders')).toEqual([['3']]);
      expect(admin.error('DROP FUNCTION dbo.own')).toBe(3729);
      admin.ok('DROP SECURITY POLICY pol; DROP FUNCTION dbo.own');
    });
  });
});
