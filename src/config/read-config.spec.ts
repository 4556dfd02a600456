import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError } from './faults.js';
import { readConfig } from './read-config.js';

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
  });

  it('says a fault once, though the variable is read in several places', () => {
    const faults = faultsOf({ ...COMPLETE, MSSQL_PASSWORD_FILE: '/nowhere' });
    expect(new Set(faults).size).toBe(faults.length);
  });

  it.each(['http://x', '*', 'a b', 'Claude.ai', '*.'])('refuses %p as a redirect host or a metadata host', host => {
    for (const name of ['ALLOWED_REDIRECT_HOSTS', 'CIMD_ALLOWED_HOSTS'])
      expect(faultsOf({ ...COMPLETE, [name]: host }).join()).toContain(name);
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
        'tenants[0].name',
        'tenants[0].database.user',
        'tenants[0].limits.max_rows',
        'tenants[0].colour',
        'NOT_SET',
        'tenants[1].access[0]',
      ])
        expect(text).toContain(part);
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
