import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { passwordMatches } from '../oauth/identity/password.js';
import { putUser, readUsersFile } from '../oauth/identity/users-file.js';
import { runUsers } from './users-commands.js';

const fresh = (name = 'users.json'): string => path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-users-')), name);
const typed = (password: string) => async (): Promise<string> => password;
const GOOD = 'a long enough password';

describe('mssql-mcp users', () => {
  it('adds, lists, changes, disables and enables', async () => {
    const file = fresh();
    expect(await runUsers(['list'], file, typed(''))).toBe('There are no users yet.\n');
    await runUsers(['add', 'ana', '--tenants', '/demo,workshop', '--groups', 'sales'], file, typed(GOOD));
    expect(await runUsers(['list'], file, typed(''))).toBe(
      'ana\tenabled\tpassword\ttenants demo,workshop\tgroups sales\n',
    );
    const [before] = readUsersFile(file);
    expect(before?.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwordMatches(GOOD, before?.password)).toBe(true);
    await runUsers(['passwd', 'ana'], file, typed('another long password'));
    const [after] = readUsersFile(file);
    expect(await passwordMatches(GOOD, after?.password)).toBe(false);
    expect(after?.valid_from).toBeDefined();
    await runUsers(['disable', 'ana'], file, typed(''));
    expect(await runUsers(['list'], file, typed(''))).toContain('ana\tdisabled');
    await runUsers(['enable', 'ana'], file, typed(''));
    expect(await runUsers(['list'], file, typed(''))).toContain('ana\tenabled');
    await runUsers(['disable', 'https://idp.example|42'], file, typed(''));
    expect(await runUsers(['list'], file, typed(''))).toContain('https://idp.example|42\tdisabled\tsigns in elsewhere');
  });

  it.each([
    [['add', 'ana'], '1234567', 'at least 8 characters'],
    [['add', 'ana'], 'password123', 'lists that attackers try'],
    [['add', 'ana.maria'], 'Ana.Maria', 'must not be the name'],
    [['add', 'ana'], 'x'.repeat(2_000), 'not be longer'],
    [['add', '../etc'], GOOD, 'A name is'],
    [['add', 'a|b'], GOOD, 'A name is'],
    [['add', ''], GOOD, 'A name is'],
    [['add', 'ana', '--admin'], GOOD, "Unknown option '--admin'"],
    [['add', 'ana', 'bob'], GOOD, 'unexpected argument "bob"'],
    [['add'], GOOD, 'users add needs the name of a user'],
    [['list', 'ana'], GOOD, 'unexpected argument "ana"'],
    [['passwd', 'nobody'], GOOD, 'There is no user nobody'],
    [['disable', 'nobody'], GOOD, 'There is no user nobody'],
    [['remove', 'ana'], GOOD, 'unknown command "users remove"'],
    [[], GOOD, 'users needs a command'],
  ])('refuses %j', async (args, password, message) => {
    await expect(runUsers(args, fresh(), typed(password))).rejects.toThrow(message);
  });

  it('does not add a person twice', async () => {
    const file = fresh();
    await runUsers(['add', 'ana'], file, typed(GOOD));
    await expect(runUsers(['add', 'ana'], file, typed(GOOD))).rejects.toThrow('exists already');
  });

  it('keeps a YAML file YAML', async () => {
    const file = fresh('users.yaml');
    await runUsers(['add', 'ana'], file, typed(GOOD));
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ users: [{ name: 'ana' }] });
  });
});

describe('the users file', () => {
  it('is for its owner alone, written whole, and leaves nothing beside it', async () => {
    const file = fresh();
    await putUser(file, { name: 'ana' });
    // Windows has access lists instead, which a file gets from its directory.
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['users.json']);
  });

  it.each([
    ['{"users": [', 'USERS_FILE FILE: it is not valid JSON.'],
    [
      '{"users": [{"name": "x", "nam": "x"}]}',
      'USERS_FILE FILE: unknown setting "users[0].nam". Did you mean "users[0].name"?',
    ],
    ['{"users": [{"name": "x", "groups": "y"}, {}]}', 'users[0].groups'],
    ['{"users": [{"name": "x"}, {}]}', 'USERS_FILE FILE: users[1].name is not set.'],
    // `tenants:` with its list commented out must not open every tenant.
    ['{"users": [{"name": "x", "tenants": null}]}', 'users[0].tenants'],
    ['{"users": [{"name": "x", "valid_from": "yesterday"}]}', 'must be a time in UTC, such as'],
    ['{"users": [], "user": []}', 'USERS_FILE FILE: unknown setting "user". Did you mean "users"?'],
    ['{"users": ["ana"]}', 'users[0] must be an entry'],
    ['[]', 'USERS_FILE FILE: it must hold a list "users"'],
  ])('with %s is refused with what is wrong', (text, message) => {
    const file = fresh();
    writeFileSync(file, text);
    expect(() => readUsersFile(file)).toThrow(message.replace(' FILE:', ` ${file}:`));
  });
});
