import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestServer, type TestClient } from './testing/test-session.ts';

const VERSION = 'SELECT CHANGE_TRACKING_CURRENT_VERSION() AS v';

describe('change tracking', () => {
  let client: TestClient;
  beforeEach(() => {
    client = new TestServer().open();
    client.ok('CREATE TABLE t (id int NOT NULL PRIMARY KEY); CREATE TABLE other (id int NOT NULL)');
  });

  it('has no version while it is off, and none of a table can be switched on', () => {
    expect(client.rows(VERSION)).toEqual([[null]]);
    expect(client.run('ALTER TABLE t ENABLE CHANGE_TRACKING').errors).toHaveLength(1);
  });

  it('counts the commits that changed a tracked table', () => {
    client.ok('ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON; ALTER TABLE t ENABLE CHANGE_TRACKING');
    expect(client.rows(VERSION)).toEqual([['0']]);
    client.ok('INSERT INTO t VALUES (1), (2)');
    expect(client.rows(VERSION)).toEqual([['1']]);
    client.ok('INSERT INTO other VALUES (1)');
    client.ok('BEGIN TRAN; DELETE FROM t; ROLLBACK');
    expect(client.rows(VERSION)).toEqual([['1']]);
    client.ok('BEGIN TRAN; UPDATE t SET id = 3 WHERE id = 1; DELETE FROM t WHERE id = 2; COMMIT');
    expect(client.rows(VERSION)).toEqual([['2']]);
    client.ok('ALTER TABLE t DISABLE CHANGE_TRACKING; DELETE FROM t');
    expect(client.rows(VERSION)).toEqual([['2']]);
    client.ok('ALTER DATABASE CURRENT SET CHANGE_TRACKING = OFF');
    expect(client.rows(VERSION)).toEqual([[null]]);
  });
});
