import { ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { entriesOf, entriesOfFile } from '../../../../test/support/files/zip-entries.js';
import { ZipArchive } from './zip-archive.js';

const AT = new Date('2026-11-30T12:34:56Z');

describe('a ZIP file', () => {
  it('holds its entries, large ones in many chunks', async () => {
    const chunks: Buffer[] = [];
    const archive = new ZipArchive({ write: chunk => void chunks.push(Buffer.from(chunk)) }, AT);
    await archive.add('first.txt', 'first');
    await archive.open('żółć/large.txt');
    const lines = Array.from({ length: 200 }, (_, i) => `${i} `.repeat(2_000));
    for (const line of lines) await archive.write(Buffer.from(line));
    await archive.close();
    await archive.add('empty.txt', '');
    await archive.finish();
    const entries = await entriesOf(Buffer.concat(chunks));
    expect([...entries.keys()]).toEqual(['first.txt', 'żółć/large.txt', 'empty.txt']);
    expect(entries.get('first.txt')?.toString()).toBe('first');
    expect(entries.get('żółć/large.txt')?.toString()).toBe(lines.join(''));
    expect(entries.get('empty.txt')?.length).toBe(0);
  });

  it('has entries and its directory beyond 4 GiB (zip64)', async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-zip-'));
    const file = path.join(directory, 'large.zip');
    const descriptor = openSync(file, 'w+');
    // The file has a hole of 5 GiB, which takes no room on the disk.
    const start = 5 * 1024 ** 3;
    ftruncateSync(descriptor, start);
    let at = start;
    const write = (chunk: Uint8Array): void => void (at += writeSync(descriptor, chunk, 0, chunk.length, at));
    const archive = new ZipArchive({ write }, AT, start);
    await archive.add('far.txt', 'beyond four gigabytes');
    await archive.finish();
    const entries = await entriesOfFile(descriptor);
    expect(entries.get('far.txt')?.toString()).toBe('beyond four gigabytes');
    rmSync(directory, { recursive: true });
  });

  it('reports an output that fails to the next step', async () => {
    let writes = 0;
    const archive = new ZipArchive(
      {
        write: () => {
          if (++writes > 1) throw new Error('gone');
        },
      },
      AT,
    );
    await archive.open('a');
    await archive.write(Buffer.alloc(1_000_000));
    await expect(archive.close()).rejects.toThrow('gone');
  });
});
