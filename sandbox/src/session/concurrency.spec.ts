import { TestServer, type TestClient } from './testing/test-session.ts';

describe('transactions and locks', () => {
  let server: TestServer;
  let a: TestClient;
  let b: TestClient;
  beforeEach(() => {
    server = new TestServer();
    a = server.open();
    b = server.open();
    a.ok('CREATE TABLE t (id int PRIMARY KEY, v int); INSERT t VALUES (1, 10), (2, 20), (3, 30)');
  });

  it('undoes a transaction, and a part of it', () => {
    a.ok('BEGIN TRAN; UPDATE t SET v = 0; SAVE TRAN s; DELETE t; INSERT t VALUES (9, 9); ROLLBACK TRAN s; COMMIT');
    expect(a.rows('SELECT * FROM t')).toEqual([
      ['1', '0'],
      ['2', '0'],
      ['3', '0'],
    ]);
    a.ok('BEGIN TRAN; DELETE t; INSERT t VALUES (1, 1); UPDATE t SET id = 5; ROLLBACK');
    expect(a.rows('SELECT id FROM t')).toEqual([['1'], ['2'], ['3']]);
    expect(a.rows('SELECT v FROM t WHERE id = 5')).toEqual([]);
  });

  it('counts nested transactions, and tells the client of the outermost', () => {
    const result = a.ok(
      'BEGIN TRAN; BEGIN TRAN; SELECT @@TRANCOUNT; COMMIT; SELECT @@TRANCOUNT, XACT_STATE(); COMMIT; SELECT @@TRANCOUNT, XACT_STATE()',
    );
    expect(result.sets).toEqual([[['2']], [['1', '1']], [['0', '0']]]);
    expect(result.changes).toEqual(['begin', 'commit']);
    expect(a.error('COMMIT')).toBe(3902);
    expect(a.error('ROLLBACK')).toBe(3903);
    expect(a.error('SAVE TRAN x')).toBe(628);
    expect(a.error('BEGIN TRAN; ROLLBACK TRAN nope')).toBe(6401);
  });

  it('does not give identity and sequence values out again after a rollback', () => {
    a.ok('CREATE TABLE i (id int IDENTITY, v int); BEGIN TRAN; INSERT i VALUES (1); ROLLBACK; INSERT i VALUES (2)');
    expect(a.rows('SELECT id FROM i')).toEqual([['2']]);
  });

  it('leaves table variables as they are when the transaction is rolled back', () => {
    expect(a.rows('DECLARE @t TABLE (a int); BEGIN TRAN; INSERT @t VALUES (1); ROLLBACK; SELECT * FROM @t')).toEqual([
      ['1'],
    ]);
    const result = a.run('DECLARE @t TABLE (a int NOT NULL); INSERT @t VALUES (1), (NULL); SELECT COUNT(*) FROM @t');
    expect(result.sets).toEqual([[['0']]]);
  });

  it('lets readers wait for uncommitted rows', () => {
    a.ok('BEGIN TRAN; UPDATE t SET v = 99 WHERE id = 1');
    const scan = b.start('SELECT SUM(v) FROM t');
    expect(scan.waiting).toBe(true);
    a.ok('COMMIT');
    expect(scan.advance().result.sets).toEqual([[['149']]]);
  });

  it('does not make a session wait that looks other rows up by their key', () => {
    a.ok('BEGIN TRAN; UPDATE t SET v = 99 WHERE id = 1');
    expect(b.rows('SELECT v FROM t WHERE id = 2')).toEqual([['20']]);
    const update = b.start('UPDATE t SET v = 21 WHERE id = 2');
    expect(update.result.counts).toEqual([1]);
    expect(b.start('SELECT v FROM t WHERE id = 1').waiting).toBe(true);
  });

  it('shows dirty rows to NOLOCK and READ UNCOMMITTED only', () => {
    a.ok('BEGIN TRAN; UPDATE t SET v = 99 WHERE id = 1; DELETE t WHERE id = 2');
    expect(b.rows('SELECT id, v FROM t WITH (NOLOCK)')).toEqual([
      ['1', '99'],
      ['3', '30'],
    ]);
    expect(b.rows('SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SELECT COUNT(*) FROM t')).toEqual([['2']]);
    b.ok('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    expect(b.rows('SELECT id FROM t WITH (READPAST)')).toEqual([['3']]);
    a.ok('ROLLBACK');
    expect(b.rows('SELECT COUNT(*) FROM t')).toEqual([['3']]);
  });

  it('lets writers wait for writers of the same row and key', () => {
    a.ok('BEGIN TRAN; DELETE t WHERE id = 1; INSERT t VALUES (7, 70)');
    const same = b.start('UPDATE t SET v = v + 1 WHERE id = 1');
    expect(same.waiting).toBe(true);
    const c = server.open();
    const key = c.start('INSERT t VALUES (7, 71)');
    expect(key.waiting).toBe(true);
    const freed = server.open().start('INSERT t VALUES (1, 11)');
    expect(freed.waiting).toBe(true);
    a.ok('ROLLBACK');
    expect(same.advance().result.counts).toEqual([1]);
    expect(key.advance().result.counts).toEqual([1]);
    expect(freed.advance().result.errors[0]?.number).toBe(2627);
    expect(a.rows('SELECT * FROM t WHERE id IN (1, 7)')).toEqual([
      ['1', '11'],
      ['7', '71'],
    ]);
  });

  it('lets two sessions insert into one table at the same time', () => {
    a.ok('BEGIN TRAN; INSERT t VALUES (10, 1)');
    expect(b.ok('BEGIN TRAN; INSERT t VALUES (11, 1); COMMIT').errors).toEqual([]);
    a.ok('COMMIT');
    expect(a.rows('SELECT COUNT(*) FROM t')).toEqual([['5']]);
  });

  it('raises 1222 after LOCK_TIMEOUT and goes on', () => {
    a.ok('BEGIN TRAN; UPDATE t SET v = 0');
    const result = b.run('SET LOCK_TIMEOUT 0; SELECT * FROM t');
    expect(result.errors.map(e => e.number)).toEqual([1222]);
  });

  it('lets a statement wait for what its functions read', () => {
    a.ok(
      'CREATE FUNCTION dbo.total () RETURNS int AS BEGIN DECLARE @s int; SELECT @s = SUM(v) FROM dbo.t; RETURN @s END',
    );
    a.ok('BEGIN TRAN; UPDATE t SET v = 0 WHERE id = 1');
    const select = b.start('SELECT dbo.total()');
    const set = server.open().start('DECLARE @x int; SET @x = dbo.total(); SELECT @x');
    expect([select.waiting, set.waiting]).toEqual([true, true]);
    a.ok('COMMIT');
    expect(select.advance().result.sets).toEqual([[['50']]]);
    expect(set.advance().result.sets).toEqual([[['50']]]);
  });

  it('lets other sessions run between the statements of a loop', () => {
    const loop = a.start('DECLARE @i int = 0; WHILE @i < 10 SET @i += 1; SELECT @i', { tick: () => true });
    expect(loop.waiting).toBe(true);
    expect(b.rows('SELECT COUNT(*) FROM t')).toEqual([['3']]);
    expect(loop.advance().result.sets).toEqual([[['10']]]);
  });

  it('keeps the shape of a table while a statement reads it', () => {
    let pause = true;
    let ticks = 0;
    const read = a.start('SELECT * FROM t', { tick: () => ++ticks > 1 && pause });
    expect(read.waiting).toBe(true);
    const alter = b.start('ALTER TABLE t DROP COLUMN v');
    expect(alter.waiting).toBe(true);
    pause = false;
    expect(read.advance().result.sets[0]).toHaveLength(3);
    expect(alter.advance().result.errors).toEqual([]);
    a.ok('BEGIN TRAN; SELECT * FROM t');
    b.ok('ALTER TABLE t ADD w int');
    a.ok('COMMIT');
  });

  it('loses no update to a statement that was reading meanwhile', () => {
    let pause = true;
    let ticks = 0;
    const slow = a.start('UPDATE t SET v = v + 1', { tick: () => ++ticks > 1 && pause });
    expect(slow.waiting).toBe(true);
    b.ok('UPDATE t SET v = v + 100');
    pause = false;
    slow.advance();
    expect(b.rows('SELECT v FROM t')).toEqual([['111'], ['121'], ['131']]);
  });

  it('does not wait with NOWAIT', () => {
    a.ok('BEGIN TRAN; UPDATE t SET v = 0');
    expect(b.error('SELECT * FROM t WITH (NOWAIT)')).toBe(1222);
    expect(b.start('SELECT * FROM t').waiting).toBe(true);
  });

  it('keeps the transaction around INSERT EXEC', () => {
    a.ok('CREATE PROCEDURE r AS ROLLBACK');
    a.ok('CREATE PROCEDURE c AS BEGIN TRAN; SELECT 8, 8; COMMIT');
    expect(a.ok('INSERT t EXEC c').counts).toEqual([1]);
    expect(a.error('BEGIN TRAN; INSERT t EXEC r')).toBe(3915);
  });

  it('breaks a deadlock with 1205 and rolls the victim back', () => {
    a.ok('BEGIN TRAN; UPDATE t SET v = 1 WHERE id = 1; UPDATE t SET v = 1 WHERE id = 3');
    b.ok('BEGIN TRAN; UPDATE t SET v = 2 WHERE id = 2');
    const first = a.start('UPDATE t SET v = 1 WHERE id = 2');
    expect(first.waiting).toBe(true);
    const second = b.start('UPDATE t SET v = 2 WHERE id = 1; SELECT 1');
    expect(second.result.errors.map(e => e.number)).toEqual([1205]);
    expect(second.result.sets).toEqual([]);
    expect(b.session.transactions.count).toBe(0);
    expect(first.advance().result.counts).toEqual([1]);
    a.ok('COMMIT');
    expect(a.rows('SELECT v FROM t')).toEqual([['1'], ['1'], ['1']]);
  });

  it('locks what SERIALIZABLE readers and UPDLOCK have read', () => {
    a.ok('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRAN; SELECT * FROM t');
    expect(b.rows('SELECT COUNT(*) FROM t')).toEqual([['3']]);
    const insert = b.start('INSERT t VALUES (9, 9)');
    expect(insert.waiting).toBe(true);
    a.ok('COMMIT; SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    expect(insert.advance().result.counts).toEqual([1]);
    a.ok('BEGIN TRAN; SELECT * FROM t WITH (UPDLOCK)');
    expect(b.start('SELECT * FROM t WITH (UPDLOCK)').waiting).toBe(true);
  });

  it('serialises MERGE with HOLDLOCK without a deadlock', () => {
    const upsert =
      'BEGIN TRAN; MERGE t WITH (HOLDLOCK) USING (VALUES (8, 1)) s (id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = t.v + 1 WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v);';
    a.ok(upsert);
    const second = b.start(`${upsert} COMMIT`);
    expect(second.waiting).toBe(true);
    a.ok('COMMIT');
    expect(second.advance().result.errors).toEqual([]);
    expect(a.rows('SELECT v FROM t WHERE id = 8')).toEqual([['2']]);
  });

  it('refuses SNAPSHOT, which the database does not allow', () => {
    expect(a.error('SET TRANSACTION ISOLATION LEVEL SNAPSHOT; SELECT * FROM t')).toBe(3952);
  });

  it("reads a foreign key's parent while others change it", () => {
    a.ok('CREATE TABLE c (t int REFERENCES t)');
    a.ok('BEGIN TRAN; DELETE t WHERE id = 3');
    const child = b.start('INSERT c VALUES (3)');
    expect(child.waiting).toBe(true);
    a.ok('COMMIT');
    expect(child.advance().result.errors[0]?.number).toBe(547);
  });

  it('rolls back when the connection ends', () => {
    a.ok('BEGIN TRAN; DELETE t');
    a.session.close();
    expect(b.rows('SELECT COUNT(*) FROM t')).toEqual([['3']]);
  });

  it('lets other sessions run during a WAITFOR', () => {
    const wait = a.start("WAITFOR DELAY '00:00:00.050'; SELECT 1");
    expect(wait.waiting).toBe(true);
    expect(b.rows('SELECT COUNT(*) FROM t')).toEqual([['3']]);
    const start = performance.now();
    while (performance.now() - start < 60) wait.advance();
    expect(wait.advance().result.sets).toEqual([[['1']]]);
  });

  it("takes the driver's transaction requests", () => {
    a.transaction('begin');
    a.ok('DELETE t');
    a.transaction('rollback');
    expect(b.rows('SELECT COUNT(*) FROM t')).toEqual([['3']]);
    expect(() => a.transaction('commit')).toThrow(expect.objectContaining({ number: 3902 }));
  });
});
