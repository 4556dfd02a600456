import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { freePort } from '../support/ports.js';
import { type ServerProcess, startProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const DEMO = ['dist/cli/bin.js', 'demo'];

describe('npm run demo', () => {
  let server: ServerProcess;
  let environment: Record<string, string>;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    // Some shells set NODE_ENV.
    environment = { SERVER_PORT: String(port), NODE_ENV: 'production' };
    server = await startProcess(DEMO, environment, `${url}/health/ready`);
    await until('the lines to paste', () => server.output().includes('scripts/e2e-test.sh'), 30_000);
  }, 60_000);

  afterAll(() => server?.stop());

  const line = (start: string) => {
    const lines = server.output().split('\n');
    const at = lines.findIndex(text => text.trim().startsWith(start));
    return (
      lines
        .slice(at, at + 2)
        .join('\n')
        .replace(/\\\n\s*/, '')
        .split('\n')[0]
        ?.trim() ?? ''
    );
  };
  const shell = async (command: string) =>
    (
      await run('bash', ['-c', command], {
        env: { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` },
      })
    ).stdout;

  it('prints the MCP URL, a user and a random password', () => {
    expect(server.output()).toContain(`${url}/demo/sse`);
    expect(server.output()).toMatch(/user demo, password [A-Za-z0-9_-]{12}/);
    expect(server.output()).toContain(`claude mcp add --transport http mssql-demo ${url}/demo/sse`);
  });

  it('prints curl lines that work', async () => {
    const reply = JSON.parse(await shell(`${line('TOKEN=')}\n${line('curl ')}`)) as {
      result: { structuredContent: { row_count: number; columns: { name: string }[] } };
    };
    expect(reply.result.structuredContent.row_count).toBe(5);
    expect(reply.result.structuredContent.columns[0]?.name).toBe('OrderID');
  }, 60_000);

  it('answers the questions that it prints with the definitions of the company', async () => {
    const rowsOf = async (name: string, args: object) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });
      const reply = JSON.parse(
        await shell(
          `${line('TOKEN=')}\ncurl -s ${url}/demo/sse -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${body}'`,
        ),
      ) as { result: { structuredContent: { rows: unknown[][]; definition: { name: string } } } };
      return reply.result.structuredContent;
    };
    expect(server.output()).toContain('Which transactions failed in the last hour, and why?');
    expect((await rowsOf('revenue_by_category', {})).rows).toHaveLength(9);
    expect((await rowsOf('run_query', { name: 'acquisition_cost_by_region' })).rows).toHaveLength(4);
    expect((await rowsOf('run_query', { name: 'recent_failed_transactions' })).rows.length).toBeGreaterThan(0);
    const californians = await rowsOf('run_query', { name: 'customers_by_state', parameters: { state: 'California' } });
    expect(californians.rows.length).toBeGreaterThan(5);
    expect(californians.definition.name).toBe('customers_by_state');
    const [[, , retention] = []] = (await rowsOf('run_query', { name: 'customer_retention' })).rows;
    expect(retention).toBeGreaterThan(0.5);
  }, 120_000);

  it('offers the procedure of its definitions, and the plans of queries, to its read-only login', async () => {
    const client = new Client({ name: 'first user', version: '1' });
    const token = (await shell(`${line('TOKEN=')}\necho $TOKEN`)).trim();
    const options = { requestInit: { headers: { authorization: `Bearer ${token}` } } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/demo/sse`), options) as Transport);
    try {
      const top = await client.callTool({ name: 'top_customers', arguments: { country: 'Germany', count: 3 } });
      expect(top.structuredContent).toMatchObject({ row_count: 3, definition: { name: 'top_customers' } });
      const plan = await client.callTool({
        name: 'explain_query',
        arguments: { query: 'SELECT TOP 5 * FROM sales.Orders' },
      });
      expect(plan.structuredContent).toMatchObject({
        summary: expect.arrayContaining([expect.stringContaining('sales.Orders')]) as string[],
      });
    } finally {
      await client.close();
    }
    expect(server.output()).not.toContain('does not fit the database');
  }, 60_000);

  it('shows defaults and constraints of a table to its read-only login', async () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'describe_table', arguments: { table_name: 'dbo.Products' } },
    });
    const reply = await shell(
      `${line('TOKEN=')}\ncurl -s ${url}/demo/sse -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${body}'`,
    );
    const { structuredContent: table } = (
      JSON.parse(reply) as {
        result: {
          structuredContent: {
            columns: { name: string; default: string | null }[];
            check_constraints: { definition: string }[];
          };
        };
      }
    ).result;
    expect(table.columns.find(column => column.name === 'Discontinued')?.default).toMatch(/0/);
    expect(table.check_constraints[0]?.definition).toMatch(/UnitPrice/);
  }, 60_000);

  it('does not change the running demo when a second one is started on its port', async () => {
    const second = await run(process.execPath, DEMO, {
      env: { ...process.env, ...environment },
    }).catch((failed: { code: number; stderr: string }) => failed);
    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toMatch(/^Another program listens at 127\.0\.0\.1:\d+: .*SERVER_PORT/);
    expect(second.stderr).not.toMatch(/\n\s+at /);
    expect((await shell(`${line('TOKEN=')}\necho $TOKEN`)).trim()).toMatch(/^\S{20,}$/);
  }, 60_000);

  it('prints lines that work whatever the password is', async () => {
    const port = await freePort();
    const odd = await startProcess(
      DEMO,
      { SERVER_PORT: String(port), DEMO_PASSWORD: `it's "odd" $HOME \`id\` \\ & é` },
      `http://127.0.0.1:${port}/health/ready`,
    );
    try {
      await until('the lines to paste', () => odd.output().includes('scripts/e2e-test.sh'), 30_000);
      const walk =
        odd
          .output()
          .split('\n')
          .find(text => text.includes('scripts/e2e-test.sh')) ?? '';
      expect(await shell(walk)).toMatch(/All \d+ steps passed/);
    } finally {
      await odd.stop();
    }
  }, 90_000);

  it('passes every step of the end-to-end walk', async () => {
    // A value that begins with a dash is not an option: a random verifier begins so once in 64 runs.
    const query = "MCP_QUERY='-- one row\nSELECT 1 AS one'";
    expect(await shell(`${query} ${line('MCP_USER=')}`)).toMatch(/All \d+ steps passed/);
  }, 60_000);

  it('passes every step of the end-to-end walk on a tenant that allows changes', async () => {
    const walk = line('MCP_USER=').replace(/\/demo$/, '/workshop');
    expect(walk).toContain('/workshop');
    expect(await shell(walk)).toMatch(/All \d+ steps passed/);
  }, 60_000);

  it('serves a second tenant that allows changes', async () => {
    const health = async (tenant: string) =>
      (await (await fetch(`${url}/${tenant}/health`)).json()) as { read_only: boolean; tools: string[] };
    expect(await health('demo')).toMatchObject({
      read_only: true,
      status: 'healthy',
      version: expect.stringMatching(/^2\./),
    });
    expect(await health('workshop')).toMatchObject({ read_only: false, tools: expect.arrayContaining(['query_sql']) });
  });

  it('ends by itself and cleanly on SIGTERM', async () => {
    expect(await server.stop()).toBe(0);
  }, 40_000);
});

describe('start-up', () => {
  it('lists every fault at once and exits 1 without a stack', async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-empty-'));
    cpSync('package.json', path.join(directory, 'package.json'));
    symlinkSync(path.resolve('node_modules'), path.join(directory, 'node_modules'));
    const error = await run(process.execPath, [path.resolve('dist/cli/bin.js'), 'serve'], {
      cwd: directory,
      env: { NODE_ENV: 'production', SERVER_PORT: 'x', ALLOW_UNAUTH_METHODS: 'true' },
    }).then(
      () => undefined,
      (failed: { code: number; stderr: string }) => failed,
    );
    expect(error?.code).toBe(1);
    for (const name of [
      'MSSQL_HOST',
      'MSSQL_USER',
      'MSSQL_PASSWORD',
      'MSSQL_DATABASE',
      'SERVER_PORT',
      'PUBLIC_URL',
      'STATE_KEY',
      'ALLOW_UNAUTH_METHODS',
    ])
      expect(error?.stderr).toContain(`- ${name} `);
    expect(error?.stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    [
      'a tool that does not exist',
      { tools: '[list_tabels]' },
      {},
      /Tenant \w+ lists the tool "list_tabels", which does not exist\. Did you mean "list_tables"\?/,
    ],
    [
      'a host that is not of this machine',
      {},
      { SERVER_HOST: '192.0.2.1' },
      /^SERVER_HOST must be an address of this machine/,
    ],
  ])('refuses %s, without a stack', async (_what, tenant, env, message) => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-refused-'));
    const more = Object.entries(tenant).map(([key, value]) => `, ${key}: ${value}`);
    writeFileSync(
      path.join(directory, 'tenants.yaml'),
      `tenants: [{path: /a, database: {host: h, user: u, password: p, database: d}${more.join('')}}]`,
    );
    const error = await run(process.execPath, [path.resolve('dist/cli/bin.js'), 'serve'], {
      cwd: directory,
      env: { TENANTS_FILE: 'tenants.yaml', METRICS_PORT: '0', SERVER_PORT: '0', LOG_LEVEL: 'silent', ...env },
      timeout: 30_000,
    }).then(
      () => undefined,
      (failed: { code: number; stderr: string }) => failed,
    );
    expect(error?.code).toBe(1);
    expect(error?.stderr).toMatch(message);
    expect(error?.stderr).not.toMatch(/\n\s+at /);
  });
});
