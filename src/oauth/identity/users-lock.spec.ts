import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { putUser, readUsersFile } from './users-file.js';

const support = path.resolve(import.meta.dirname, '../../../test/support');
const freshFile = (): string => path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-lock-')), 'users.json');
const longAgo = new Date(Date.now() - 60_000);

/** Starts processes that each add `count` users to the file, all at the same moment; resolves when they have ended. */
async function addInProcesses(file: string, processes: number, count: number): Promise<readonly (number | null)[]> {
  const children = Array.from({ length: processes }, (_, index): ChildProcess => {
    const script = ['--import', path.join(support, 'ts-hooks.mjs'), path.join(support, 'oauth-users-child.ts')];
    const args = ['--no-warnings', ...script, file, `p${index}-`, String(count)];
    return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  });
  const ends = children.map(child => once(child, 'exit') as Promise<[number | null]>);
  await Promise.all(children.map(child => once(child.stdout!, 'data')));
  for (const child of children) child.stdin?.write('go\n');
  return (await Promise.all(ends)).map(([code]) => code);
}

describe('the lock of the users file', () => {
  it('lets two processes change the file at once and loses no change', async () => {
    const file = freshFile();
    expect(await addInProcesses(file, 2, 20)).toEqual([0, 0]);
    expect(readUsersFile(file)).toHaveLength(40);
    expect(readdirSync(path.dirname(file))).toEqual(['users.json']);
  });

  it.each([
    ['a directory, as now', (lock: string) => mkdirSync(lock)],
    ['a file, as of version 2.0', (lock: string) => writeFileSync(lock, '')],
  ])('is taken over by one process at a time when its owner died: %s', async (_label, make) => {
    const file = freshFile();
    make(`${file}.lock`);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    expect(await addInProcesses(file, 2, 10)).toEqual([0, 0]);
    expect(readUsersFile(file)).toHaveLength(20);
    expect(readdirSync(path.dirname(file))).toEqual(['users.json']);
  });

  it('is not taken over by the slower one of two processes that saw it stale', async () => {
    const file = freshFile();
    mkdirSync(`${file}.lock`);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    // The faster process has claimed this very lock, and is about to remove it.
    writeFileSync(`${file}.lock.${longAgo.getTime()}`, '');
    await expect(putUser(file, { name: 'ana' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `${file}.lock is held by another process. Try again; if no other process changes users, remove ${file}.lock*.`,
    });
    expect(readdirSync(path.dirname(file)).sort()).toEqual(['users.json.lock', `users.json.lock.${longAgo.getTime()}`]);
  });

  it('is waited for without blocking the event loop, and not for ever', async () => {
    const file = freshFile();
    mkdirSync(`${file}.lock`);
    let turns = 0;
    const ticking = setInterval(() => turns++, 20);
    await expect(putUser(file, { name: 'ana' })).rejects.toThrow('is held by another process');
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(20);
  });
});
