import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { replaceFile } from './replace-file.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-replace-'));
const fresh = (name: string, text: string): string => {
  const file = path.join(directory, name);
  writeFileSync(file, text);
  return file;
};

/** A process that opens the file, says so, and closes it when its standard input ends. */
async function readerOf(file: string): Promise<ChildProcess> {
  const program = `const fs = require('node:fs'); fs.openSync(${JSON.stringify(file)}, 'r');
    console.log('open'); process.stdin.on('end', () => process.exit()).resume();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('replaceFile', () => {
  it('replaces a file that another process reads', async () => {
    const file = fresh('read', 'old');
    const reader = await readerOf(file);
    reader.stdin?.end();
    replaceFile(fresh('read.new', 'new'), file);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('throws at once when there is nothing to rename', () => {
    expect(() => replaceFile(path.join(directory, 'missing'), fresh('kept', 'old'))).toThrow('ENOENT');
  });
});
