import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { trustedCertificate } from '../support/certificate.js';
import { describeWith, findProgram } from '../support/system-programs.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const directory = (name: string) => mkdtempSync(path.join(os.tmpdir(), `mcp-${name}-`));

describeWith(['nginx', 'openssl'], 'scripts/render-nginx.sh', () => {
  const render = (out: string, env: Record<string, string>) =>
    run('scripts/render-nginx.sh', [out], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  const settings = (out: string) => ({
    SERVER_NAME: 'localhost',
    TENANTS: 'demo|production',
    CERTIFICATE_DIR: out,
    LOG_DIR: out,
    PID_FILE: path.join(out, 'nginx.pid'),
    HTTP_PORT: '18080',
    HTTPS_PORT: '18443',
    NGINX_USER: 'root',
  });

  it('writes a configuration that Debian’s nginx accepts, with its files where systemd expects them', async () => {
    const out = directory('render');
    writeFileSync(path.join(out, 'nginx.conf'), '# as Debian had it\n');
    writeFileSync(path.join(out, 'mime.types'), 'types { text/html html; }\n');
    await trustedCertificate(out, 'localhost');
    const { stdout } = await render(out, settings(out));
    expect(stdout).toMatch(/nginx -t && systemctl reload nginx/);
    await render(out, settings(out));
    expect(readFileSync(path.join(out, 'nginx.conf.before-mssql-mcp'), 'utf8')).toBe('# as Debian had it\n');
    const test = await run(findProgram('nginx') ?? '', ['-t', '-p', out, '-c', path.join(out, 'nginx.conf')]);
    expect(test.stderr).toMatch(/test is successful/);
    expect(test.stderr).not.toMatch(/\[warn\]/);
    const main = readFileSync(path.join(out, 'nginx.conf'), 'utf8');
    expect(main).not.toMatch(/\/dev\/stdout|stderr/);
    expect(main).toMatch(/^user root;$/m);
    const site = readFileSync(path.join(out, 'conf.d', 'mssql-mcp.conf'), 'utf8');
    expect(site).not.toMatch(/\$\{[A-Z_]+\}/);
    expect(site).toContain('"~^/(?<prefix_tenant>demo|production)(?:/|$)" "/$prefix_tenant";');
  });

  it('uses Debian’s paths by default', async () => {
    const out = directory('render');
    await render(out, { SERVER_NAME: 'mcp.example.com', TENANTS: 'demo' });
    const main = readFileSync(path.join(out, 'nginx.conf'), 'utf8');
    for (const line of [
      'user www-data;',
      'pid /run/nginx.pid;',
      'error_log /var/log/nginx/mssql-mcp-error.log warn;',
      'access_log /var/log/nginx/mssql-mcp-access.log access_json;',
    ])
      expect(main).toContain(line);
    expect(readFileSync(path.join(out, 'conf.d', 'mssql-mcp.conf'), 'utf8')).toMatch(/listen 443 ssl http2;/);
  });

  it.each([
    [{ TENANTS: 'demo' }, /set SERVER_NAME/],
    [{ SERVER_NAME: 'mcp.example.com' }, /set TENANTS/],
    [{ SERVER_NAME: 'mcp.example.com', TENANTS: 'demo,production' }, /set TENANTS/],
    [{ SERVER_NAME: 'mcp.example.com; evil', TENANTS: 'demo' }, /set SERVER_NAME/],
    [{ SERVER_NAME: 'mcp.example.com', TENANTS: 'demo', CLIENT_CERTIFICATES: 'yes' }, /set CLIENT_CERTIFICATES/],
    [
      { SERVER_NAME: 'mcp.example.com', TENANTS: 'demo', CLIENT_CERTIFICATE_TENANTS: 'demo' },
      /needs CLIENT_CERTIFICATES=optional_no_ca/,
    ],
  ])('refuses %j', async (env, message) => {
    await expect(render(directory('render'), env as Record<string, string>)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
  });
});

describeWith('logrotate', 'scripts/bare-metal/mssql-mcp.logrotate', () => {
  const original = readFileSync('scripts/bare-metal/mssql-mcp.logrotate', 'utf8');

  /** The file with other directories. Others must not be able to write it, or logrotate refuses it. */
  function moved(): { file: string; logs: string; state: string } {
    const root = directory('logrotate');
    const logs = path.join(root, 'log');
    mkdirSync(path.join(logs, 'nginx'), { recursive: true });
    mkdirSync(path.join(logs, 'mssql-mcp'));
    const file = path.join(root, 'mssql-mcp');
    writeFileSync(
      file,
      original
        .replaceAll('/var/log/', `${logs}/`)
        .replaceAll('/run/nginx.pid', `${root}/nginx.pid`)
        .replace('create 0640 www-data adm', 'create 0640'),
    );
    chmodSync(file, 0o644);
    return { file, logs, state: path.join(root, 'state') };
  }
  const logrotate = (...args: string[]) => run(findProgram('logrotate') ?? '', args);

  it('is accepted by logrotate', async () => {
    const { file } = moved();
    writeFileSync(file, original);
    const { stderr } = await logrotate('-d', file);
    expect(stderr).toMatch(/rotating pattern: \/var\/log\/nginx\/mssql-mcp-\*\.log {2}after 1 days \(30 rotations\)/);
    expect(stderr).not.toMatch(/error:|unknown option/);
  });

  it('renames and compresses nginx’s log, and tells nginx to open a new one', async () => {
    const { file, logs, state } = moved();
    const access = path.join(logs, 'nginx', 'mssql-mcp-access.log');
    // This process replaces nginx and records the signal that makes nginx reopen its logs.
    const told = path.join(logs, 'told');
    const nginx = execFile('sh', [
      '-c',
      `trap 'echo USR1 >> ${told}' USR1; echo $$ > ${logs}/../nginx.pid; while :; do sleep 0.05; done`,
    ]);
    await until('it runs', () => statSync(path.join(logs, '..', 'nginx.pid'), { throwIfNoEntry: false }) !== undefined);
    try {
      for (const line of ['first\n', 'second\n']) {
        writeFileSync(access, line);
        await logrotate('-f', '-s', state, file);
      }
      expect(readFileSync(`${access}.1`, 'utf8')).toBe('second\n');
      expect(gunzipSync(readFileSync(`${access}.2.gz`)).toString()).toBe('first\n');
      expect(statSync(access).mode & 0o777).toBe(0o640);
      await until('nginx is told', () => readIf(told).includes('USR1'));
    } finally {
      nginx.kill('SIGKILL');
    }
  });

  it('does not rotate the audit trail', () => {
    expect(original).not.toMatch(/^[^#]*audit/m);
  });
});

const readIf = (file: string) =>
  statSync(file, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(file, 'utf8');

describe('scripts/bare-metal/mssql-mcp-server.service', () => {
  const unit = readFileSync('scripts/bare-metal/mssql-mcp-server.service', 'utf8');
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

  it('runs the command of npm start, and waits for the drain', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(value('ExecStart')).toBe(`/usr/bin/${scripts['start']}`);
    // serve.ts: 1 s announcement and 25 s for calls in flight.
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(26);
    expect(value('ReadWritePaths')).toBe(path.join(value('WorkingDirectory'), 'var'));
  });
});

describe('the other units of scripts/bare-metal', () => {
  const units = readdirSync('scripts/bare-metal').filter(name => /\.(?:service|timer)$/.test(name));
  const read = (name: string) => readFileSync(`scripts/bare-metal/${name}`, 'utf8');

  it.each(units.filter(name => name.endsWith('.timer')))('%s starts a service that ends by itself', name => {
    const service = read(name.replace('.timer', '.service'));
    expect(service).toMatch(/^Type=oneshot$/m);
    expect(service).not.toMatch(/^\[Install\]/m);
    expect(read(name)).toMatch(/^WantedBy=timers\.target$/m);
  });

  it.each(units.filter(name => name.endsWith('.service')))(
    '%s runs commands that exist, and cannot change the system',
    async name => {
      const unit = read(name);
      for (const setting of ['NoNewPrivileges=true', 'ProtectSystem=strict', 'ProtectHome=true'])
        expect(unit).toContain(setting);
      const scripts = [...unit.matchAll(/^ExecStart=\/usr\/bin\/node (?:--\S+ )*(scripts\/\S+)(.*)$/gm)];
      for (const [, script = '', options = ''] of scripts) {
        const { stdout } = await run(process.execPath, [script, '--help']);
        for (const [option] of options.matchAll(/--[a-z-]+/g)) expect(stdout).toContain(option);
      }
    },
  );
});
