import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/ports.js';
import { describeWith, findProgram } from '../support/system-programs.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-alerts-'));
const file = (name: string, content: string) => {
  const target = path.join(directory, name);
  writeFileSync(target, content);
  return target;
};
const render = (target: string, env: Record<string, string>) =>
  run('docker/alertmanager/render.sh', [target], { env: { PATH: process.env['PATH'] ?? '', ...env } });

const MAIL = {
  ALERT_MAIL_TO: "o'brien@example.com",
  ALERT_MAIL_FROM: 'mcp@example.com',
  ALERT_SMTP_HOST: 'mail.example.com:587',
};

describeWith(['prometheus-alertmanager', 'amtool'], 'docker/alertmanager', () => {
  let alertmanager: ChildProcess | undefined;
  let hook: http.Server | undefined;
  afterEach(async () => {
    alertmanager?.kill('SIGKILL');
    if (alertmanager?.exitCode === null) await once(alertmanager, 'exit');
    hook?.closeAllConnections();
    hook?.close();
    alertmanager = hook = undefined;
  });

  it.each([
    ['a webhook', { ALERT_WEBHOOK: file('webhook', 'https://chat.example.com/hook') }],
    ['mail without a login', MAIL],
    ['mail with a login', { ...MAIL, ALERT_SMTP_USER: 'mcp', ALERT_SMTP_PASSWORD: file('password', 'a secret') }],
  ])('writes a configuration for %s that amtool accepts and others can’t read', async (receiver, env) => {
    const target = path.join(directory, `${receiver}.yml`);
    await render(target, env);
    await run(findProgram('amtool') ?? '', ['check-config', target]);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(readFileSync(target, 'utf8')).not.toContain('a secret');
  });

  it.each([
    ['no receiver', {}, 'Set ALERT_WEBHOOK or ALERT_MAIL_TO.'],
    ['a webhook in a file that is missing', { ALERT_WEBHOOK: '/nowhere' }, 'ALERT_WEBHOOK must name a file'],
    ['mail without a sender', { ALERT_MAIL_TO: 'a@example.com' }, 'ALERT_MAIL_FROM is not set.'],
  ])('refuses %s and writes nothing', async (name, env, message) => {
    const target = path.join(directory, `${name}.yml`);
    await expect(render(target, env)).rejects.toMatchObject({ stderr: expect.stringContaining(message) });
    expect(existsSync(target)).toBe(false);
  });

  it('sends an alert to the webhook', async () => {
    let received = '';
    hook = http.createServer((req, res) => {
      req.on('data', (chunk: Buffer) => (received += chunk.toString()));
      req.on('end', () => res.end());
    });
    await once(hook.listen(0, '127.0.0.1'), 'listening');
    const target = path.join(directory, 'running.yml');
    const { port: hookPort } = hook.address() as AddressInfo;
    await render(target, { ALERT_WEBHOOK: file('local', `http://127.0.0.1:${hookPort}/hook`) });
    // The deployment waits 30 s for further alerts of a group.
    writeFileSync(target, readFileSync(target, 'utf8').replace('group_wait: 30s', 'group_wait: 0s'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    alertmanager = spawn(
      findProgram('prometheus-alertmanager') ?? '',
      [
        `--config.file=${target}`,
        `--storage.path=${directory}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    const isReady = async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
    await until('Alertmanager is ready', isReady, 20_000);
    const alert = {
      labels: { alertname: 'McpAuditFailing', tenant: 'demo' },
      annotations: { summary: 'The disk is full.' },
    };
    const posted = await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([alert]),
    });
    expect(posted.status).toBe(200);
    await until('the webhook has the alert', () => received.includes('The disk is full.'), 20_000);
    expect(JSON.parse(received)).toMatchObject({ status: 'firing', groupLabels: { tenant: 'demo' } });
  });
});
