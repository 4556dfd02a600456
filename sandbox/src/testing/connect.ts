import sql from 'mssql';
import type { Sandbox } from '../index.ts';

const pools: sql.ConnectionPool[] = [];

/** A pool of one connection, closed with all others by `closeConnections`. */
export function connect(sandbox: Sandbox, change: Partial<sql.config> = {}): Promise<sql.ConnectionPool> {
  const { options, ...rest } = change;
  const pool = new sql.ConnectionPool({
    server: sandbox.host,
    port: sandbox.port,
    user: 'sa',
    password: 'anything',
    requestTimeout: 20_000,
    ...rest,
    pool: { max: 1, ...rest.pool },
    options: { encrypt: false, trustServerCertificate: true, ...options },
  });
  pool.on('error', () => {});
  pools.push(pool);
  return pool.connect();
}

export async function closeConnections(): Promise<void> {
  for (const pool of pools.splice(0)) await pool.close().catch(() => {});
}
