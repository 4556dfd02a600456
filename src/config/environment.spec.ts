import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Environment, withEnvFile } from './environment.js';
import { Faults } from './faults.js';

function file(content: string): string {
  const target = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-env-')), 'file');
  writeFileSync(target, content);
  return target;
}

function read(env: Record<string, string>): { text: string | undefined; failed: boolean; faults: readonly string[] } {
  const faults = new Faults();
  const environment = new Environment(env, faults);
  const text = environment.text('SECRET');
  return { text, failed: environment.hasFailed('SECRET'), faults: faults.all };
}

describe('a text of the environment', () => {
  it('is the value of its variable', () => {
    expect(read({ SECRET: 'value' }).text).toBe('value');
  });

  it.each<[Record<string, string>]>([[{}], [{ SECRET: '' }]])('is not set in %j', env => {
    expect(read(env)).toEqual({ text: undefined, failed: false, faults: [] });
  });

  it('comes from the file in NAME_FILE, without the last line end', () => {
    expect(read({ SECRET_FILE: file('from\nfile\r\n') }).text).toBe('from\nfile');
  });

  it('must not be set twice', () => {
    expect(read({ SECRET: 'a', SECRET_FILE: file('b') }).faults).toEqual([
      'SECRET is set twice, by SECRET and by SECRET_FILE. Remove one of them.',
    ]);
  });

  it.each([
    ['/nowhere', 'SECRET_FILE names a file that cannot be read (ENOENT).'],
    [os.tmpdir(), 'SECRET_FILE names a file that cannot be read (EISDIR).'],
    [file('\n'), 'SECRET_FILE names an empty file.'],
    [file('x'.repeat(64 * 1024 + 1)), 'SECRET_FILE names a file that is larger than 64 KB.'],
  ])('cannot come from %s', (SECRET_FILE, fault) => {
    expect(read({ SECRET_FILE })).toEqual({ text: undefined, failed: true, faults: [fault] });
  });
});

describe('.env', () => {
  it('adds to the variables of the process, which win', () => {
    expect(withEnvFile({ A: 'process' }, file('A=file\nB=file\n'))).toEqual({ A: 'process', B: 'file' });
  });

  it('may be missing', () => {
    expect(withEnvFile({ A: 'process' }, '/nowhere/.env')).toEqual({ A: 'process' });
  });

  it('must be readable when it exists', () => {
    // Docker makes a directory when the file of a volume is missing.
    expect(() => withEnvFile({}, os.tmpdir())).toThrow(/cannot be read \(EISDIR\)\. Correct or remove it\./);
  });
});
