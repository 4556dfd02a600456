import { describe, expect, it } from '@jest/globals';
import { readCommandLine, run } from './cli.ts';

describe('command line', () => {
  it('has defaults for everything', () => {
    expect(readCommandLine([])).toMatchObject({ port: 1433, seed: 'sample', users: undefined, maxConnections: 1000 });
  });

  it('reads users with their roles', () => {
    expect(readCommandLine(['--user', 'ann:secret:db_datareader,db_datawriter', '--user', 'bob:x'])?.users).toEqual([
      { name: 'ann', password: 'secret', roles: ['db_datareader', 'db_datawriter'] },
      { name: 'bob', password: 'x', roles: [] },
    ]);
  });

  it.each([
    [['--port', 'x'], /whole number/],
    [['--port', ''], /whole number/],
    [['--max-connections', '0'], /from 1 to/],
    [['--database', ''], /empty/],
    [['--seed', 'nothing'], /sample/],
    [['--user', 'ann'], /name:password/],
    [['--encryption', 'maybe'], /required, optional, off/],
    [['--cert', 'a.pem'], /one is missing/],
    [['--nonsense'], /nonsense/],
  ])('refuses %j', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(message);
  });

  it.each([
    [
      ['--seed', 'none', '--user', 'a:b:norole'],
      'User a: the role norole does not exist. Use a role of the database, or sysadmin.',
    ],
    [['--seed', 'nothing-here.sql'], 'nothing-here.sql cannot be read (ENOENT).'],
  ])('reports what is wrong with %j, without a stack trace', async (args, message) => {
    const said: string[] = [];
    const { error } = console;
    console.error = (line: string) => void said.push(line);
    try {
      await run(['--port', '0', ...args]);
    } finally {
      console.error = error;
    }
    expect(said).toEqual([message]);
    expect(process.exitCode).toBe(1);
    process.exitCode = 0;
  });

  it('returns no options for --help', () => {
    expect(readCommandLine(['--help'])).toBeUndefined();
  });
});
