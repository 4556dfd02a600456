import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { freePort } from '../support/ports.js';
import { until } from '../support/until.js';

const SCRIPT = 'scripts/health-monitor.mjs';

interface Told {
  readonly status: string;
  readonly reason: string;
  readonly text: string;
}

/** A service whose health the test sets, and a webhook that records the messages. */
class Stage {
  healthy = true;
  asked = 0;
  readonly told: Told[] = [];
  readonly server = http.createServer((req, res) => {
    if (req.url === '/hook') {
      let body = '';
      req.on('data', chunk => (body += chunk));
      req.on('end', () => {
        this.told.push(JSON.parse(body) as Told);
        res.end();
      });
      return;
    }
    this.asked++;
    res.statusCode = this.healthy ? 200 : 503;
    res.end(
      JSON.stringify({
        status: this.healthy ? 'healthy' : 'degraded',
        database: { status: this.healthy ? 'connected' : 'disconnected' },
      }),
    );
  });

  async url(): Promise<string> {
    if (!this.server.listening) await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

describe('the health monitor', () => {
  const stages: Stage[] = [];
  const children: ChildProcess[] = [];
  const stage = () => {
    const made = new Stage();
    stages.push(made);
    return made;
  };
  const monitor = (args: string[], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [SCRIPT, ...args], { env: { ...process.env, ...env } });
    children.push(child);
    return child;
  };

  afterEach(() => {
    for (const child of children.splice(0)) child.kill();
    for (const { server } of stages.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('calls the webhook once after three failures in a row, and once after recovery', async () => {
    const service = stage();
    const url = await service.url();
    monitor(['--url', `${url}/health`, '--webhook', `${url}/hook`, '--interval', '0.05']);
    await until('it has asked twice', () => service.asked >= 2, 15_000);
    service.healthy = false;
    await until('it has told', () => service.told.length === 1, 15_000);
    const askedAtAlarm = service.asked;
    await until('it has gone on asking', () => service.asked >= askedAtAlarm + 5, 15_000);
    expect(service.told).toHaveLength(1);
    expect(service.told[0]).toMatchObject({ status: 'failing', reason: 'HTTP 503, database disconnected' });
    service.healthy = true;
    await until('it has told of the recovery', () => service.told.length === 2, 15_000);
    expect(service.told[1]).toMatchObject({ status: 'recovered' });
  });

  it('sends no message below the number of failures', async () => {
    const service = stage();
    const url = await service.url();
    monitor(['--url', `${url}/health`, '--webhook', `${url}/hook`, '--interval', '0.05', '--failures', '1000']);
    service.healthy = false;
    await until('it has asked five times', () => service.asked >= 5, 15_000);
    service.healthy = true;
    const asked = service.asked;
    await until('it has gone on asking', () => service.asked >= asked + 3, 15_000);
    expect(service.told).toEqual([]);
  });

  it('sends a message again when the failure lasts longer than --repeat', async () => {
    const service = stage();
    service.healthy = false;
    const url = await service.url();
    monitor(['--url', `${url}/health`, '--webhook', `${url}/hook`, '--interval', '0.02', '--repeat', '0.1']);
    await until('it has told three times', () => service.told.length >= 3, 15_000);
    expect(new Set(service.told.map(told => told.status))).toEqual(new Set(['failing']));
  });

  it('runs a command with the event in its environment', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-monitor-')), 'said');
    monitor([
      '--url',
      `http://127.0.0.1:${await freePort()}/health`,
      '--command',
      `echo "$MONITOR_STATUS $MONITOR_REASON" >> ${file}`,
      '--interval',
      '0.02',
    ]);
    const said = () => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return '';
      }
    };
    await until('it has said a line', () => said().endsWith('\n'), 15_000);
    expect(said()).toBe('failing no connection (ECONNREFUSED)\n');
  });

  it('sends mail through SMTP', async () => {
    const mails: string[] = [];
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let mail = '';
        stream.on('data', chunk => (mail += chunk));
        stream.on('end', () => {
          mails.push(mail);
          done();
        });
      },
    });
    const listener = smtp.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    monitor(
      [
        '--url',
        `http://127.0.0.1:${await freePort()}/health`,
        '--mail-to',
        'night@company.test',
        '--mail-from',
        'mcp@company.test',
        '--interval',
        '0.02',
      ],
      { SMTP_URL: `smtp://127.0.0.1:${port}` },
    );
    await until('the mail has come', () => mails.length === 1, 15_000);
    expect(mails[0]).toMatch(/Subject: \[failing\] http:\/\/127\.0\.0\.1:\d+\/health/);
    await new Promise<void>(resolve => smtp.close(() => resolve()));
  });

  it.each(['health-monitor', 'database-backup'])('runs %s through a symbolic link', async name => {
    const link = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-link-')), name);
    symlinkSync(path.resolve('scripts', `${name}.mjs`), link);
    const child = spawn(process.execPath, [link, '--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await once(child, 'close');
    expect(printed).toMatch(new RegExp(`^Usage: .*${name}`));
  });

  it('reports the result as its exit code with --once', async () => {
    const service = stage();
    const url = `${await service.url()}/health`;
    const [well] = (await once(monitor(['--once', '--url', url]), 'exit')) as [number];
    service.healthy = false;
    const [ill] = (await once(monitor(['--once', '--url', url]), 'exit')) as [number];
    expect([well, ill]).toEqual([0, 1]);
  });

  it.each([
    [[], /--url is missing[\s\S]*no destination/],
    [['--url', 'ftp://x', '--command', 'true'], /is not an http\(s\) URL/],
    [['--url', 'http://x', '--mail-to', 'a@b.c'], /SMTP_URL/],
    [['--url', 'http://x', '--command', 'true', '--interval', '0'], /--interval/],
    [['--nonsense'], /nonsense/],
  ])('refuses %j', async (args, message) => {
    const child = monitor(args);
    let errors = '';
    child.stderr?.on('data', chunk => (errors += chunk));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(2);
    expect(errors).toMatch(message);
  });
});
