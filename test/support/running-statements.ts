import mssql from 'mssql';
import type { TestDatabase } from './database.js';
import { until } from './until.js';

/** Looks from outside at the statements that the server's sessions are running. */
export class RunningStatements {
  private constructor(private readonly pool: mssql.ConnectionPool) {}

  static async open({ config }: TestDatabase): Promise<RunningStatements> {
    const { host: server, port, user, password, database } = config;
    const options = { encrypt: true, trustServerCertificate: true };
    return new RunningStatements(
      await new mssql.ConnectionPool({ server, port: port ?? 1433, user, password, database, options }).connect(),
    );
  }

  /** Resolves when this many statements run in sessions of this program. */
  async count(expected: number, program = 'mssql-mcp-server/stdio', limitMs?: number): Promise<void> {
    await until(
      `${expected} statements are running`,
      async () => {
        const { recordset } = await this.pool
          .request()
          .input('program', program)
          .query<{ n: number }>(
            `SELECT COUNT(*) AS n FROM sys.dm_exec_requests r JOIN sys.dm_exec_sessions s ON s.session_id = r.session_id
         WHERE s.program_name = @program`,
          );
        return recordset[0]?.n === expected;
      },
      limitMs,
    );
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
