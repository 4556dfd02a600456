import { mkdtempSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../../test/support/until.js';
import { setLogLevel } from '../common/log.js';
import { readConfig } from '../config/read-config.js';
import { AccessRulesService, type Reload } from './access-rules.service.js';
import { ignoredChanges } from './access-rules-change.js';
import { TenantsService } from './tenants.service.js';

const DATABASE = 'database: {host: h, user: u, password: p, database: d}';
const file = (rules: string, more = '') => `tenants: [{path: /a, ${DATABASE}${rules}}, {path: /b, ${DATABASE}${more}}]`;

/** A server's tenants from a file, which `write` replaces; `write` resolves when the new version was noticed. */
function start(yaml: string) {
  const name = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-rules-')), 'tenants.yaml');
  writeFileSync(name, yaml);
  const config = readConfig({ TENANTS_FILE: name });
  const rules = new AccessRulesService(config);
  const tenants = new TenantsService(config, config, rules);
  const reloads: Reload[] = [];
  rules.onReload(reload => reloads.push(reload));
  return {
    name,
    config,
    rules,
    reloads,
    users: (tenant = 'a') => tenants.byName(tenant)?.access?.map(({ user }) => user),
    list: () => tenants.byName('a')?.access,
    write: async (text: string, replace = writeFileSync as (file: string, text: string) => void) => {
      const before = reloads.length;
      replace(name, text);
      await until('the file is read again', () => {
        rules.faults();
        return reloads.length > before;
      });
    },
  };
}

describe('access rules', () => {
  beforeAll(() => setLogLevel('silent'));

  it('are those of the file', () => {
    const { users } = start(file(', access: [{user: ana}]'));
    expect([users('a'), users('b')]).toEqual([['ana'], undefined]);
  });

  it('change with the file, without a restart', async () => {
    const { users, write, rules } = start(file(', access: [{user: ana}]'));
    await write(file(', access: [{user: bob}]', ', access: [{user: eve}]'));
    expect([users('a'), users('b'), rules.faults()]).toEqual([['bob'], ['eve'], []]);
  });

  it('change when another file takes the name, as editors and Kubernetes do', async () => {
    const { users, write } = start(file(', access: [{user: ana}]'));
    await write(file(', access: [{user: bob}]'), (name, text) => {
      writeFileSync(`${name}.new`, text);
      renameSync(`${name}.new`, name);
    });
    expect(users()).toEqual(['bob']);
  });

  it('do not wait when the clock of a file server is ahead of ours', async () => {
    const { users, write } = start(file(', access: [{user: ana}]'));
    await write(file(', access: [{user: bob}]'), (name, text) => {
      writeFileSync(name, text);
      utimesSync(name, new Date(), new Date(Date.now() + 3_600_000));
    });
    expect(users()).toEqual(['bob']);
  });

  it('stay the same list while they say the same', async () => {
    const { list, write } = start(file(', access: [{user: ana}]'));
    const before = list();
    await write(file(', access: [{user: ana}]', ', access: [{user: bob}]'));
    expect(list()).toBe(before);
    await write(file(', access: [{user: ana, tools: [list_tables]}]', ', access: [{user: bob}]'));
    expect(list()).not.toBe(before);
  });

  it.each([
    ['is not YAML', 'tenants: [', /TENANTS_FILE: line 1, column/],
    ['is empty', '', /must hold a list "tenants"/],
    ['has an unknown setting', file(', access: [{user: bob}], colour: red'), /unknown setting "colour"/],
    ['has a fault in another tenant', file(', access: [{user: bob}]', ', limits: {max_rows: 0}'), /tenant "b"/],
    ['has no rules where there were some', file(''), /tenant "a": access was removed, which admits every local user/],
  ])('stay as they were when the new file %s', async (_what, yaml, fault) => {
    const { users, write, rules, reloads } = start(file(', access: [{user: ana}]'));
    await write(yaml);
    expect(users()).toEqual(['ana']);
    expect(rules.faults()).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
    expect(reloads).toHaveLength(1);
    await write(file(', access: [{user: eve}]'));
    expect([users(), rules.faults()]).toEqual([['eve'], []]);
  });

  it('stay as they were when a further check finds a fault, such as an unknown tool', async () => {
    const { users, write, rules } = start(file(', access: [{user: ana}]'));
    rules.addCheck(({ name, access }) => (access?.[0]?.tools === undefined ? [] : [`Tenant ${name} has a fault.`]));
    await write(file(', access: [{user: bob, tools: [x]}]'));
    expect([users(), rules.faults()]).toEqual([['ana'], ['Tenant a has a fault.']]);
  });

  it('are the only settings that change without a restart; the others are named', async () => {
    const { config, users, write } = start(file(', access: [{user: ana}]'));
    const changed = `tenants: [{path: /a, database: {host: h, user: u, password: other, database: d}, read_only: false, access: [{user: bob}], limits: {max_rows: 5}}, {path: /c, ${DATABASE}}]`;
    await write(changed);
    expect(users()).toEqual(['bob']);
    expect(config.tenants[0]).toMatchObject({ readOnly: true, database: { password: 'p' }, limits: { maxRows: 1000 } });
    expect(users('c')).toBeUndefined();
    const ignored = ignoredChanges(config.tenants, config.tenantsFile?.read() ?? []);
    expect([...ignored].sort()).toEqual([
      'tenant "a": database.password',
      'tenant "a": limits.max_rows',
      'tenant "a": read_only',
      'tenant "b" was removed',
      'tenant "c" was added',
    ]);
  });

  it('are read at most once for each version', async () => {
    const { rules, reloads, write } = start(file(', access: [{user: ana}]'));
    await write('tenants: [');
    for (let i = 0; i < 1000; i++) rules.faults();
    expect(reloads).toHaveLength(1);
  });
});
