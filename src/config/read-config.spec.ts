import { randomBytes } from 'node:crypto';
import { ConfigError } from './faults.js';
import { readConfig, readUsersFilePath } from './read-config.js';
import { ServerConfig } from './server.config.js';

const KEY = randomBytes(32);
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

describe('readUsersFilePath', () => {
  it.each([{}, { USERS_FILE: '' }, { USERS_FILE: 'people.yaml' }])('gives the file that the server reads: %j', env => {
    expect(readUsersFilePath(env)).toBe(readConfig({ ...COMPLETE, ...env }).usersFile);
  });

  it('does not need the rest of the configuration', () => {
    expect(() => readUsersFilePath({ USERS_FILE_FILE: '/nowhere', MSSQL_PORT: 'x' })).toThrow(
      /:\n {2}- USERS_FILE_FILE names a file that cannot be read \(ENOENT\)\.$/,
    );
  });
});

describe('readConfig', () => {
  it.each([
    ['90d', 90 * 86_400],
    ['90', 90 * 86_400],
    ['36h', 36 * 3_600],
  ])('keeps the audit trail for AUDIT_KEEP_DAYS=%s', (text, seconds) =>
    expect(readConfig({ ...COMPLETE, AUDIT_KEEP_DAYS: text }).auditKeep).toBe(seconds),
  );

  it.each(['0', '12h', 'ninety', '-1'])('refuses AUDIT_KEEP_DAYS=%s', text =>
    expect(() => readConfig({ ...COMPLETE, AUDIT_KEEP_DAYS: text })).toThrow('AUDIT_KEEP_DAYS must be a duration'),
  );

  it('takes the knowledge of a single tenant from KNOWLEDGE_FILE', () => {
    expect(readConfig({ ...COMPLETE, KNOWLEDGE_FILE: 'k.yaml' }).tenants[0]?.knowledge).toBe('k.yaml');
    expect(readConfig(COMPLETE).tenants[0]?.knowledge).toBeUndefined();
  });

  it('reads the proxy from either case of its variables, and never shows its password', () => {
    const lower = readConfig({ ...COMPLETE, https_proxy: 'proxy:3128', no_proxy: 'a.example b.example,10.0.0.0/8' });
    expect(lower).toMatchObject({
      httpsProxy: 'http://proxy:3128',
      noProxy: ['a.example', 'b.example', '10.0.0.0/8'],
    });
    const both = readConfig({ ...COMPLETE, HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1' });
    expect(both.httpsProxy).toBe('http://upper:1');
    const broken = () => readConfig({ ...COMPLETE, HTTPS_PROXY: 'ftp://ana:secret@proxy' });
    expect(broken).toThrow('HTTPS_PROXY must be the URL of a proxy');
    expect(broken).not.toThrow('secret');
    expect(() => readConfig({ ...COMPLETE, NO_PROXY: '10.0.0.0/99' })).toThrow('NO_PROXY must be a list');
  });

  it('has the documented defaults', () => {
    const config = readConfig(COMPLETE);
    expect(config).toBeInstanceOf(ServerConfig);
    expect(config).toMatchObject({
      production: false,
      host: '0.0.0.0',
      port: 8008,
      publicUrl: 'http://127.0.0.1:8008',
      logLevel: 'info',
      metricsPort: 9464,
      metricsHost: '127.0.0.1',
      stateStore: 'sqlite:var/state.db',
      stateKey: undefined,
      stateKeyPrevious: undefined,
      auditFile: 'var/audit.jsonl',
      usersFile: 'var/users.json',
      adoptsPath: false,
      notices: [],
    });
    expect(config.tenants[0]).toMatchObject({
      readOnly: true,
      atRoot: true,
      database: { port: 1433, encrypt: true, trustServerCertificate: false },
    });
    expect(config.tenants[0]?.limits).toMatchObject({
      queryTimeoutMs: 30_000,
      maxRows: 1_000,
      maxResultBytes: 16_000,
    });
    expect(config.tenants[0]?.allowedRedirectHosts).toEqual([
      'claude.ai',
      'claude.com',
      'anthropic.com',
      'chatgpt.com',
      'vscode.dev',
      'insiders.vscode.dev',
      'global.consent.azure-apim.net',
    ]);
  });

  it('converts texts to numbers, flags, lists and a key', () => {
    const config = readConfig({
      ...COMPLETE,
      SERVER_PORT: ' 8009 ',
      READ_ONLY_MODE: 'No',
      ALLOW_MULTIPLE_STATEMENTS: 'ON',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1 ,',
      STATE_KEY: KEY.toString('hex'),
      RESULT_FORMAT: 'CSV',
      MAX_CELL_BYTES: '64',
      PUBLIC_URL: 'https://MCP.example.com:443/',
    });
    expect(config).toMatchObject({
      port: 8009,
      trustedProxies: ['10.0.0.0/8', '::1'],
      stateKey: KEY,
      publicUrl: 'https://mcp.example.com',
      tenants: [{ readOnly: false, allowMultipleStatements: true, format: 'csv', limits: { maxCellBytes: 64 } }],
    });
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

  it('lists the faults of all namespaces at once, each once, and no value', () => {
    const faults = faultsOf({
      SERVER_PORT: 'secret1',
      READ_ONLY_MODE: 'secret2',
      PUBLIC_URL: 'http://secret3.example',
      MSSQL_PORT: '70000',
      LOG_LEVEL: 'secret4',
      MAX_STREAMS: 'secret5',
      STATE_STORE: 'secret6',
      METRICS_PORT: 'secret7',
      MAX_ROWS: 'secret8',
    });
    expect(faults.join('\n')).not.toMatch(/secret/);
    expect(faults).toEqual([
      'SERVER_PORT must be a whole number from 0 to 65535.',
      'PUBLIC_URL must begin with https:// (http:// is allowed for a loopback address).',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
      'MAX_STREAMS must be a whole number from 1 to 1000000.',
      'STATE_STORE must be sqlite:PATH or redis://HOST:PORT.',
      'METRICS_PORT must be a whole number from 0 to 65535.',
      'MAX_ROWS must be a whole number from 1 to 10000000.',
      'READ_ONLY_MODE must be true or false.',
      'MSSQL_HOST is not set. Set it, or TENANTS_FILE.',
      'MSSQL_PORT must be a whole number from 1 to 65535.',
      'MSSQL_USER is not set. Set it, or TENANTS_FILE.',
      'MSSQL_PASSWORD is not set. Set it, or TENANTS_FILE.',
      'MSSQL_DATABASE is not set. Set it, or TENANTS_FILE.',
    ]);
  });

  it('has one fault for a secret file that cannot be read', () => {
    const { MSSQL_PASSWORD: _inFile, ...rest } = COMPLETE;
    expect(faultsOf({ ...rest, MSSQL_PASSWORD_FILE: '/nowhere' })).toEqual([
      'MSSQL_PASSWORD_FILE names a file that cannot be read (ENOENT).',
    ]);
  });

  it('requires PUBLIC_URL and STATE_KEY in production and refuses the switches for tests', () => {
    const faults = faultsOf({
      ...COMPLETE,
      NODE_ENV: 'production',
      ALLOW_UNAUTH_METHODS: 'true',
      ALLOW_UNAUTH_TOOLS_CALL: 'true',
    });
    expect(faults).toEqual([
      'PUBLIC_URL is required in production. Set it to the https origin that clients see, like https://mcp.example.com.',
      'ALLOW_UNAUTH_METHODS is for tests only and must not be set when NODE_ENV is production.',
      'ALLOW_UNAUTH_TOOLS_CALL is for tests only and must not be set when NODE_ENV is production.',
      'STATE_KEY is required in production. Set it to 32 random bytes in base64 or hex (openssl rand -base64 32).',
    ]);
  });

  it('refuses Trusted_Connection=yes and names the alternatives', () => {
    expect(faultsOf({ ...COMPLETE, Trusted_Connection: 'yes' })).toEqual([
      expect.stringMatching(/^Trusted_Connection must not be yes: .* SQL login.*NTLM.*Entra/),
    ]);
  });

  it('gives notice that EXPORT_DIRECTORY is for stdio, and leaves it out', () => {
    const config = readConfig({ ...COMPLETE, EXPORT_DIRECTORY: '/tmp/files' });
    expect(config.exportDirectory).toBeUndefined();
    expect(config.notices).toEqual([expect.stringMatching(/^EXPORT_DIRECTORY is ignored/)]);
  });

  it('gives notice that MSSQL_DRIVER is ignored', () => {
    expect(readConfig({ ...COMPLETE, MSSQL_DRIVER: 'ODBC Driver 18 for SQL Server' }).notices).toEqual([
      expect.stringMatching(/^MSSQL_DRIVER is ignored/),
    ]);
  });

  it.each(['not a url', 'ftp://x', 'https://x/path', 'https://u:p@x', 'https://x?q', 'http://192.0.2.1'])(
    'refuses %p as PUBLIC_URL',
    value => {
      expect(faultsOf({ ...COMPLETE, PUBLIC_URL: value })).toEqual([expect.stringMatching(/^PUBLIC_URL must /)]);
    },
  );

  it.each(['http://x', '*', 'a b', 'Claude.ai', '*.'])('refuses %p as a redirect host or a metadata host', host => {
    for (const name of ['ALLOWED_REDIRECT_HOSTS', 'CIMD_ALLOWED_HOSTS'])
      expect(faultsOf({ ...COMPLETE, [name]: host })).toEqual([
        `${name} must list host names in lower case, like claude.ai, or *.claude.ai for its subdomains.`,
      ]);
    expect(faultsOf({ ...COMPLETE, CLIENT_DOCUMENTS: host })).toEqual([
      'CLIENT_DOCUMENTS must be any, pinned, or a list of host names in lower case, like claude.ai, or *.claude.ai for its subdomains.',
    ]);
  });

  it.each<[Record<string, string>, unknown]>([
    [{}, 'any'],
    [{ CLIENT_DOCUMENTS: 'any' }, 'any'],
    [{ CLIENT_DOCUMENTS: ' Pinned ' }, 'pinned'],
    [{ CLIENT_DOCUMENTS: 'zed.dev, *.example.com' }, ['zed.dev', '*.example.com']],
    // As an environment of 2.0.0 has it.
    [{ CIMD_ALLOWED_HOSTS: 'zed.dev' }, ['zed.dev']],
    [{ CIMD_ALLOWED_HOSTS: ',' }, 'pinned'],
    [{ CIMD_ALLOWED_HOSTS: '' }, 'any'],
    [
      { CLIENT_DOCUMENTS: 'b.example,a.example', CIMD_ALLOWED_HOSTS: 'a.example,b.example' },
      ['a.example', 'b.example'],
    ],
  ])('reads %j as the sources of client documents', (env, sources) => {
    expect(readConfig({ ...COMPLETE, ...env }).clientDocuments).toEqual(sources);
  });

  it.each([
    ['any', 'claude.ai'],
    ['pinned', 'claude.ai'],
    ['zed.dev', 'claude.ai'],
  ])('refuses CLIENT_DOCUMENTS=%s beside CIMD_ALLOWED_HOSTS=%s', (now, before) => {
    expect(faultsOf({ ...COMPLETE, CLIENT_DOCUMENTS: now, CIMD_ALLOWED_HOSTS: before })).toEqual([
      expect.stringMatching(/^CLIENT_DOCUMENTS and CIMD_ALLOWED_HOSTS contradict each other\./),
    ]);
  });

  it.each([',', 'any,claude.ai', 'claude.ai,pinned'])('refuses %p as the sources of client documents', text => {
    expect(faultsOf({ ...COMPLETE, CLIENT_DOCUMENTS: text })).toHaveLength(1);
  });

  it.each([
    [undefined, 60],
    ['0', 0],
    [' 45s ', 45],
    ['10m', 600],
    ['2d', 172_800],
  ])('reads %p as the grace for refresh tokens: %d seconds', (text, seconds) => {
    const env = text === undefined ? {} : { REFRESH_REUSE_GRACE: text };
    expect(readConfig({ ...COMPLETE, ...env }).refreshReuseGrace).toBe(seconds);
  });

  it('gives notice of a long grace for refresh tokens', () => {
    expect(readConfig({ ...COMPLETE, REFRESH_REUSE_GRACE: '11m' }).notices).toEqual([
      expect.stringMatching(/^REFRESH_REUSE_GRACE is longer than 10m\./),
    ]);
    expect(readConfig({ ...COMPLETE, REFRESH_REUSE_GRACE: '10m' }).notices).toEqual([]);
  });

  it.each(['60', '31d', '-1s', '1 minute'])('refuses %p as the grace for refresh tokens', text => {
    expect(faultsOf({ ...COMPLETE, REFRESH_REUSE_GRACE: text })).toEqual([
      'REFRESH_REUSE_GRACE must be a duration from 0s to 30d, such as 45s, 10m, 12h or 2d.',
    ]);
  });

  it.each(['javascript', 'https', 'Cursor', 'a b'])('refuses %p as a redirect scheme', scheme => {
    expect(faultsOf({ ...COMPLETE, ALLOWED_REDIRECT_SCHEMES: `cursor,${scheme}` })).toEqual([
      'ALLOWED_REDIRECT_SCHEMES must list custom schemes in lower case, like cursor, and none that a browser opens by itself.',
    ]);
  });

  it.each(['10.0.0.0/33', '10.0.0', '::1/129', '10.0.0.0/8/8', 'proxy'])('refuses %p as a trusted proxy', proxy => {
    expect(faultsOf({ ...COMPLETE, TRUSTED_PROXIES: proxy })).toEqual([
      'TRUSTED_PROXIES must list IP addresses or ranges, like 10.0.0.0/8.',
    ]);
  });

  it.each(['https://claude.ai/', 'claude.ai', 'null'])('refuses %p as an origin', origin => {
    expect(faultsOf({ ...COMPLETE, ALLOWED_ORIGINS: origin })).toEqual([
      'ALLOWED_ORIGINS must list origins, like https://claude.ai.',
    ]);
  });

  it.each(['tcp:h,1433', 'h,1433', 'h:1433', 'a b'])('refuses %p as a host, and says where the port goes', host => {
    expect(faultsOf({ ...COMPLETE, MSSQL_HOST: host })).toEqual([expect.stringMatching(/^MSSQL_HOST .*port/)]);
  });

  it.each(['h', 'sql\\instance', 'h.example', '10.0.0.1', 'fd00::1', '(local)'])('accepts %p as a host', host => {
    expect(faultsOf({ ...COMPLETE, MSSQL_HOST: host })).toEqual([]);
  });

  it.each([
    ['MSSQL_HOST', '(localdb)\\MSSQLLocalDB'],
    ['MSSQL_CONNECTION_STRING', 'Server=(LocalDB)\\v11.0'],
  ])('refuses LocalDB, which has no port, in %s', (name, value) => {
    const { MSSQL_HOST: _host, ...rest } = COMPLETE;
    expect(faultsOf({ ...rest, [name]: value })).toEqual([
      expect.stringMatching(/LocalDB, which has no TCP port\. Use/),
    ]);
  });

  it.each([
    ['.', 'localhost'],
    ['.\\SQLEXPRESS', 'localhost\\SQLEXPRESS'],
    ['(local)', 'localhost'],
  ])('takes the host %s for this machine', (host, expected) => {
    const { MSSQL_HOST: _host, ...rest } = COMPLETE;
    for (const server of [{ MSSQL_HOST: host }, { MSSQL_CONNECTION_STRING: `Server=${host}` }])
      expect(readConfig({ ...rest, ...server }).tenants[0]?.database.host).toBe(expected);
  });

  it.each(['x y', 'http://127.0.0.1', '127.0.0.1:9464', 'host\\name', ''])('refuses to listen at "%s"', address => {
    for (const name of ['SERVER_HOST', 'METRICS_HOST'])
      expect(faultsOf({ ...COMPLETE, [name]: address })).toEqual(
        address === '' ? [] : [expect.stringMatching(`^${name} must be an address or name of this machine`)],
      );
  });

  it.each(['/health', '/sse', 'mcp', '/token', '/demo/', '/Demo', '/a/b', '/'])('refuses %p as a path', path => {
    expect(faultsOf({ ...COMPLETE, ENVIRONMENT_PATH: path })).toEqual([
      expect.stringMatching(/^ENVIRONMENT_PATH must be a path like \/demo/),
    ]);
  });

  it('names what the other kinds of authentication need', () => {
    expect(faultsOf({ ...COMPLETE, MSSQL_AUTHENTICATION: 'ntlm' })).toEqual([
      'MSSQL_USER must be DOMAIN\\name when the authentication is ntlm.',
    ]);
    expect(faultsOf({ ...COMPLETE, MSSQL_AUTHENTICATION: 'entra' })).toEqual([
      'MSSQL_ENTRA_TENANT_ID must be the directory (tenant) id when the authentication is entra.',
    ]);
    expect(faultsOf({ ...COMPLETE, MSSQL_AUTHENTICATION: 'managed-identity' })).toEqual([
      'MSSQL_USER must be the client id (a GUID) of a user-assigned identity when the authentication is managed-identity, or not be set.',
    ]);
    expect(faultsOf({ ...COMPLETE, MSSQL_AUTHENTICATION: 'azure-cli' })).toEqual([
      'MSSQL_USER must not be set when the authentication is azure-cli, which uses the account that is signed in there.',
    ]);
    for (const words of ['integrated', 'Windows', 'kerberos'])
      expect(faultsOf({ ...HOST, MSSQL_AUTHENTICATION: words })).toEqual([
        expect.stringMatching(
          /^MSSQL_AUTHENTICATION must not be \w+: .*no Windows integrated sign-in\. Use sql .*ntlm/,
        ),
      ]);
    for (const [encrypt, meant] of [
      ['Mandatory', true],
      ['optional', false],
    ] as const)
      expect(readConfig({ ...COMPLETE, MSSQL_ENCRYPT: encrypt }).tenants[0]?.database.encrypt).toBe(meant);
    expect(faultsOf({ ...COMPLETE, MSSQL_AUTHENTICATION: 'msi' })).toEqual([
      'MSSQL_AUTHENTICATION must be one of sql, ntlm, entra, managed-identity, workload-identity, azure-cli, default.',
    ]);
  });

  const HOST = { MSSQL_HOST: 'db', MSSQL_DATABASE: 'd' };
  const TOKENS = ['managed-identity', 'workload-identity', 'azure-cli', 'default'];

  it.each(TOKENS)('needs no user and no password for %s', authentication => {
    expect(faultsOf({ ...HOST, MSSQL_AUTHENTICATION: authentication })).toEqual([]);
    expect(faultsOf({ ...HOST, MSSQL_AUTHENTICATION: authentication, MSSQL_USER: '', MSSQL_PASSWORD: '' })).toEqual([]);
  });

  it.each(['managed-identity', 'workload-identity', 'default'])(
    'takes a client id as the user of %s',
    authentication => {
      const user = '0a1b2c3d-1111-2222-3333-444455556666';
      expect(faultsOf({ ...HOST, MSSQL_AUTHENTICATION: authentication, MSSQL_USER: user })).toEqual([]);
    },
  );

  it.each(TOKENS)('refuses to send the access token of %s unencrypted', authentication => {
    expect(faultsOf({ ...HOST, MSSQL_AUTHENTICATION: authentication, MSSQL_ENCRYPT: 'no' })).toEqual([
      `MSSQL_ENCRYPT must not be false when the authentication is ${authentication}: the access token would cross the network unencrypted.`,
    ]);
    expect(faultsOf({ ...HOST, MSSQL_AUTHENTICATION: authentication, MSSQL_ENCRYPT: 'strict' })).toEqual([]);
  });

  it('refuses one port for clients and metrics', () => {
    expect(faultsOf({ ...COMPLETE, SERVER_PORT: '9464' })).toEqual([
      'METRICS_PORT must not be SERVER_PORT. The metrics have a port of their own, which no proxy publishes.',
    ]);
  });

  it('accepts the names of Python logging for LOG_LEVEL', () => {
    expect(readConfig({ ...COMPLETE, LOG_LEVEL: 'WARNING' }).logLevel).toBe('warn');
    expect(readConfig({ ...COMPLETE, DEBUG_MODE: 'true' }).logLevel).toBe('debug');
  });

  it.each<[Record<string, string>, string]>([
    [{ STATE_KEY: 'a'.repeat(64) }, 'STATE_KEY must be 32 random bytes'],
    [{ STATE_KEY: `${'a'.repeat(43)}=` }, 'STATE_KEY must be 32 random bytes'],
    [{ STATE_KEY: Buffer.alloc(32).toString('base64') }, 'STATE_KEY must be 32 random bytes'],
    [{ STATE_KEY: KEY.toString('hex'), STATE_KEY_PREVIOUS: KEY.toString('base64') }, 'STATE_KEY_PREVIOUS must be 32'],
    [{ STATE_KEY: KEY.toString('hex'), STATE_KEY_PREVIOUS: 'short' }, 'STATE_KEY_PREVIOUS must be 32 bytes'],
  ])('refuses the keys of case %#', (env, fault) => {
    expect(faultsOf({ ...COMPLETE, ...env })).toEqual([expect.stringContaining(fault)]);
  });

  it('accepts a weak key as the previous one, so that it can be left behind', () => {
    const env = { STATE_KEY: KEY.toString('hex'), STATE_KEY_PREVIOUS: 'a'.repeat(64) };
    expect(readConfig({ ...COMPLETE, ...env }).stateKeyPrevious).toEqual(Buffer.alloc(32, 0xaa));
  });
});
