// Summarizes the audit trail (errors, sign-ins, registrations, tokens, tool usage, slowest statements) and nginx's JSON log (top addresses,
// 401s by address, stream durations). Reads files of any size, line by line.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { readOptions, refuse } from './options.mjs';

const HELP = `Usage: npm run analyze-logs -- [--audit FILE ...] [--nginx FILE ...] [--since ISO-TIME] [--top N] [--json]

  --audit FILE   an audit trail such as var/audit.jsonl, or a rotated file (.gz too); repeatable
  --nginx FILE   nginx's access log in JSON (see nginx/nginx.conf); repeatable
  --since TIME   ignores older entries, for example 2026-11-21T00:00:00Z
  --top N        shows N rows of each table (default 10)
  --json         prints JSON instead of tables`;

const values = readOptions(
  {
    audit: { type: 'string', multiple: true, default: [] },
    nginx: { type: 'string', multiple: true, default: [] },
    since: { type: 'string' },
    top: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
  HELP,
);
/** The events of the authorization server that mean an exchange at /token. */
const EXCHANGES = new Set(['token_issued', 'token_refreshed', 'token_refresh_repeated']);
const top = Number(values.top);
const since = values.since === undefined ? 0 : Date.parse(values.since);
if (values.audit.length + values.nginx.length === 0) refuse('name at least one file with --audit or --nginx', HELP);
if (!(top >= 1)) refuse('--top must be at least 1', HELP);
if (Number.isNaN(since)) refuse('--since must be a time like 2026-11-21T00:00:00Z', HELP);

/** Limits the distinct keys, because clients choose addresses and statements. */
const MAX_KEYS = 200_000;

class Counter {
  counts = new Map();
  others = 0;

  add(key, amount = 1) {
    if (this.counts.has(key) || this.counts.size < MAX_KEYS) this.counts.set(key, (this.counts.get(key) ?? 0) + amount);
    else this.others += amount;
  }

  rows(limit = top) {
    const sorted = [...this.counts].sort((a, b) => b[1] - a[1] || String(a[0]).localeCompare(String(b[0])));
    return sorted.slice(0, limit).map(([key, count]) => ({ key, count }));
  }
}

class Durations {
  byKey = new Map();

  add(key, milliseconds) {
    let list = this.byKey.get(key);
    if (list === undefined) {
      if (this.byKey.size >= MAX_KEYS) return;
      this.byKey.set(key, (list = { count: 0, sum: 0, max: 0 }));
    }
    list.count++;
    list.sum += milliseconds;
    list.max = Math.max(list.max, milliseconds);
  }

  /** The longest first, or with `by` 'count' the most frequent. */
  rows(by = 'max_ms') {
    return [...this.byKey]
      .map(([key, { count, sum, max }]) => ({ key, count, mean_ms: Math.round(sum / count), max_ms: Math.round(max) }))
      .sort((a, b) => b[by] - a[by] || String(a.key).localeCompare(String(b.key)))
      .slice(0, top);
  }
}

async function eachLine(file, take) {
  let broken = 0;
  const raw = createReadStream(file);
  const input = file.endsWith('.gz') ? unzipped(raw) : raw;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line === '') continue;
    const entry = parsed(line);
    if (entry === undefined) {
      broken++;
      continue;
    }
    if (since === 0 || Date.parse(entry.time) >= since) take(entry);
  }
  return broken;
}

async function audit(files) {
  const tools = new Durations();
  const outcomes = new Counter();
  const errors = new Counter();
  const refusals = new Counter();
  const people = new Counter();
  const signIns = new Counter();
  const failedSignIns = new Counter();
  const registrations = new Counter();
  const exchanges = new Counter();
  const exported = new Counter();
  const subjectAccess = new Counter();
  const slowest = new Durations();
  let unreadable = 0;
  for (const file of files) {
    unreadable += await eachLine(file, entry => {
      if (entry.outcome === 'handed_over') {
        // The call goes on; its second outcome has its duration and its statements.
        outcomes.add(entry.outcome);
      } else if (entry.type === 'outcome') {
        tools.add(`${entry.tenant} ${entry.tool}`, entry.duration_ms);
        outcomes.add(entry.outcome);
        people.add(`${entry.tenant} ${entry.principal}`);
        if (entry.error) errors.add(entry.sql_error ? `${entry.error} ${entry.sql_error}` : entry.error);
        if (entry.rule) refusals.add(entry.rule);
        for (const statement of entry.statements ?? [])
          slowest.add(statement.text?.slice(0, 120) ?? statement.hash, entry.duration_ms);
      } else if (entry.type === 'oauth') {
        if (entry.event === 'sign_in') signIns.add(`${entry.tenant} ${entry.principal}`);
        if (entry.event === 'client_registered')
          registrations.add(`${entry.tenant} ${entry.client_name ?? entry.client ?? ''}`);
        if (EXCHANGES.has(entry.event)) exchanges.add(`${entry.tenant} ${entry.event}`);
        if (entry.event === 'sign_in_failed') failedSignIns.add(`${entry.tenant} ${entry.remote_address ?? ''}`);
      } else if (entry.type === 'export') {
        if (entry.event === 'export_ended') exported.add(`${entry.tenant} ${entry.principal} ${entry.outcome}`);
      } else if (entry.type === 'subject_access') {
        subjectAccess.add(`${entry.tenant} ${entry.principal} ${entry.data_subject} ${entry.event}`);
      }
    });
  }
  return {
    'tool calls': tools.rows('count'),
    outcomes: outcomes.rows(),
    'calls by person': people.rows(),
    errors: errors.rows(),
    'refusals by rule': refusals.rows(),
    'sign-ins': signIns.rows(),
    'failed sign-ins by address': failedSignIns.rows(),
    'client registrations': registrations.rows(),
    'token exchanges': exchanges.rows(),
    'exports by person': exported.rows(),
    'subject access by person': subjectAccess.rows(),
    'slowest statements': slowest.rows(),
    'unreadable lines': unreadable,
  };
}

/** The MCP endpoint, and not a discovery document with the same end (/.well-known/oauth-protected-resource/demo/sse). */
const ENDPOINT = /^(?!.*\/\.well-known\/).*\/(?:sse|mcp)$/;
/** A successful GET of the endpoint is a stream. */
const isStream = entry => entry.method === 'GET' && ENDPOINT.test(entry.path) && entry.status === 200;

async function nginx(files) {
  const addresses = new Counter();
  const unauthorized = new Counter();
  const statuses = new Counter();
  const limited = new Counter();
  const streams = new Durations();
  let unreadable = 0;
  for (const file of files) {
    unreadable += await eachLine(file, entry => {
      addresses.add(entry.remote_addr);
      statuses.add(entry.status);
      if (entry.status === 401) unauthorized.add(entry.remote_addr);
      if (entry.status === 429) limited.add(entry.remote_addr);
      if (isStream(entry)) streams.add(entry.path, entry.duration * 1000);
    });
  }
  return {
    'requests by address': addresses.rows(),
    'requests by status': statuses.rows(),
    '401 by address': unauthorized.rows(),
    '429 by address': limited.rows(),
    'stream durations': streams.rows(),
    'unreadable lines': unreadable,
  };
}

/** `pipe` alone does not forward errors. */
function unzipped(raw) {
  const gunzip = createGunzip();
  raw.on('error', error => gunzip.destroy(error));
  return raw.pipe(gunzip);
}

function parsed(line) {
  try {
    const entry = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Statements and addresses come from clients: they must not contain control characters for the terminal. */
const plain = text =>
  String(text)
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?');

const fail = error => {
  console.error(`analyze-logs: A file can't be read: ${error.message}`);
  process.exit(1);
};
const report = await (async () => ({
  ...(values.audit.length > 0 ? { audit: await audit(values.audit) } : {}),
  ...(values.nginx.length > 0 ? { nginx: await nginx(values.nginx) } : {}),
}))().catch(fail);
if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  for (const [source, tables] of Object.entries(report)) {
    for (const [title, rows] of Object.entries(tables)) {
      console.log(`\n${source}: ${title}`);
      if (typeof rows === 'number') console.log(`  ${rows}`);
      else if (rows.length === 0) console.log('  none');
      else
        for (const { key, ...numbers } of rows)
          console.log(
            `  ${Object.entries(numbers)
              .map(([name, value]) => `${name} ${value}`)
              .join('  ')
              .padEnd(28)}  ${plain(key)}`,
          );
    }
  }
}
