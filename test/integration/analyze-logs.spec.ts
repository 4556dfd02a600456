import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);
const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-logs-'));
const file = (name: string, lines: readonly object[], zipped = false) => {
  const target = path.join(directory, name);
  const text = lines.map(line => `${JSON.stringify(line)}\n`).join('') + 'not json\n';
  writeFileSync(target, zipped ? gzipSync(text) : text);
  return target;
};
type Rows = readonly { readonly key: string; readonly count: number; readonly max_ms?: number }[];
const analyze = async (...args: string[]) =>
  JSON.parse((await run(process.execPath, ['scripts/analyze-logs.mjs', '--json', ...args])).stdout) as Record<
    string,
    Record<string, Rows>
  >;

const outcome = (more: object) => ({
  time: '2026-11-20T10:00:00Z',
  type: 'outcome',
  tenant: 'demo',
  principal: 'ana',
  tool: 'execute_sql',
  outcome: 'ok',
  duration_ms: 5,
  ...more,
});

describe('the log analysis', () => {
  it('counts tools, users, errors and sign-ins, and lists the slowest statements', async () => {
    const audit = file('audit.jsonl', [
      outcome({ statements: [{ hash: 'a', kind: 'select', text: 'SELECT slow' }], duration_ms: 900 }),
      outcome({ statements: [{ hash: 'b', kind: 'select', text: 'SELECT quick' }] }),
      outcome({ outcome: 'error', error: 'SQL_ERROR', sql_error: 208 }),
      outcome({ outcome: 'refused', error: 'READ_ONLY_VIOLATION', rule: 'keyword', principal: 'ben' }),
      {
        time: '2026-11-20T10:00:00Z',
        type: 'oauth',
        event: 'sign_in_failed',
        tenant: 'demo',
        remote_address: '192.0.2.7',
      },
      ...[
        { event: 'sign_in', principal: 'ana' },
        { event: 'client_registered', client: 'c1', client_name: 'Claude' },
        { event: 'client_registered', client: 'c2', client_name: 'Claude' },
        { event: 'client_registered', client: 'c3' },
        { event: 'token_issued' },
        { event: 'token_refreshed' },
        { event: 'token_refreshed' },
        { event: 'token_refused' },
      ].map(event => ({ time: '2026-11-20T10:00:00Z', type: 'oauth', tenant: 'demo', ...event })),
      ...['export_begun', 'export_ended'].map(event => ({
        ...{ time: '2026-11-20T10:00:00Z', type: 'export', event, tenant: 'demo', principal: 'ana' },
        outcome: event === 'export_ended' ? 'ok' : undefined,
      })),
      {
        ...{ time: '2026-11-20T10:00:00Z', type: 'subject_access', event: 'subject_data_read' },
        ...{ tenant: 'demo', principal: 'ana', data_subject: 'customer' },
      },
    ]);
    const { audit: report } = await analyze('--audit', audit);
    expect(report).toMatchObject({
      'tool calls': [{ key: 'demo execute_sql', count: 4, mean_ms: 229, max_ms: 900 }],
      'client registrations': [
        { key: 'demo Claude', count: 2 },
        { key: 'demo c3', count: 1 },
      ],
      'token exchanges': [
        { key: 'demo token_refreshed', count: 2 },
        { key: 'demo token_issued', count: 1 },
      ],
      'calls by person': [
        { key: 'demo ana', count: 3 },
        { key: 'demo ben', count: 1 },
      ],
      errors: [
        { key: 'READ_ONLY_VIOLATION', count: 1 },
        { key: 'SQL_ERROR 208', count: 1 },
      ],
      'refusals by rule': [{ key: 'keyword', count: 1 }],
      'failed sign-ins by address': [{ key: 'demo 192.0.2.7', count: 1 }],
      'sign-ins': [{ key: 'demo ana', count: 1 }],
      'exports by person': [{ key: 'demo ana ok', count: 1 }],
      'subject access by person': [{ key: 'demo ana customer subject_data_read', count: 1 }],
      'unreadable lines': 1,
    });
    expect(report?.['slowest statements']?.map(row => row.key)).toEqual(['SELECT slow', 'SELECT quick']);
  });

  it('counts addresses and 401s and measures streams in nginx logs, also in compressed ones', async () => {
    const entry = (more: object) => ({
      time: '2026-11-20T10:00:00+00:00',
      remote_addr: '192.0.2.1',
      method: 'POST',
      path: '/demo/sse',
      status: 200,
      duration: 0.01,
      ...more,
    });
    const log = file(
      'access.log.gz',
      [
        entry({}),
        entry({ status: 401, remote_addr: '192.0.2.9' }),
        entry({ status: 429 }),
        entry({ method: 'GET', duration: 3600 }),
        entry({ method: 'GET', path: '/.well-known/oauth-protected-resource/demo/sse', remote_addr: '192.0.2.9' }),
        entry({ method: 'GET', path: '/demo/.well-known/oauth-protected-resource/mcp', remote_addr: '192.0.2.9' }),
      ],
      true,
    );
    const { nginx } = await analyze('--nginx', log);
    expect(nginx).toMatchObject({
      'requests by address': [
        { key: '192.0.2.1', count: 3 },
        { key: '192.0.2.9', count: 3 },
      ],
      '401 by address': [{ key: '192.0.2.9', count: 1 }],
      '429 by address': [{ key: '192.0.2.1', count: 1 }],
      'stream durations': [{ key: '/demo/sse', count: 1, max_ms: 3_600_000 }],
    });
  });

  it('ignores older entries with --since', async () => {
    const audit = file('two-days.jsonl', [outcome({}), outcome({ time: '2026-11-21T10:00:00Z' })]);
    const { audit: report } = await analyze('--audit', audit, '--since', '2026-11-21T00:00:00Z');
    expect(report?.['tool calls']).toMatchObject([{ key: 'demo execute_sql', count: 1 }]);
  });

  it.each([
    [[], /name at least one file with --audit or --nginx[\s\S]*Usage/],
    [['--audit', 'x', '--since', 'yesterday'], /--since must be a time[\s\S]*Usage/],
    [['--audit', 'x', '--top', '0'], /--top must be at least 1[\s\S]*Usage/],
    [['--log', 'x'], /Unknown option '--log'[\s\S]*Usage/],
  ])('refuses %j', async (args, message) => {
    const error = await run(process.execPath, ['scripts/analyze-logs.mjs', ...args]).then(
      () => undefined,
      (failed: { code: number; stderr: string }) => failed,
    );
    expect(error?.stderr).toMatch(message);
    expect(error?.code).toBe(2);
  });

  it('prints a statement as one line without control characters, and counts lines that are not records', async () => {
    const odd = file('odd.jsonl', [outcome({ statements: [{ text: 'SELECT \u001b[2J\n 1 \u202e' }] })]);
    writeFileSync(odd, 'null\n5\n', { flag: 'a' });
    const { stdout } = await run(process.execPath, ['scripts/analyze-logs.mjs', '--audit', odd]);
    expect(stdout).toMatch(/^ {2}count 1 {2}mean_ms 5 {2}max_ms 5 {2}SELECT \?\[2J 1 \?$/m);
    expect(stdout).toMatch(/unreadable lines\n {2}3\n/);
  });

  it.each(['none.jsonl', 'none.jsonl.gz'])('reports that %s cannot be read, without a stack trace', async name => {
    const failed = await run(process.execPath, [
      'scripts/analyze-logs.mjs',
      '--audit',
      path.join(directory, name),
    ]).catch((error: { code: number; stderr: string }) => error);
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^analyze-logs: A file can't be read: ENOENT/),
    });
    expect(failed.stderr).not.toMatch(/\n\s+at /);
  });
});
