import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { listening } from '../support/nginx.js';
import { freePort } from '../support/ports.js';
import { describeWith, findProgram } from '../support/system-programs.js';

const run = promisify(execFile);
const backup = async (...args: string[]) =>
  (await run(process.execPath, ['scripts/backup.mjs', ...args])).stdout.trim();
const refusal = (...args: string[]) =>
  backup(...args).then(
    () => undefined,
    (error: { code: number; stderr: string }) => error,
  );
const directory = () => mkdtempSync(path.join(os.tmpdir(), 'mcp-backup-test-'));

function sqliteState(): string {
  const file = path.join(directory(), 'state.db');
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode=WAL; CREATE TABLE t (k TEXT); INSERT INTO t VALUES ('kept')");
  database.close();
  return file;
}

const keysOf = (file: string) => {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT k FROM t').all();
  database.close();
  return rows.map(row => row['k']);
};

describe('backup of a SQLite state', () => {
  it('restores everything, with the included files, while another process has the state open', async () => {
    const state = sqliteState();
    const open = new DatabaseSync(state);
    open.exec("INSERT INTO t VALUES ('written while open')");
    const config = path.join(directory(), 'config');
    mkdirSync(config);
    writeFileSync(path.join(config, 'tenants.yaml'), 'tenants: []');
    const out = directory();
    const archive = await backup('create', '--out', out, '--state', `sqlite:${state}`, '--include', config);
    open.close();
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect(await backup('verify', '--from', archive)).toMatch(/^The archive is good: 2 files/);

    const target = path.join(directory(), 'restored', 'state.db');
    const into = directory();
    await backup('restore', '--from', archive, '--state', `sqlite:${target}`, '--into', into);
    expect(keysOf(target)).toEqual(['kept', 'written while open']);
    expect(readFileSync(path.join(into, config.slice(1), 'tenants.yaml'), 'utf8')).toBe('tenants: []');
  });

  it('backs up the links of certbot’s directories, also links to files that are not included', async () => {
    const root = directory();
    for (const name of ['archive/mcp', 'live/mcp']) mkdirSync(path.join(root, name), { recursive: true });
    for (const name of ['fullchain', 'privkey']) {
      writeFileSync(path.join(root, 'archive/mcp', `${name}1.pem`), `${name} 1`, { mode: 0o600 });
      symlinkSync(`../../archive/mcp/${name}1.pem`, path.join(root, 'live/mcp', `${name}.pem`));
    }
    symlinkSync('nowhere', path.join(root, 'live/mcp/dangling'));
    for (const included of [root, path.join(root, 'live')]) {
      const state = sqliteState();
      const archive = await backup('create', '--out', directory(), '--state', `sqlite:${state}`, '--include', included);
      const into = directory();
      await backup('restore', '--from', archive, '--state', `sqlite:${state}`, '--force', '--into', into);
      const live = path.join(into, root.slice(1), 'live/mcp');
      expect(readFileSync(path.join(live, 'fullchain.pem'), 'utf8')).toBe('fullchain 1');
      expect(readFileSync(path.join(live, 'privkey.pem'), 'utf8')).toBe('privkey 1');
      expect(statSync(path.join(live, 'privkey.pem')).mode & 0o777).toBe(0o600);
      expect(readdirSync(live)).not.toContain('dangling');
    }
  });

  it('does not overwrite an existing state without --force', async () => {
    const state = sqliteState();
    const archive = await backup('create', '--out', directory(), '--state', `sqlite:${state}`);
    expect((await refusal('restore', '--from', archive, '--state', `sqlite:${state}`))?.stderr).toMatch(/--force/);
    await backup('restore', '--from', archive, '--state', `sqlite:${state}`, '--force');
    expect(keysOf(state)).toEqual(['kept']);
  });

  it('keeps only the newest archives', async () => {
    const state = sqliteState();
    const out = directory();
    const archives = [];
    for (let i = 0; i < 3; i++)
      archives.push(await backup('create', '--out', out, '--state', `sqlite:${state}`, '--keep', '2'));
    expect(readdirSync(out).sort()).toEqual(archives.slice(1).map(archive => path.basename(archive)));
  });

  it('refuses a state that does not exist and an archive that is damaged', async () => {
    expect((await refusal('create', '--out', directory(), '--state', 'sqlite:/nowhere/state.db'))?.stderr).toMatch(
      /does not exist/,
    );
    const broken = path.join(directory(), 'broken.tar.gz');
    writeFileSync(broken, 'no archive');
    expect((await refusal('verify', '--from', broken))?.stderr).toMatch(/tar failed: \S/);
  });
});

describeWith('redis-server', 'backup of a Redis state', () => {
  it('restores the values and their remaining time to live', async () => {
    const port = await freePort();
    const server = spawn(
      findProgram('redis-server') ?? '',
      ['--port', String(port), '--save', '', '--bind', '127.0.0.1'],
      { stdio: 'ignore' },
    );
    await listening(server, port);
    const redis = new Redis(port, '127.0.0.1');
    await redis.set('short', 'a', 'EX', 1000);
    await redis.hset('hash', { field: 'b' });
    const url = `redis://127.0.0.1:${port}`;
    const archive = await backup('create', '--out', directory(), '--state', url);
    expect((await refusal('restore', '--from', archive, '--state', url))?.stderr).toMatch(/not empty/);
    await redis.flushall();
    await backup('restore', '--from', archive, '--state', url);
    expect(await redis.get('short')).toBe('a');
    expect(await redis.ttl('short')).toBeGreaterThan(900);
    expect(await redis.hgetall('hash')).toEqual({ field: 'b' });
    redis.disconnect();
    server.kill();
    await once(server, 'exit');
  });
});
