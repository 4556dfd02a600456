import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import mssql from 'mssql';
import { type Sandbox, startSandbox } from 'tsql-sandbox';
import { PooledSession } from './pooled-session.js';

const installed = path.resolve('node_modules');

describe('a connection of another copy of tedious', () => {
  let sandbox: Sandbox;
  let folder: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 'none' });
    // Within node_modules, where the copies find what they need themselves.
    folder = mkdtempSync(path.join(installed, '.two-drivers-'));
    for (const name of ['mssql', 'tedious'])
      cpSync(path.join(installed, name), path.join(folder, 'node_modules', name), { recursive: true });
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await sandbox.close();
  });

  const poolOf = (driver: typeof mssql) =>
    new driver.ConnectionPool({
      server: '127.0.0.1',
      port: sandbox.port,
      user: 'sa',
      password: 'Sandbox!2024',
      options: { trustServerCertificate: true },
    }).connect();

  it('is refused with the folders of both, and does not stay borrowed', async () => {
    const other = createRequire(path.join(folder, 'index.js'))('mssql') as typeof mssql;
    const pool = await poolOf(other);
    try {
      const refused = expect.objectContaining({
        code: 'INTERNAL',
        expose: false,
        message: expect.stringMatching(
          new RegExp(`${path.join(installed, 'tedious')}, but .* ${path.join(folder, 'node_modules', 'tedious')}\\.`),
        ),
      });
      await expect(PooledSession.acquire(pool)).rejects.toEqual(refused);
      expect(pool.borrowed).toBe(0);
    } finally {
      await pool.close();
    }
  });

  it('is told apart from a connection of the patched copy', async () => {
    const pool = await poolOf(mssql);
    try {
      const session = await PooledSession.acquire(pool);
      await session.release();
    } finally {
      await pool.close();
    }
  });
});
