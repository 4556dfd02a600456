import { createHash } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import { Collected } from '../../test/support/files/written-file.js';
import { FileOutput } from './file-output.js';

const limits = { maxBytes: 1_000_000 };

describe('the output of a file', () => {
  it('counts and hashes what it passed on', async () => {
    const target = new Collected();
    const output = new FileOutput(target, limits);
    for (let i = 0; i < 100; i++) await output.write(Buffer.from(`line ${i}\n`));
    const file = await output.end();
    expect(file).toEqual({
      bytes: target.bytes.length,
      sha256: createHash('sha256').update(target.bytes).digest('hex'),
    });
    expect(target.bytes.toString()).toContain('line 99\n');
  });

  it('says once that it begins, before the first byte', async () => {
    const begun: number[] = [];
    const target = new PassThrough();
    const output = new FileOutput(target, { ...limits, onBegin: () => begun.push(target.readableLength) });
    expect(begun).toEqual([]);
    await output.write(Buffer.from('a'));
    await output.write(Buffer.from('b'));
    expect(begun).toEqual([0]);
  });

  it('waits for a stream that is full', async () => {
    const target = new PassThrough({ highWaterMark: 10 });
    const output = new FileOutput(target, limits);
    expect(output.write(Buffer.alloc(5))).toBeUndefined();
    let isPast = false;
    const paused = Promise.resolve(output.write(Buffer.alloc(50))).then(() => (isPast = true));
    await new Promise(setImmediate);
    expect(isPast).toBe(false);
    target.resume();
    await paused;
    expect(isPast).toBe(true);
  });

  it('refuses more bytes than the limit', () => {
    const output = new FileOutput(new PassThrough(), { maxBytes: 10 });
    void output.write(Buffer.alloc(10));
    expect(() => output.write(Buffer.alloc(1))).toThrow(expect.objectContaining({ code: 'RESULT_TOO_LARGE' }));
  });

  it.each<[string, (target: PassThrough) => void]>([
    ['is closed', target => target.destroy()],
    ['fails', target => target.destroy(new Error('the disk is full'))],
  ])('ends a wait for a stream that %s, and takes nothing more', async (_how, close) => {
    const target = new PassThrough({ highWaterMark: 1 });
    const output = new FileOutput(target, limits);
    const paused = output.write(Buffer.alloc(50));
    close(target);
    await expect(paused).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(() => output.write(Buffer.alloc(1))).toThrow(expect.objectContaining({ code: 'CANCELLED' }));
    await expect(output.end()).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('takes nothing for a stream that was closed before', () => {
    const target = new PassThrough();
    target.destroy();
    expect(() => new FileOutput(target, limits).write(Buffer.alloc(1))).toThrow(
      expect.objectContaining({ code: 'CANCELLED' }),
    );
  });

  it('is not whole when the stream closes while the last bytes are on their way', async () => {
    const target = new Writable({ write: () => {} });
    const output = new FileOutput(target, limits);
    void output.write(Buffer.alloc(1));
    const ended = output.end();
    target.destroy();
    await expect(ended).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
