import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { listening, type Nginx, startNginx } from '../support/nginx.js';
import { freePort } from '../support/ports.js';
import { describeWith, findProgram } from '../support/system-programs.js';

const run = promisify(execFile);
const DOMAIN = 'mcp.tenant.test';

interface Certificate {
  readonly issuer: string;
  readonly serial: string;
}

/** The certificate that nginx presents to a client now. */
function served(port: number): Promise<Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: DOMAIN, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerCertificate();
      socket.destroy();
      resolve({ issuer: String(certificate.issuer.CN), serial: certificate.serialNumber });
    });
    socket.on('error', reject);
  });
}

/** A reload is asynchronous: connects until the certificate satisfies the condition, for at most 10 s. */
async function servedUntil(port: number, satisfies: (certificate: Certificate) => boolean): Promise<Certificate> {
  for (let attempt = 0; ; attempt++) {
    const certificate = await served(port);
    if (satisfies(certificate) || attempt === 100) return certificate;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

describeWith(
  ['nginx', 'certbot', 'pebble', 'pebble-challtestsrv', 'openssl'],
  'certificates, with a real ACME server',
  () => {
    const processes: ChildProcess[] = [];
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-acme-'));
    const installDir = path.join(directory, 'certificates');
    const configDir = path.join(directory, 'letsencrypt');
    let nginx: Nginx;
    let httpsPort: number;
    let script: (...extra: string[]) => Promise<string>;

    const start = async (program: string, args: string[], port: number, env: Record<string, string> = {}) => {
      const child = spawn(findProgram(program) ?? program, args, { stdio: 'ignore', env: { ...process.env, ...env } });
      processes.push(child);
      await listening(child, port);
    };

    beforeAll(async () => {
      const [httpPort, acmePort, managementPort, dnsPort, dnsManagementPort] = await Promise.all(
        Array.from({ length: 5 }, freePort),
      );
      httpsPort = await freePort();
      const acmeRoot = path.join(directory, 'webroot');
      mkdirSync(acmeRoot);
      await run('openssl', [
        ...'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1'.split(
          ' ',
        ),
        '-keyout',
        path.join(directory, 'acme-key.pem'),
        '-out',
        path.join(directory, 'acme.pem'),
      ]);
      const pebble = {
        listenAddress: `127.0.0.1:${acmePort}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: path.join(directory, 'acme.pem'),
        privateKey: path.join(directory, 'acme-key.pem'),
        httpPort,
        tlsPort: httpsPort,
      };
      writeFileSync(path.join(directory, 'pebble.json'), JSON.stringify({ pebble }));
      // Every name resolves to this machine.
      await start(
        'pebble-challtestsrv',
        [
          '-defaultIPv4',
          '127.0.0.1',
          '-defaultIPv6',
          '',
          '-dns01',
          `127.0.0.1:${dnsPort}`,
          '-http01',
          '',
          '-https01',
          '',
          '-tlsalpn01',
          '',
          '-management',
          `127.0.0.1:${dnsManagementPort}`,
        ],
        dnsManagementPort ?? 0,
      );
      await start(
        'pebble',
        ['-config', path.join(directory, 'pebble.json'), '-dnsserver', `127.0.0.1:${dnsPort}`],
        acmePort ?? 0,
        { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
      );

      // nginx needs a certificate to start, so the script makes a placeholder before nginx runs ("--reload true").
      const arguments_ = (reload: string) => [
        '--domain',
        DOMAIN,
        '--email',
        'ops@tenant.test',
        '--webroot',
        acmeRoot,
        '--config-dir',
        configDir,
        '--install-dir',
        installDir,
        '--reload',
        reload,
        '--server',
        `https://127.0.0.1:${acmePort}/dir`,
        '--no-verify-ssl',
      ];
      await run('scripts/setup-letsencrypt.sh', arguments_('true')).catch(() => undefined);
      nginx = await startNginx({
        serverName: DOMAIN,
        tenants: ['demo'],
        upstreams: [1],
        httpPort: httpPort ?? 0,
        httpsPort,
        certificateDir: installDir,
        acmeRoot,
      });
      script = async (...extra) =>
        (await run('scripts/setup-letsencrypt.sh', [...arguments_(nginx.reloadCommand), ...extra])).stdout;
    }, 60_000);

    afterAll(async () => {
      await nginx?.stop();
      for (const child of processes) {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
    });

    it('are issued, served, kept while they are valid, and renewed with a reload', async () => {
      expect((await served(httpsPort)).issuer).toBe(DOMAIN); // the self-signed placeholder

      expect(await script('--dry-run')).toContain('dry run succeeded');
      expect((await served(httpsPort)).issuer).toBe(DOMAIN);

      await script();
      const first = await servedUntil(httpsPort, certificate => certificate.issuer.startsWith('Pebble'));
      expect(first.issuer).toMatch(/^Pebble/);

      await script();
      expect(await served(httpsPort)).toEqual(first);

      await run('certbot', [
        'renew',
        '--force-renewal',
        '--no-random-sleep-on-renew',
        '--no-verify-ssl',
        '--config-dir',
        configDir,
        '--work-dir',
        path.join(configDir, 'work'),
        '--logs-dir',
        path.join(configDir, 'logs'),
      ]);
      const renewed = await servedUntil(httpsPort, certificate => certificate.serial !== first.serial);
      expect(renewed.issuer).toMatch(/^Pebble/);
      expect(renewed.serial).not.toBe(first.serial);
    }, 120_000);
  },
);

describe('setup-letsencrypt.sh refuses', () => {
  it.each([
    ['no domain', ['--email', 'a@b.org'], /--domain is missing/],
    ['no e-mail', ['--domain', 'mcp.company.org'], /--email is missing/],
    ['an IP address', ['--domain', '192.0.2.1', '--email', 'a@b.org'], /IP address/],
    ['a wildcard', ['--domain', '*.company.org', '--email', 'a@b.org'], /DNS-01/],
    [
      'a name that Let’s Encrypt can’t reach',
      ['--domain', 'mcp.example.com', '--email', 'a@b.org'],
      /can't be reached/,
    ],
    ['an invalid e-mail address', ['--domain', 'mcp.company.org', '--email', 'nobody'], /is not an e-mail address/],
    ['an unknown option', ['--domian', 'mcp.company.org'], /unknown option/],
    [
      'two ACME servers',
      ['--domain', 'mcp.company.org', '--email', 'a@b.org', '--staging', '--server', 'https://a/dir'],
      /can't be combined/,
    ],
  ])('%s', async (_name, args, message) => {
    const error: { code?: number; stderr?: string } = await run('scripts/setup-letsencrypt.sh', args).then(
      () => ({}),
      e => e as object,
    );
    expect(error.code).toBe(2);
    expect(error.stderr).toMatch(message);
  });
});
