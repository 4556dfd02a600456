import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { withEnvFile } from './environment.js';
import { ConfigError } from './faults.js';
import { readConfig, readUsersFilePath } from './read-config.js';
import { AccessRuleConfig, DatabaseConfig, LimitsConfig, TenantConfig, UpstreamConfig } from './tenant.config.js';

const COMPLETE = { MSSQL_HOST: 'db', MSSQL_USER: 'u', MSSQL_PASSWORD: 'p', MSSQL_DATABASE: 'd' };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

function file(name: string, content: string): string {
  const target = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-config-')), name);
  writeFileSync(target, content);
  return target;
}

describe('readUsersFilePath', () => {
  it.each([{}, { USERS_FILE: '' }, { USERS_FILE: 'people.yaml' }])('is the file that the server reads: %j', env => {
    expect(readUsersFilePath(env)).toBe(readConfig({ ...COMPLETE, ...env }).usersFile);
  });

  it('says what is wrong with it, and with nothing else', () => {
    expect(() => readUsersFilePath({ USERS_FILE_FILE: '/nowhere', MSSQL_PORT: 'x' })).toThrow(
      /has a fault:\n {2}- USERS_FILE_FILE names a file that can't be read/,
    );
  });
});

describe('readConfig', () => {
  it('has the documented defaults', () => {
    const config = readConfig(COMPLETE);
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 8008,
      publicUrl: 'http://127.0.0.1:8008',
      metricsPort: 9464,
      stateStore: 'sqlite:var/state.db',
      adoptsPath: true,
    });
    expect(config.tenants[0]).toMatchObject({
      readOnly: true,
      atRoot: true,
      database: { port: 1433, encrypt: true, trustServerCertificate: false },
    });
    expect(config.tenants[0]?.limits).toMatchObject({
      queryTimeoutMs: 30_000,
      maxRows: 1_000,
      maxResultBytes: 120_000,
    });
    expect(config.tenants[0]?.allowedRedirectHosts).toEqual([
      'claude.ai',
      'claude.com',
      'anthropic.com',
      'chatgpt.com',
      'vscode.dev',
    ]);
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:8008', 0],
    ['::1', 'http://[::1]:8008', 0],
    ['localhost', 'http://localhost:8008', 0],
    ['192.0.2.1', 'http://127.0.0.1:8008', 1],
  ])('without PUBLIC_URL, at SERVER_HOST=%s clients are told %s', (host, publicUrl, notices) => {
    const config = readConfig({ ...COMPLETE, SERVER_HOST: host });
    expect([config.publicUrl, config.notices.length]).toEqual([publicUrl, notices]);
  });

  it('lists every fault at once, and no value', () => {
    const faults = faultsOf({
      SERVER_PORT: 'secret1',
      READ_ONLY_MODE: 'secret2',
      PUBLIC_URL: 'http://secret3.example',
      MSSQL_PORT: '70000',
    });
    expect(faults.join('\n')).not.toMatch(/secret/);
    for (const name of [
      'SERVER_PORT',
      'READ_ONLY_MODE',
      'PUBLIC_URL',
      'MSSQL_PORT',
      'MSSQL_HOST',
      'MSSQL_USER',
      'MSSQL_PASSWORD',
      'MSSQL_DATABASE',
    ]) {
      expect(faults.filter(fault => fault.startsWith(`${name} `))).toHaveLength(1);
    }
  });

  it('requires PUBLIC_URL and STATE_KEY in production and refuses the test switches', () => {
    const faults = faultsOf({
      ...COMPLETE,
      NODE_ENV: 'production',
      ALLOW_UNAUTH_METHODS: 'true',
      ALLOW_UNAUTH_TOOLS_CALL: 'true',
    });
    expect(faults.map(fault => fault.split(' ')[0])).toEqual(
      expect.arrayContaining(['PUBLIC_URL', 'STATE_KEY', 'ALLOW_UNAUTH_METHODS', 'ALLOW_UNAUTH_TOOLS_CALL']),
    );
  });

  it('refuses Trusted_Connection=yes and names the alternatives', () => {
    const [fault] = faultsOf({ ...COMPLETE, Trusted_Connection: 'yes' });
    expect(fault).toMatch(/SQL login.*NTLM.*Entra/);
  });

  it('notes MSSQL_DRIVER once', () => {
    expect(readConfig({ ...COMPLETE, MSSQL_DRIVER: 'ODBC Driver 18 for SQL Server' }).notices).toHaveLength(1);
  });

  it('reads a secret from NAME_FILE, without the last line end', () => {
    const { MSSQL_PASSWORD: _inFile, ...rest } = COMPLETE;
    expect(
      readConfig({ ...rest, MSSQL_PASSWORD_FILE: file('password', 'from file\n') }).tenants[0]?.database.password,
    ).toBe('from file');
    expect(faultsOf({ ...COMPLETE, MSSQL_PASSWORD_FILE: '/nowhere' }).join()).toMatch(/MSSQL_PASSWORD /);
    expect(faultsOf({ ...rest, MSSQL_PASSWORD_FILE: '/nowhere' }).join()).toMatch(/MSSQL_PASSWORD_FILE .*ENOENT/);
    expect(faultsOf({ ...rest, MSSQL_PASSWORD_FILE: file('empty', '\n') }).join()).toMatch(
      /MSSQL_PASSWORD_FILE .*empty/,
    );
  });

  it('says a fault once, though the variable is read in several places', () => {
    const faults = faultsOf({ ...COMPLETE, MSSQL_PASSWORD_FILE: '/nowhere' });
    expect(new Set(faults).size).toBe(faults.length);
  });

  it.each(['http://x', '*', 'a b', 'Claude.ai', '*.'])('refuses %p as a redirect host or a metadata host', host => {
    for (const name of ['ALLOWED_REDIRECT_HOSTS', 'CIMD_ALLOWED_HOSTS'])
      expect(faultsOf({ ...COMPLETE, [name]: host }).join()).toContain(name);
  });

  it.each(['javascript', 'https', 'Cursor', 'a b'])('refuses %p as a redirect scheme', scheme => {
    expect(faultsOf({ ...COMPLETE, ALLOWED_REDIRECT_SCHEMES: `cursor,${scheme}` }).join()).toMatch(
      /^ALLOWED_REDIRECT_SCHEMES /,
    );
  });

  it.each(['tcp:h,1433', 'h,1433', 'h:1433', 'a b'])('refuses %p as a host, and says where the port goes', host => {
    expect(faultsOf({ ...COMPLETE, MSSQL_HOST: host })).toEqual([expect.stringMatching(/^MSSQL_HOST .*port/)]);
  });

  it.each(['h', 'sql\\instance', 'h.example', '10.0.0.1', 'fd00::1', '(local)'])('accepts %p as a host', host => {
    expect(faultsOf({ ...COMPLETE, MSSQL_HOST: host })).toEqual([]);
  });

  it.each(['/health', '/sse', 'mcp', '/token', '/demo/', '/Demo', '/a/b', '/'])('refuses %p as a path', path => {
    expect(faultsOf({ ...COMPLETE, ENVIRONMENT_PATH: path })).toEqual([expect.stringMatching(/^ENVIRONMENT_PATH /)]);
  });

  it('asks for what the other ways to sign in need', () => {
    expect(faultsOf({ ...COMPLETE, MSSQL_AUTHENTICATION: 'ntlm' }).join()).toMatch(/^MSSQL_USER .*DOMAIN/);
    expect(faultsOf({ ...COMPLETE, MSSQL_AUTHENTICATION: 'entra' }).join()).toMatch(/^MSSQL_ENTRA_TENANT_ID /);
  });

  it('refuses one port for clients and metrics', () => {
    expect(faultsOf({ ...COMPLETE, SERVER_PORT: '9464' }).join()).toMatch(/^METRICS_PORT /);
  });

  it('says that .env cannot be read, without a stack', () => {
    // What Docker makes of a volume whose file is missing.
    expect(() => withEnvFile({}, mkdtempSync(path.join(os.tmpdir(), 'mcp-env-')))).toThrow(/can't be read \(EISDIR\)/);
  });

  it('accepts the names of Python logging for LOG_LEVEL', () => {
    expect(readConfig({ ...COMPLETE, LOG_LEVEL: 'WARNING' }).logLevel).toBe('warn');
    expect(readConfig({ ...COMPLETE, DEBUG_MODE: 'true' }).logLevel).toBe('debug');
  });

  describe('with TENANTS_FILE', () => {
    const yaml = `
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

    it('reads several tenants, with values from the environment', () => {
      const config = readConfig({ TENANTS_FILE: file('t.yaml', yaml), PW_ONE: 'pw', DEFAULT_TENANT: 'two' });
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

    it('names each fault by its place in the file', () => {
      const faults = faultsOf({
        TENANTS_FILE: file(
          't.yaml',
          'tenants: [{path: /A, database: {host: x}, limits: {max_rows: 0}, colour: red}, {path: /b, database: {host: h, user: u, password: "${NOT_SET}", database: d}, access: [{scope: sql:read}]}]',
        ),
      });
      const text = faults.join('\n');
      for (const part of [
        'tenants[0].path',
        'tenants[0].database.user',
        'tenants[0].limits.max_rows',
        'tenants[0].colour',
        'NOT_SET',
        'tenants[1].access[0]',
      ])
        expect(text).toContain(part);
    });

    const DATABASE = 'database: {host: h, user: u, password: p, database: d}';
    const faultsIn = (tenant: string) => faultsOf({ TENANTS_FILE: file('t.yaml', `tenants: [{path: /a, ${tenant}}]`) });

    it.each([
      ['nothing', '', 'tenants[0].database'],
      ['a list', 'database: []', 'tenants[0].database'],
      ['a list of one', 'database: [{host: h, user: u, password: p, database: d}]', 'tenants[0].database'],
      ['a text', 'database: x', 'tenants[0].database'],
      ['a text', `${DATABASE}, access: ana`, 'tenants[0].access'],
      ['a rule', `${DATABASE}, access: {user: ana}`, 'tenants[0].access'],
      ['texts', `${DATABASE}, access: [ana]`, 'tenants[0].access[0]'],
      ['an unknown key', `${DATABASE}, access: [{user: a, tool: [x]}]`, 'tenants[0].access[0].tool'],
      ['a list', `${DATABASE}, limits: []`, 'tenants[0].limits'],
      ['a list', `${DATABASE}, upstream: []`, 'tenants[0].upstream'],
      ['no setting', `${DATABASE}, at_root: true`, 'tenants[0].at_root'],
      ['another spelling', `${DATABASE}, readOnly: false`, 'tenants[0].readOnly'],
      ['any host', `${DATABASE}, allowed_redirect_hosts: ["*"]`, 'tenants[0].allowed_redirect_hosts'],
      ['a script', `${DATABASE}, allowed_redirect_schemes: [javascript]`, 'tenants[0].allowed_redirect_schemes'],
      ['a number', 'database: {host: h, user: u, password: 1, database: d}', 'tenants[0].database.password'],
    ])('says once that %s is wrong: %s', (_what, tenant, place) => {
      const faults = faultsIn(tenant);
      expect(faults.map(fault => fault.split(' ')[0])).toEqual([place]);
    });

    it.each(['access', 'tools', 'upstream', 'read_only'])('does not take an empty %s for its absence', key => {
      // Rules that are commented out would otherwise admit everybody.
      expect(faultsIn(`${DATABASE}, ${key}: `).join()).toMatch(new RegExp(`tenants\\[0\\]\\.${key} is empty`));
    });

    it('refuses what would never end, and what stands beside the tenants', () => {
      const cycle = `tenants: [&a {path: /a, ${DATABASE}, limits: [*a, *a, *a, *a]}]`;
      expect(faultsOf({ TENANTS_FILE: file('t.yaml', cycle) }).join()).toMatch(/never end/);
      const beside = `tenants: [{path: /a, ${DATABASE}}]\ndefault_tenant: a`;
      expect(faultsOf({ TENANTS_FILE: file('t.yaml', beside) }).join()).toMatch(/^default_tenant /);
    });

    it('lets tenants share a part', () => {
      const shared = `
x-login: &login {host: h, user: u, password: p}
tenants:
  - {path: /a, database: {<<: *login, database: A}}
  - {path: /b, database: {<<: *login, database: B}}`;
      const { tenants } = readConfig({ TENANTS_FILE: file('t.yaml', shared) });
      expect(tenants.map(({ database }) => [database.host, database.database])).toEqual([
        ['h', 'A'],
        ['h', 'B'],
      ]);
    });

    it('takes from the environment what a tenant does not say, but never that it may write', () => {
      const { tenants } = readConfig({
        TENANTS_FILE: file('t.yaml', yaml),
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

    it('shows every key in config/tenants.example.yaml, and reads that file', () => {
      const example = readFileSync('config/tenants.example.yaml', 'utf8');
      const properties = (getMetadataStorage() as unknown as { validationMetadatas: Map<object, ValidationMetadata[]> })
        .validationMetadatas;
      for (const settings of [TenantConfig, DatabaseConfig, LimitsConfig, AccessRuleConfig, UpstreamConfig]) {
        for (const { propertyName } of properties.get(settings) ?? []) {
          if (['name', 'atRoot'].includes(propertyName)) continue;
          const key = propertyName.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
          expect([key, new RegExp(`[ {#]${key}:`).test(example)]).toEqual([key, true]);
        }
      }
      const secrets = { MSSQL_PASSWORD_PROD: 'a', MSSQL_PASSWORD_TEST: 'b', ENTRA_CLIENT_SECRET: 'c' };
      expect(readConfig({ TENANTS_FILE: 'config/tenants.example.yaml', ...secrets }).tenants).toHaveLength(2);
    });

    it('refuses two tenants on one path, and a DEFAULT_TENANT that is none', () => {
      const twice =
        'tenants: [{path: /a, database: {host: h, user: u, password: p, database: d}}, {path: /a, database: {host: h, user: u, password: p, database: d}}]';
      expect(faultsOf({ TENANTS_FILE: file('t.yaml', twice) }).join()).toMatch(/twice/);
      expect(faultsOf({ TENANTS_FILE: file('t.yaml', yaml), PW_ONE: 'x', DEFAULT_TENANT: 'three' }).join()).toMatch(
        /DEFAULT_TENANT/,
      );
    });
  });
});
