import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { trustedCertificate } from '../support/certificate.js';
import { ClientAuthority } from '../support/client-certificates.js';
import { type Nginx, startNginx } from '../support/nginx.js';
import { freePort } from '../support/ports.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { describeWith } from '../support/system-programs.js';
import { wholeLines } from '../support/whole-lines.js';

/** A directory where `npm install @anthropic-ai/claude-code` ran. */
const CLAUDE = path.resolve(process.env['TEST_MCP_CLIENTS'] ?? '.', 'node_modules/.bin/claude');

describeWith(['nginx', 'openssl'], 'Claude Code and a tenant that requires a client certificate', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'mcp-claude-certificate-'));
  let server: StartedServer;
  let nginx: Nginx;
  let url: string;
  let certificate: Record<string, string>;

  beforeAll(async () => {
    const [httpPort, httpsPort] = await Promise.all([freePort(), freePort()]);
    url = `https://localhost:${httpsPort}`;
    await trustedCertificate(home, 'localhost');
    const authority = await ClientAuthority.create(home, 'company');
    const { cert, key } = await authority.issue('analyst');
    certificate = {
      CLAUDE_CODE_CLIENT_CERT: path.join(home, 'client.pem'),
      CLAUDE_CODE_CLIENT_KEY: path.join(home, 'client.key'),
    };
    writeFileSync(certificate['CLAUDE_CODE_CLIENT_CERT'] ?? '', cert);
    writeFileSync(certificate['CLAUDE_CODE_CLIENT_KEY'] ?? '', key, { mode: 0o600 });
    server = await startServer({ env: { PUBLIC_URL: url, CLIENT_CERTIFICATE: 'required' } });
    nginx = await startNginx({
      serverName: 'localhost',
      tenants: ['demo'],
      upstreams: [Number(new URL(server.url).port)],
      httpPort,
      httpsPort,
      certificateDir: home,
      acmeRoot: home,
      clients: { caFile: authority.caFile, tenants: ['demo'] },
    });
  }, 60_000);
  afterAll(async () => {
    await nginx?.stop();
    await server?.close();
  });

  /** The statuses that nginx answered at the endpoint while a new Claude Code checked its servers. */
  async function statuses(env: Record<string, string>): Promise<ReadonlySet<number>> {
    const before = wholeLines(nginx.accessLog()).length;
    const claude = async (...args: readonly string[]) => {
      const child = promisify(execFile)(CLAUDE, args, { env: all, cwd: all.HOME, timeout: 100_000 });
      child.child.stdin?.end();
      await child;
    };
    const all = {
      PATH: process.env['PATH'] ?? '',
      HOME: mkdtempSync(path.join(home, 'person-')),
      NODE_EXTRA_CA_CERTS: path.join(home, 'fullchain.pem'),
      ...env,
    };
    await claude('mcp', 'add', '--transport', 'http', '--scope', 'user', 'vault', `${url}/demo/mcp`);
    await claude('mcp', 'list');
    const entries = wholeLines(nginx.accessLog())
      .slice(before)
      .map(line => JSON.parse(line) as { readonly path: string; readonly status: number });
    return new Set(entries.filter(entry => entry.path === '/demo/mcp').map(({ status }) => status));
  }

  it('presents the certificate of its variables, and is asked to sign in with it only', async () => {
    expect(await statuses(certificate)).toEqual(new Set([401]));
    expect(await statuses({})).toEqual(new Set([403]));
  }, 180_000);
});
