import mssql from 'mssql';
import type { TestDatabase } from './database.js';

/** A table whose rows another program has locked: a statement that reads them runs until `release`, on a machine of any speed. */
export class LockedTable {
  private constructor(private readonly pool: mssql.ConnectionPool) {}

  /** `dbo.Held (id int, n int)` with the ids 1 to `rows`, not locked yet. */
  static async open({ config, execute }: TestDatabase, rows = 3): Promise<LockedTable> {
    const values = Array.from({ length: rows }, (_, index) => `(${index + 1}, 0)`).join(', ');
    await execute(
      `CREATE TABLE dbo.Held (id int NOT NULL PRIMARY KEY, n int NOT NULL)\nGO\nINSERT INTO dbo.Held VALUES ${values}`,
    );
    const { host: server, port, user, password, database } = config;
    const pool = await new mssql.ConnectionPool({
      server,
      port: port ?? 1433,
      user,
      password,
      database,
      options: { encrypt: true, trustServerCertificate: true },
      // The transaction stays open between batches.
      pool: { min: 1, max: 1 },
    }).connect();
    return new LockedTable(pool);
  }

  /** It changes the rows: SQL Server's readers need no locks on a page without uncommitted changes. */
  async lock(): Promise<void> {
    await this.pool.batch('IF @@TRANCOUNT = 0 BEGIN TRANSACTION; UPDATE dbo.Held SET n = n + 1');
  }

  async release(): Promise<void> {
    await this.pool.batch('IF @@TRANCOUNT > 0 COMMIT');
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
