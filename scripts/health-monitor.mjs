// Checks /health and sends a message after three failures in a row, at most once an hour while the failure lasts, and
// once after recovery. `node scripts/health-monitor.mjs --help` lists the options.
import { spawn } from 'node:child_process';
import { isStarted, readOptions, refuse, secret } from './options.mjs';

const HELP = `Usage: node scripts/health-monitor.mjs --url https://mcp.example.com/demo/health [options]

  --url URL            the health URL to check; repeatable
  --interval SECONDS   waits this long between two checks (default 60)
  --failures N         sends a message after N failures in a row (default 3)
  --repeat SECONDS     sends at most one message about the same failure in this time (default 3600)
  --timeout SECONDS    waits this long for an answer (default 10)
  --webhook URL        POSTs {"status","url","reason","since","text"} as JSON
  --command COMMAND    runs a shell command with MONITOR_STATUS, MONITOR_URL, MONITOR_REASON, MONITOR_TEXT set
  --mail-to ADDRESS    sends mail through the server in SMTP_URL or SMTP_URL_FILE (smtps://user:password@host)
  --mail-from ADDRESS  the sender of the mail
  --once               checks once; the exit code is 0 when all are healthy, otherwise 1
Without --once, at least one of --webhook, --command and --mail-to is needed.`;

const options = {
  url: { type: 'string', multiple: true },
  interval: { type: 'string', default: '60' },
  failures: { type: 'string', default: '3' },
  repeat: { type: 'string', default: '3600' },
  timeout: { type: 'string', default: '10' },
  webhook: { type: 'string' },
  command: { type: 'string' },
  'mail-to': { type: 'string' },
  'mail-from': { type: 'string' },
  once: { type: 'boolean', default: false },
};

function readSettings() {
  const values = readOptions(options, HELP);
  const faults = [];
  if (!values.url?.length) faults.push('--url is missing');
  for (const url of [...(values.url ?? []), ...(values.webhook ? [values.webhook] : [])]) {
    if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
      faults.push(`'${url}' is not an http(s) URL`);
  }
  for (const name of ['interval', 'failures', 'repeat', 'timeout']) {
    if (!(Number(values[name]) > 0 && Number(values[name]) <= 86_400))
      faults.push(`--${name} must be a number above 0, at most 86400`);
  }
  if (!values.once && !values.webhook && !values.command && !values['mail-to'])
    faults.push('the messages have no destination: add --webhook, --command or --mail-to');
  if (values['mail-to'] && (!values['mail-from'] || !secret('SMTP_URL')))
    faults.push('--mail-to needs --mail-from and SMTP_URL in the environment');
  if (faults.length) refuse(faults.join('\n'), HELP);
  return values;
}

/** The reason of a failure; undefined when the service is healthy. */
async function trouble(url, timeoutMs) {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' });
    const body = await reply.json().catch(() => undefined);
    if (reply.status !== 200)
      return `HTTP ${reply.status}${body?.database?.status ? `, database ${body.database.status}` : ''}`;
    return ['healthy', 'ok'].includes(body?.status) ? undefined : `status ${body?.status ?? 'unknown'}`;
  } catch (error) {
    return error.name === 'TimeoutError'
      ? `no answer in ${timeoutMs / 1000} s`
      : `no connection (${error.cause?.code ?? error.cause?.message ?? error.name})`;
  }
}

/** One URL; decides when to send a message. */
export class Watch {
  constructor(url, failuresForAlarm, repeatMs) {
    Object.assign(this, { url, failuresForAlarm, repeatMs, failures: 0, since: undefined, toldAt: undefined });
  }

  /** The message to send after one check; undefined for none. */
  take(reason, now) {
    if (reason === undefined) {
      const wasTold = this.toldAt !== undefined;
      const since = this.since;
      Object.assign(this, { failures: 0, since: undefined, toldAt: undefined });
      return wasTold ? this.message('recovered', 'it answers again', since) : undefined;
    }
    this.failures++;
    this.since ??= new Date(now).toISOString();
    if (this.failures < this.failuresForAlarm) return undefined;
    if (this.toldAt !== undefined && now - this.toldAt < this.repeatMs) return undefined;
    this.toldAt = now;
    return this.message('failing', reason, this.since);
  }

  message(status, reason, since) {
    return { status, url: this.url, reason, since, text: `${this.url} is ${status}: ${reason} (since ${since})` };
  }
}

async function tell(message, values) {
  const ways = [];
  if (values.webhook) {
    ways.push(
      fetch(values.webhook, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
        signal: AbortSignal.timeout(15_000),
      }).then(reply => {
        if (!reply.ok) throw new Error(`the webhook answered ${reply.status}`);
      }),
    );
  }
  if (values.command) ways.push(runCommand(values.command, message));
  if (values['mail-to']) ways.push(sendMail(message, values));
  for (const result of await Promise.allSettled(ways)) {
    if (result.status === 'rejected')
      console.error(`health-monitor: A message could not be sent: ${result.reason.message}`);
  }
}

function runCommand(command, { status, url, reason, text }) {
  const env = { ...process.env, MONITOR_STATUS: status, MONITOR_URL: url, MONITOR_REASON: reason, MONITOR_TEXT: text };
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, env, stdio: ['ignore', 'inherit', 'inherit'], timeout: 60_000 });
    child.on('error', reject);
    child.on('exit', code => (code === 0 ? resolve() : reject(new Error(`the command ended with ${code}`))));
  });
}

async function sendMail(message, values) {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(secret('SMTP_URL'), {
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
  });
  await transport.sendMail({
    from: values['mail-from'],
    to: values['mail-to'],
    subject: `[${message.status}] ${message.url}`,
    text: message.text,
  });
  transport.close();
}

async function main() {
  const values = readSettings();
  const timeoutMs = Number(values.timeout) * 1000;
  if (values.once) {
    const reasons = await Promise.all(values.url.map(url => trouble(url, timeoutMs)));
    values.url.forEach((url, index) => console.log(`${url}: ${reasons[index] ?? 'healthy'}`));
    process.exit(reasons.every(reason => reason === undefined) ? 0 : 1);
  }
  const watches = values.url.map(url => new Watch(url, Number(values.failures), Number(values.repeat) * 1000));
  const check = async () => {
    await Promise.all(
      watches.map(async watch => {
        const message = watch.take(await trouble(watch.url, timeoutMs), Date.now());
        if (!message) return;
        console.log(message.text);
        await tell(message, values);
      }),
    );
  };
  for (;;) {
    await check();
    await new Promise(resolve => setTimeout(resolve, Number(values.interval) * 1000));
  }
}

if (isStarted(import.meta.filename)) await main();
