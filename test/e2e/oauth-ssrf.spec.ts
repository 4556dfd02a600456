import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const support = path.join(import.meta.dirname, '../support');

describe('a listed host whose name resolves to this machine', () => {
  it('gets no connection: the request never arrives', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--import', path.join(support, 'ts-hooks.mjs'), path.join(support, 'ssrf-child.ts')],
      { timeout: 60_000 },
    );
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      control: number;
      statuses: number[];
      asked: string[];
    };
    // The listener works and its certificate is trusted: an unguarded request arrives.
    expect(result.control).toBe(200);
    expect(result.asked).toEqual(['/control']);
    expect(result.statuses).toEqual([400, 400]);
  }, 90_000);
});
