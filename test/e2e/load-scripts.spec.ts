import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { NO_SIGN_IN } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise(resolve => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 60_000 };
    execFile(process.execPath, [`scripts/${script}.mjs`, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('npm run loadtest', () => {
  let server: StartedServer;
  beforeAll(async () => {
    server = await startServer({ env: NO_SIGN_IN });
  }, 60_000);
  afterAll(() => server.close());

  it('prints calls per second, percentiles and outcomes', async () => {
    const args = ['--url', `${server.url}/demo/sse`, '--seconds', '1', '--concurrency', '4'];
    const { code, stdout } = await run('loadtest', args);
    const [, calls, rate] = /^(\d+) calls in [\d.]+ s at 4 connections: (\d+)\/s, \d+ bytes each$/m.exec(stdout) ?? [];
    expect(Number(calls)).toBeGreaterThan(4);
    expect(Number(rate)).toBeGreaterThan(0);
    expect(stdout).toMatch(/^latency ms: p50 [\d.]+ {2}p90 [\d.]+ {2}p99 [\d.]+ {2}max [\d.]+$/m);
    expect(stdout).toMatch(new RegExp(`^outcomes: ok ${calls}$`, 'm'));
    expect(code).toBe(0);
  });

  it('stops at --max-requests, and calls another tool', async () => {
    const args = ['--url', `${server.url}/demo/sse`, '--seconds', '30', '--concurrency', '2', '--max-requests', '6'];
    const { code, stdout } = await run('loadtest', [...args, '--tool', 'list_tables', '--arguments', '{}']);
    expect(stdout).toMatch(/^6 calls in/m);
    expect(code).toBe(0);
  });

  it.each([
    [['--query', 'SELECT * FROM dbo.there_is_no_such_table'], /tool error 2/],
    [['--tool', 'no_such_tool'], /(tool|JSON-RPC) error 2/],
  ])('exits with 1 when calls fail: %j', async (more, outcome) => {
    const args = ['--url', `${server.url}/demo/sse`, '--concurrency', '1', '--max-requests', '2', ...more];
    const { code, stdout } = await run('loadtest', args);
    expect(stdout).toMatch(outcome);
    expect(code).toBe(1);
  });

  it('counts HTTP errors, and sends the token of MCP_TOKEN', async () => {
    const seen: (string | undefined)[] = [];
    const strict = createServer((req, res) => {
      seen.push(req.headers.authorization);
      req.resume().on('end', () => res.writeHead(429).end());
    });
    await new Promise<void>(resolve => strict.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(strict.address() as AddressInfo).port}/demo/sse`;
    const args = ['--url', url, '--max-requests', '3', '--concurrency', '1'];
    const { code, stdout } = await run('loadtest', args, { MCP_TOKEN: 'a-token' });
    strict.close();
    expect(stdout).toMatch(/^outcomes: HTTP 429 3$/m);
    expect(seen).toEqual(Array(3).fill('Bearer a-token'));
    expect(code).toBe(1);
  });

  it.each([
    [[], /--url is missing/],
    [['--url', 'https://mcp.example.com/demo/sse'], /not this machine.*--remote/],
    [['--url', 'http://127.0.0.1:1/sse', '--concurrency', '5000'], /--concurrency must be 1 to 1000/],
    [['--url', 'http://127.0.0.1:1/sse', '--seconds', '0'], /--seconds must be 1 to 600/],
    [['--url', 'http://127.0.0.1:1/sse', '--arguments', '{'], /--arguments is not JSON/],
    [['--uri', 'x'], /Unknown option '--uri'/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run('loadtest', args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/Usage: /);
    expect(code).toBe(2);
  });
});

describe('npm run profile', () => {
  it('writes a CPU profile of the server under load', async () => {
    const out = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-profile-test-')), 'profiles');
    const args = ['--sandbox', '--seconds', '1', '--concurrency', '2', '--out', out, '--query', 'SELECT 1 AS one'];
    const { code, stdout, stderr } = await run('profile', args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/outcomes: ok \d+/);
    const [file, ...others] = readdirSync(out);
    expect(others).toEqual([]);
    expect(stdout).toContain(`profile: ${path.join(out, file ?? '')}`);
    const profile = JSON.parse(readFileSync(path.join(out, file ?? ''), 'utf8')) as {
      nodes: { callFrame: { url: string } }[];
      samples: number[];
    };
    expect(profile.samples.length).toBeGreaterThan(100);
    expect(profile.nodes.some(node => node.callFrame.url.endsWith('/dist/invocation/tool.invoker.js'))).toBe(true);
  }, 90_000);

  it.each([
    [[], /set MSSQL_\*, or add --sandbox/],
    [['--minutes', '1'], /Unknown option '--minutes'/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run('profile', args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
