import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { stateStoreContract } from '../../test/support/state-store-contract.js';
import { SqliteStateStore } from './sqlite.state-store.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-state-'));
const file = path.join(directory, 'state.db');

describe('the SQLite state store', () => {
  const first = new SqliteStateStore(file);
  const second = new SqliteStateStore(file);
  afterAll(() => Promise.all([first.close(), second.close()]));

  stateStoreContract(
    () => first,
    () => second,
  );

  it('keeps its entries when it is closed and opened again', async () => {
    await first.set('lasting', 'value', 60);
    const reopened = new SqliteStateStore(file);
    expect(await reopened.get('lasting')).toBe('value');
    await reopened.close();
  });

  it('removes expired entries in batches, and their groups with them', async () => {
    let now = 1_000_000;
    const store = new SqliteStateStore(path.join(directory, 'purge.db'), () => now);
    for (let index = 0; index < 1_200; index++) await store.set(`k${index}`, 'v', 10, ['all']);
    await store.set('stays', 'v', 100, ['all']);
    now += 11_000;
    expect(await store.purge()).toBe(1_200);
    expect(await store.list('all', 5_000)).toEqual(['stays']);
    await store.close();
    const db = new DatabaseSync(path.join(directory, 'purge.db'));
    expect(db.prepare('SELECT count(*) AS n FROM entry_group').get()).toEqual({ n: 1 });
    db.close();
  });

  it('waits for another process that holds the lock, without stopping the event loop', async () => {
    const holder = spawn(
      process.execPath,
      [
        '-e',
        `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(${JSON.stringify(file)});
         db.exec('BEGIN IMMEDIATE'); console.log('held'); setTimeout(() => { db.exec('COMMIT'); process.exit(0); }, 400);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise(resolve => holder.stdout.once('data', resolve));
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    await first.set('waited', 'yes', 60);
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(1);
    expect(await first.get('waited')).toBe('yes');
  });

  it('loses nothing that was acknowledged when the process is killed', async () => {
    const killed = path.join(directory, 'killed.db');
    const store = new SqliteStateStore(killed);
    const writer = spawn(
      process.execPath,
      [
        '-e',
        `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(${JSON.stringify(killed)}, { timeout: 1000 });
         db.exec('PRAGMA synchronous = NORMAL');
         const put = db.prepare("INSERT INTO entry (name, value, expires) VALUES (?, 'v', 9e15)");
         for (let n = 0; ; n++) { put.run('w' + n); require('node:fs').writeSync(1, n + '\\n'); }`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let text = '';
    writer.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.length > 2_000) writer.kill('SIGKILL');
    });
    await new Promise(resolve => writer.once('close', resolve));
    const acknowledged = text.split('\n').slice(0, -1);
    expect(acknowledged.length).toBeGreaterThan(100);
    for (const number of acknowledged) expect(await store.get(`w${number}`)).toBe('v');
    await store.close();
  });
});
