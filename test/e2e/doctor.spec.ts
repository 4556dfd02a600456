import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { startSandbox } from 'tsql-sandbox';
import { hashPassword } from '../../src/oauth/identity/password.js';
import { putUser } from '../../src/oauth/identity/users-file.js';
import { trustedCertificate } from '../support/certificate.js';
import { freePort } from '../support/ports.js';
import { serverEnvironment } from '../support/server-environment.js';
import { type ServerProcess, startProcess } from '../support/server-process.js';

type Environment = Record<string, string>;
type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

const PASSWORD = 'Planted!Password9';
const USERS = [
  { name: 'mcp_reader', password: PASSWORD, roles: ['db_datareader'] },
  { name: 'mcp_writer', password: PASSWORD, roles: ['db_owner'] },
];

/** Runs `npm run doctor` in a separate process, with exactly this environment. */
function doctor(env: Environment): Promise<{ code: number; lines: string[]; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 60_000 };
    execFile(process.execPath, ['dist/cli/bin.js', 'doctor'], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== 'number') reject(error ?? new Error('no exit code'));
      else resolve({ code, lines: stdout.trim().split('\n'), text: stdout + stderr });
    });
  });
}

describe('the doctor', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-doctor-'));
  let sandbox: Sandbox;
  let server: ServerProcess;
  let healthy: Environment;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: USERS });
    const port = await freePort();
    healthy = {
      ...serverEnvironment(directory),
      SERVER_PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ENVIRONMENT_PATH: '/demo',
      MSSQL_HOST: sandbox.host,
      MSSQL_PORT: String(sandbox.port),
      MSSQL_USER: 'mcp_reader',
      MSSQL_PASSWORD: PASSWORD,
      MSSQL_DATABASE: sandbox.databaseName,
      TrustServerCertificate: 'yes',
    };
    await putUser(path.join(directory, 'users.json'), { name: 'ana', password: await hashPassword(PASSWORD) });
    server = await startProcess(['dist/cli/bin.js', 'serve'], healthy, `http://127.0.0.1:${port}/health/ready`);
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await sandbox?.close();
  });

  it('finds no fault in a healthy server, and lists what it checked', async () => {
    const { code, lines } = await doctor(healthy);
    expect(lines.filter(line => !line.startsWith('[ ok ]'))).toEqual([]);
    for (const subject of [
      /configuration: 1 tenant\(s\): demo/,
      /demo: database: Microsoft SQL Server .*, login mcp_reader, database SandboxDb/,
      /demo: encryption: encrypted/,
      /demo: permissions: read-only tenant with a login that can only read/,
      /demo: database: its clock agrees/,
      /state store: sqlite answers/,
      /people: 1 in .*users\.json can sign in/,
      /audit: .*audit\.jsonl can be written/,
      /DNS: 127\.0\.0\.1/,
      /from outside: it answers, and its clock agrees/,
      /demo: discovery: clients find the way in at http:\/\/127\.0\.0\.1:\d+\/demo\/sse/,
    ]) {
      expect(lines).toContainEqual(expect.stringMatching(subject));
    }
    expect(code).toBe(0);
  });

  /** The finding that starts with `head`, and the advice below it. */
  async function finding(change: Environment, head: string): Promise<{ code: number; found: string; advice: string }> {
    const { code, lines, text } = await doctor({ ...healthy, ...change });
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toMatch(/^ {4}at /m);
    const at = lines.findIndex(line => line.startsWith(head));
    if (at === -1) throw new Error(`no line begins with ${head}:\n${text}`);
    return { code, found: lines[at] ?? '', advice: lines[at + 1] ?? '' };
  }

  it.each<[string, Environment | (() => Promise<Environment>), string, RegExp, RegExp]>([
    [
      'the database is down',
      async () => ({ MSSQL_PORT: String(await freePort()) }),
      '[FAIL] demo: database',
      /nothing listens at 127\.0\.0\.1:\d+/,
      /MSSQL_PORT/,
    ],
    [
      // The server that answers was started without the setting, like one whose proxy passes the header on.
      'a client that only states a certificate gets in',
      { CLIENT_CERTIFICATE: 'required' },
      '[FAIL] demo: client certificates',
      /that forges the header gets 401 instead of 403/,
      /overwrite X-Client-Certificate-Fingerprint/,
    ],
    [
      'the name of the database server is wrong',
      { MSSQL_HOST: 'sql.invalid' },
      '[FAIL] demo: database',
      /sql\.invalid:\d+ is not known to DNS/,
      /MSSQL_HOST/,
    ],
    [
      'the password is wrong',
      { MSSQL_PASSWORD: 'x' },
      '[FAIL] demo: database',
      /18456/,
      /MSSQL_USER and MSSQL_PASSWORD/,
    ],
    ['the database name is wrong', { MSSQL_DATABASE: 'Nowhere' }, '[FAIL] demo: database', /4060/, /MSSQL_DATABASE/],
    [
      'the certificate of the database is not trusted',
      { TrustServerCertificate: 'no' },
      '[FAIL] demo: database',
      /TLS certificate is not trusted/,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'PUBLIC_URL is a server that is not there',
      async () => ({ PUBLIC_URL: `http://127.0.0.1:${await freePort()}` }),
      '[FAIL] from outside',
      /does not answer/,
      /running, nginx in front of it, and port 443 open/,
    ],
    [
      'PUBLIC_URL is a name nobody knows',
      { PUBLIC_URL: 'https://mcp.invalid' },
      '[FAIL] DNS',
      /mcp\.invalid is not known/,
      /A or AAAA record/,
    ],
    [
      'PUBLIC_URL is another name of the same server',
      async () => ({ PUBLIC_URL: (healthy['PUBLIC_URL'] ?? '').replace('127.0.0.1', 'localhost') }),
      '[FAIL] demo: discovery',
      /protected-resource document names http:\/\/127\.0\.0\.1:\d+\/demo\/sse, not http:\/\/localhost/,
      /byte for byte: start the server with PUBLIC_URL/,
    ],
    [
      'a login that is not allowed to write is required',
      { MSSQL_USER: 'mcp_writer', REQUIRE_READONLY_LOGIN: 'true' },
      '[FAIL] demo: permissions',
      /the tenant is read-only, but its login could write/,
      /create-readonly-login\.sql/,
    ],
    [
      'Redis is away',
      async () => ({ STATE_STORE: `redis://127.0.0.1:${await freePort()}` }),
      '[FAIL] state store',
      /redis does not answer/,
      /STATE_STORE/,
    ],
    [
      'the users file is broken',
      () => {
        const file = path.join(directory, 'broken.json');
        writeFileSync(file, '{"users": [');
        return Promise.resolve({ USERS_FILE: file });
      },
      '[FAIL] people',
      /USERS_FILE .*broken\.json: it is not valid JSON/,
      /restore it from a backup/,
    ],
    [
      'the audit trail has no place to be written',
      // The path is below a file, where not even root can write.
      () => Promise.resolve({ AUDIT_FILE: path.join(directory, 'users.json', 'audit.jsonl') }),
      '[FAIL] audit',
      /can not be written/,
      /AUDIT_FILE/,
    ],
    [
      'the state was written with another key',
      { STATE_KEY: randomBytes(32).toString('base64') },
      '[FAIL] start',
      /STATE_KEY is not the key.*Set the earlier key/,
      /does not start before this is corrected/,
    ],
  ])('reports that %s, and gives the remedy', async (_case, change, head, found, advice) => {
    const result = await finding(typeof change === 'function' ? await change() : change, head);
    expect(result.found).toMatch(found);
    expect(result.advice).toMatch(advice);
    expect(result.code).toBe(1);
  });

  it.each<[string, (sandbox: Sandbox) => Environment]>([
    ['an instance with a port', ({ host, port }) => ({ MSSQL_HOST: `${host}\\ENV1`, MSSQL_PORT: String(port) })],
    [
      'a connection string',
      ({ host, port, databaseName }) => ({
        MSSQL_HOST: '',
        MSSQL_PORT: '',
        MSSQL_USER: '',
        MSSQL_PASSWORD: '',
        MSSQL_DATABASE: '',
        TrustServerCertificate: '',
        MSSQL_CONNECTION_STRING: `Server=tcp:${host},${port};Database=${databaseName};User ID=mcp_reader;Password="${PASSWORD}";TrustServerCertificate=True`,
      }),
    ],
    [
      'a listener of an availability group',
      () => ({ MSSQL_APPLICATION_INTENT: 'ReadOnly', MSSQL_MULTI_SUBNET_FAILOVER: 'yes' }),
    ],
  ])('connects with %s', async (_what, change) => {
    const { found, code } = await finding(change(sandbox), '[ ok ] demo: database');
    expect(found).toMatch(/login mcp_reader, database SandboxDb/);
    expect(code).toBe(0);
  });

  it('connects with TDS 8.0 when the encryption is strict', async () => {
    await trustedCertificate(directory, 'localhost');
    const [cert, key] = ['fullchain.pem', 'privkey.pem'].map(name => readFileSync(path.join(directory, name), 'utf8'));
    const secure = await startSandbox({ users: USERS, tls: { certificate: { cert: cert ?? '', key: key ?? '' } } });
    try {
      const { found } = await finding(
        {
          MSSQL_HOST: 'localhost',
          MSSQL_PORT: String(secure.port),
          MSSQL_ENCRYPT: 'strict',
          TrustServerCertificate: 'no',
          NODE_EXTRA_CA_CERTS: path.join(directory, 'fullchain.pem'),
        },
        '[ ok ] demo: encryption',
      );
      expect(found).toMatch(/the certificate is verified/);
    } finally {
      await secure.close();
    }
  });

  it('names MSSQL_ENCRYPT=no when the server offers no TLS', async () => {
    const plain = await startSandbox({ users: USERS, tls: { encryption: 'off' } });
    try {
      const { found, advice } = await finding({ MSSQL_PORT: String(plain.port) }, '[FAIL] demo: database');
      expect(found).toMatch(/offers no TLS/);
      expect(advice).toMatch(/MSSQL_ENCRYPT=no/);
    } finally {
      await plain.close();
    }
  });

  it('warns of calls without sign-in that other machines can make', async () => {
    const change = { SERVER_HOST: '0.0.0.0', ALLOW_UNAUTH_METHODS: 'true' };
    const { found, advice } = await finding(change, '[WARN] sign-in');
    expect(found).toMatch(/without sign-in/);
    expect(advice).toMatch(/ALLOW_UNAUTH_METHODS.*SERVER_HOST=127\.0\.0\.1/);
  });

  it('warns of a login that could write in a read-only tenant, but does not count it as a fault', async () => {
    const result = await finding({ MSSQL_USER: 'mcp_writer' }, '[WARN] demo: permissions');
    expect(result.found).toMatch(/read-only, but its login could write/);
    expect(result.advice).toMatch(/create-readonly-login\.sql.*REQUIRE_READONLY_LOGIN/);
    expect(result.code).toBe(0);
  });

  it('says which database of a tenant can not be opened', async () => {
    const { lines, code } = await doctor({ ...healthy, MSSQL_USER: 'mcp_writer', MSSQL_DATABASES: 'Missing' });
    expect(lines.find(line => line.includes('demo: database Missing'))).toMatch(/^\[FAIL\].*can not be opened/);
    expect(code).toBe(1);
  });

  it('warns when no user can sign in', async () => {
    const result = await finding({ USERS_FILE: path.join(directory, 'nobody.json') }, '[WARN] people');
    expect(result.advice).toMatch(/mssql-mcp users add/);
    expect(result.code).toBe(0);
  });

  it('warns when a tenant may write but its login can only read', async () => {
    const result = await finding({ READ_ONLY_MODE: 'false' }, '[WARN] demo: permissions');
    expect(result.found).toMatch(/allows writing, but its login can only read/);
    expect(result.advice).toMatch(/create-writer-login\.sql/);
  });

  it('lists every fault of the configuration at once', async () => {
    const { code, lines } = await doctor({ NODE_ENV: 'production', MSSQL_HOST: 'db', METRICS_PORT: 'many' });
    for (const name of ['PUBLIC_URL', 'STATE_KEY', 'MSSQL_USER', 'MSSQL_PASSWORD', 'MSSQL_DATABASE', 'METRICS_PORT']) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^\\[FAIL\\] configuration: ${name}`)));
    }
    expect(code).toBe(1);
  });

  it('recognizes a proxy that requires its own sign-in', async () => {
    const upstream = healthy['PUBLIC_URL'] ?? '';
    const proxy = createServer((req, res) => {
      if (req.method === 'POST') return void res.writeHead(302, { location: '/login' }).end();
      // Its answers contain the address that clients see, as those of the server would with that PUBLIC_URL.
      void fetch(upstream + req.url).then(async reply => {
        const body = (await reply.text()).replaceAll(upstream, `http://${req.headers.host}`);
        res.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? '' }).end(body);
      });
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const result = await finding({ PUBLIC_URL: `http://127.0.0.1:${port}` }, '[FAIL] demo: discovery');
    proxy.close();
    expect(result.found).toMatch(/answered 302, not 401 with WWW-Authenticate/);
    expect(result.advice).toMatch(/no sign-in of its own in front/);
  });
});
