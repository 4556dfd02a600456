import { describe, expect, it } from '@jest/globals';
import { readCommandLine } from './cli.ts';

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
    [['--seed', 'nothing'], /sample/],
    [['--user', 'ann'], /name:password/],
    [['--encryption', 'maybe'], /required, optional, off/],
    [['--cert', 'a.pem'], /belong together/],
    [['--nonsense'], /nonsense/],
  ])('refuses %j in clear words', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(message);
  });

  it('asks for help', () => {
    expect(readCommandLine(['--help'])).toBeUndefined();
  });
});
