import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BrandConfig } from './brand.config.js';
import { ConfigError } from '../faults.js';
import { readConfig } from '../read-config.js';
import type { ServerConfig } from '../server.config.js';
import { DatabaseConfig } from './database.config.js';
import { AccessRuleConfig, LimitsConfig, TenantEntry, UpstreamConfig } from './tenant.config.js';
import { settingsOf, snakeCase } from '../validation/check-settings.js';

const DATABASE = 'database: {host: h, user: u, password: p, database: d}';

function read(yaml: string, env: Record<string, string> = {}): ServerConfig {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-config-')), 'tenants.yaml');
  writeFileSync(file, yaml);
  return readConfig({ TENANTS_FILE: file, ...env });
}

function faultsOf(yaml: string, env: Record<string, string> = {}): readonly string[] {
  try {
    read(yaml, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

/** The faults of a file with one tenant, without the part that they have in common. */
const faultsIn = (tenant: string): readonly string[] =>
  faultsOf(`tenants: [{path: /a, ${tenant}}]`).map(fault => fault.replace('TENANTS_FILE: tenant "a": ', ''));

const TWO = `
tenants:
  - path: /one
    database: { host: db1, user: u, password: "\${PW_ONE}", database: A }
    access: [{ user: ana, scope: sql:write, attributes: { region_id: EMEA } }]
    confirm_writes: true
    read_only: false
  - path: /two
    database: { host: db2, user: u, password: p, database: B }
    limits: { max_rows: 5 }
`;

describe('TENANTS_FILE', () => {
  it('gives several tenants, with values from the environment', () => {
    const config = read(TWO, { PW_ONE: 'pw', DEFAULT_TENANT: 'two' });
    expect(config.tenants.map(tenant => tenant.name)).toEqual(['one', 'two']);
    expect(config.tenants[0]).toMatchObject({
      readOnly: false,
      confirmWrites: 'true',
      database: { password: 'pw' },
      access: [{ user: 'ana', attributes: { region_id: 'EMEA' } }],
    });
    expect(config.tenants[1]?.limits).toMatchObject({ maxRows: 5, queryTimeoutMs: 30_000 });
    expect(config).toMatchObject({ defaultTenant: 'two', adoptsPath: false });
  });

  it('has the settings of the environment for what a tenant does not set, except permission to write', () => {
    const { tenants } = read(TWO, {
      PW_ONE: 'pw',
      READ_ONLY_MODE: 'false',
      REQUIRE_READONLY_LOGIN: 'true',
      MAX_ROWS: '7',
      POOL_MAX: '3',
      ALLOWED_REDIRECT_HOSTS: 'claude.ai',
      AUDIT_STATEMENT_TEXT: 'no',
    });
    expect(tenants[1]).toMatchObject({
      readOnly: true,
      requireReadonlyLogin: true,
      limits: { maxRows: 5, poolMax: 3 },
      allowedRedirectHosts: ['claude.ai'],
      auditStatementText: false,
    });
    expect(tenants[0]?.limits.maxRows).toBe(7);
  });

  it('takes the durations of long statements from a tenant, and from the environment for the others', () => {
    const tenants = `tenants:
      - {path: /a, ${DATABASE}, limits: {long_queries: off}}
      - {path: /b, ${DATABASE}, limits: {long_queries: false}}
      - {path: /c, ${DATABASE}, limits: {long_queries: 1h, answer_within: 30s}}
      - {path: /d, ${DATABASE}}`;
    const limitsOf = (env: Record<string, string>) =>
      read(tenants, env).tenants.map(({ limits }) => [limits.longQueries, limits.answerWithin]);
    expect(limitsOf({ LONG_QUERIES: '10m', ANSWER_WITHIN: '2m' })).toEqual([
      [0, 120],
      [0, 120],
      [3_600, 30],
      [600, 120],
    ]);
    expect(limitsOf({ LONG_QUERIES: 'OFF' })[3]).toEqual([0, 45]);
    expect(faultsOf(tenants, { LONG_QUERIES: 'always', ANSWER_WITHIN: '5m' })).toEqual([
      expect.stringMatching(/^LONG_QUERIES must be a duration/),
      expect.stringMatching(/^ANSWER_WITHIN must be a duration from 1s to 4m/),
    ]);
  });

  it('refuses long statements where they would have the only connection', () => {
    const limits = (more: string) => `tenants: [{path: /a, ${DATABASE}, limits: {${more}}}]`;
    const fault = expect.stringMatching(/limits\.long_queries needs a POOL_MAX of 2 or more: /);
    expect(faultsOf(limits('long_queries: 10m, pool_max: 1'))).toEqual([fault]);
    expect(faultsOf(limits('pool_max: 1'), { LONG_QUERIES: '10m' })).toEqual([fault]);
    expect(faultsOf(limits('pool_max: 1'))).toEqual([]);
    expect(faultsOf(limits('long_queries: 10m, pool_max: 2'))).toEqual([]);
  });

  it('lets tenants share a part', () => {
    const { tenants } = read(`
x-login: &login {host: h, user: u, password: p}
tenants:
  - {path: /a, database: {<<: *login, database: A}}
  - {path: /b, database: {<<: *login, database: B}}`);
    expect(tenants.map(({ database }) => [database.host, database.database])).toEqual([
      ['h', 'A'],
      ['h', 'B'],
    ]);
  });

  it('lists the faults of all tenants with the tenant and the setting', () => {
    const faults = faultsOf(
      'tenants: [{path: /A, database: {host: x}, limits: {max_rows: 0}}, {path: /b, database: {host: h, user: u, password: "${NOT_SET}", database: d}, access: [{scope: sql:read}]}, 5]',
    );
    expect(faults).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^TENANTS_FILE: tenant "A": path must be a path like \/demo: /),
        'TENANTS_FILE: tenant "A": database.user is not set.',
        'TENANTS_FILE: tenant "A": limits.max_rows must be a whole number from 1 to 10000000.',
        'TENANTS_FILE: tenant "b": database.password uses ${NOT_SET}, which the environment does not set.',
        'TENANTS_FILE: tenant "b": access[0].user must be set, or else group or client; a rule has exactly one of them.',
        expect.stringMatching(/^TENANTS_FILE: tenants\[2\]: path must be a path/),
      ]),
    );
  });

  const NESTED = 'must hold settings of its own, as in config/tenants.example.yaml.';

  it.each([
    ['', `database ${NESTED}`],
    ['database: []', `database ${NESTED}`],
    ['database: [{host: h, user: u, password: p, database: d}]', `database ${NESTED}`],
    ['database: x', `database ${NESTED}`],
    ['database: {host: h, user: u, password: 1, database: d}', 'database.password must be a text: put it into quotes.'],
    [`${DATABASE}, limits: []`, `limits ${NESTED}`],
    [`${DATABASE}, brand: Contoso`, `brand ${NESTED}`],
    [`${DATABASE}, upstream: []`, `upstream ${NESTED}`],
    [`${DATABASE}, access: ana`, 'access must be a list of rules, each with a user or a group.'],
    [`${DATABASE}, access: {user: ana}`, 'access must be a list of rules, each with a user or a group.'],
    [`${DATABASE}, access: [ana]`, 'access[0] must be a list of rules, each with a user or a group.'],
    [
      `${DATABASE}, access: [{user: a, tool: [x]}]`,
      'unknown setting "access[0].tool". Did you mean "access[0].tools"?',
    ],
    [
      `${DATABASE}, access: [{user: a, group: b}]`,
      'access[0].user must be set, or else group or client; a rule has exactly one of them.',
    ],
    [`${DATABASE}, access: [{user: 1}]`, 'access[0].user must be a text of 1 to 512 characters.'],
    [
      `${DATABASE}, access: [{user: a, attributes: {region: 1}}]`,
      expect.stringMatching(/^access\[0\]\.attributes must be at most 20 names/),
    ],
    [`${DATABASE}, read_olny: true`, 'unknown setting "read_olny". Did you mean "read_only"?'],
    [`${DATABASE}, at_root: true`, expect.stringMatching(/^unknown setting "at_root"\. /)],
    [`${DATABASE}, name: b`, expect.stringMatching(/^unknown setting "name"\. /)],
    [`${DATABASE}, constructor: b`, expect.stringMatching(/^unknown setting "constructor"\. /)],
    [`${DATABASE}, __proto__: {read_only: false}`, expect.stringMatching(/^unknown setting "__proto__"\. /)],
    [`${DATABASE}, readOnly: false`, 'unknown setting "readOnly". Keys are in lower case: "read_only".'],
    [`${DATABASE}, allowed_redirect_hosts: ["*"]`, expect.stringMatching(/^allowed_redirect_hosts must list host/)],
    [
      `${DATABASE}, allowed_redirect_schemes: [javascript]`,
      expect.stringMatching(/^allowed_redirect_schemes must list custom schemes/),
    ],
    [`${DATABASE}, confirm_writes: maybe`, 'confirm_writes must be one of when_possible, true, false.'],
  ])('says once what is wrong with {%s}', (tenant, fault) => {
    expect(faultsIn(tenant)).toEqual([fault]);
  });

  it.each(['access', 'tools', 'upstream', 'read_only'])('does not take an empty %s for its absence', key => {
    // Rules that are commented out would otherwise admit everybody.
    expect(faultsIn(`${DATABASE}, ${key}: `)).toEqual([`${key} is empty. Give it a value, or remove it.`]);
  });

  it('refuses an alias that would never end', () => {
    expect(faultsOf(`tenants: [&a {path: /a, ${DATABASE}, limits: [*a, *a]}]`)).toContain(
      'TENANTS_FILE: tenant "a": limits[0] is an alias of a value that contains it. Remove the alias.',
    );
  });

  it.each([
    [
      `tenants: [{path: /a, ${DATABASE}}]\ndefault_tenant: a`,
      'TENANTS_FILE: unknown top-level key "default_tenant". Only "tenants" and keys that begin with "x-" are allowed.',
    ],
    [`tenants: [{path: /a, ${DATABASE}}, {path: /a, ${DATABASE}}]`, 'TENANTS_FILE: two tenants have the path "/a".'],
    ['tenants: []', 'TENANTS_FILE must hold a list "tenants" of 1 to 500 tenants.'],
    ['', 'TENANTS_FILE must hold a list "tenants" of 1 to 500 tenants.'],
    [`tenants:\n\t- planted`, 'TENANTS_FILE: line 2, column 1: this is not valid YAML (TAB_AS_INDENT).'],
    ['tenants: *planted', 'TENANTS_FILE uses an anchor that is not defined, or too many aliases.'],
    ['x'.repeat(1024 * 1024 + 1), 'TENANTS_FILE must not be larger than 1 MB.'],
  ])('refuses the file %#', (yaml, fault) => {
    expect(faultsOf(yaml)).toEqual([fault]);
  });

  it('must exist', () => {
    expect(() => readConfig({ TENANTS_FILE: '/nowhere' })).toThrow('- TENANTS_FILE cannot be read (ENOENT).');
  });

  it('must have the tenant that DEFAULT_TENANT names', () => {
    expect(faultsOf(TWO, { PW_ONE: 'x', DEFAULT_TENANT: 'three' })).toEqual([
      'DEFAULT_TENANT must name one of the tenants: one, two.',
    ]);
  });

  it('has a fault of the environment once, and not in each tenant', () => {
    expect(faultsOf(TWO, { PW_ONE: 'x', MAX_ROWS: '0' })).toEqual([
      'MAX_ROWS must be a whole number from 1 to 10000000.',
    ]);
  });

  it.each([
    ['[master]', 'databases must not have "master", which is a database of SQL Server itself.'],
    ['[Archive, archive]', 'databases must not have "archive" twice.'],
    ['[""]', 'databases must be a list of at most 20 names of 1 to 128 characters.'],
    ['Archive', 'databases must be a list of at most 20 names of 1 to 128 characters.'],
  ])('refuses a list of databases such as %s', (databases, fault) => {
    expect(faultsIn(`${DATABASE}, databases: ${databases}`)).toEqual([fault]);
  });

  it.each([
    ['limits: {max_query_cost: 0.9}', 'limits.max_query_cost must be off or a whole number from 1 to 2147483647.'],
    ['limits: {max_query_cost: none}', 'limits.max_query_cost must be off or a whole number from 1 to 2147483647.'],
    [
      'access: [{user: ana, cost_override: off}]',
      'access[0].cost_override must be a whole number from 1 to 2147483647.',
    ],
    [
      'access: [{user: ana, budget: {calls: 2000}}]',
      'access[0].budget.calls must be a whole number from 1 to 1e12 with /hour or /day after it, such as 2000/day or 1e6/day.',
    ],
    [
      'access: [{user: ana, budget: {rows: 5/week}}]',
      'access[0].budget.rows must be a whole number from 1 to 1e12 with /hour or /day after it, such as 2000/day or 1e6/day.',
    ],
    [
      'access: [{user: ana, budget: {bytes: 5/day}}]',
      'unknown setting "access[0].budget.bytes". Did you mean "access[0].budget.calls"?',
    ],
  ])('refuses %s', (settings, fault) => {
    expect(faultsIn(`${DATABASE}, ${settings}`)).toEqual([fault]);
  });

  it('reads limits of cost and budgets', () => {
    const [tenant] = read(
      `tenants: [{path: /a, ${DATABASE}, limits: {max_query_cost: off}, access: [{user: ana, max_query_cost: 300, budget: {rows: 1e6/day}}]}]`,
      { MAX_QUERY_COST: '50' },
    ).tenants;
    expect(tenant?.limits.maxQueryCost).toBe(0);
    expect(tenant?.access?.[0]).toMatchObject({
      maxQueryCost: 300,
      budget: { rows: { amount: 1_000_000, per: 'day' } },
    });
  });

  it('has every setting in config/tenants.example.yaml, which is valid', () => {
    const example = readFileSync('config/tenants.example.yaml', 'utf8');
    const settings = [
      ...[TenantEntry, DatabaseConfig, LimitsConfig, BrandConfig],
      ...[AccessRuleConfig, UpstreamConfig],
    ].flatMap(settingsOf);
    expect(settings.length).toBeGreaterThan(40);
    expect(settings.map(snakeCase).filter(key => !new RegExp(`[ {#]${key}:`).test(example))).toEqual([]);
    const secrets = { MSSQL_PASSWORD_PROD: 'a', MSSQL_PASSWORD_TEST: 'b', ENTRA_CLIENT_SECRET: 'c' };
    expect(read(example, secrets).tenants).toHaveLength(2);
  });
});
