import mssql from 'mssql';
import type { TestDatabase } from '../test/support/database.ts';

/** The driver alone on a database, which long streams are compared with. */
export function bareDriver({ config }: TestDatabase): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool({
    server: config.host,
    port: config.port,
    user: config.user,
    password: config.password,
    database: config.database,
    requestTimeout: 600_000,
    options: { encrypt: true, trustServerCertificate: true, useUTC: true },
  }).connect();
}

/** Reads a whole result with the driver's own stream. Returns the number of rows. */
export async function bareStream(pool: mssql.ConnectionPool, query: string): Promise<number> {
  const request = pool.request();
  request.stream = true;
  request.arrayRowMode = true;
  let rows = 0;
  const done = new Promise((resolve, reject) => request.on('done', resolve).on('error', reject));
  request.on('row', () => (rows += 1));
  void request.query(query);
  await done;
  return rows;
}
