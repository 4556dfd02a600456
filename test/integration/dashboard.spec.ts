import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { MetricsServer } from '../../src/metrics/metrics.server.js';
import { hashPassword } from '../../src/oauth/identity/password.js';
import { putUser } from '../../src/oauth/identity/users-file.js';
import { post, rpc } from '../support/conformance/wire.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { signIn } from '../support/oauth-login.js';
import { freePort } from '../support/ports.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { describeWith, findProgram } from '../support/system-programs.js';
import { until } from '../support/until.js';

const DASHBOARD = 'docker/grafana/dashboards/mssql-mcp.json';
const PERSON = { username: 'demo', password: 'correct horse battery' };

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}
const dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard;
const queries = dashboard.panels.flatMap(panel =>
  (panel.targets ?? []).map(target => [panel.title, target.expr] as const),
);

/** The values of Grafana's variables when every tenant is chosen. */
const rendered = (expression: string) =>
  expression.replaceAll('$tenant', '.*').replaceAll('$__rate_interval', '1m').replaceAll('$__range', '1h');

describe('the layout of the dashboard', () => {
  it('gives each panel its own id and position, and each query a letter', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(panel => panel.id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)}/${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (const { targets = [] } of panels)
      expect(new Set(targets.map(target => target.refId)).size).toBe(targets.length);
  });
});

describeWith(['prometheus', 'promtool'], 'the dashboard and the alerts in a real Prometheus', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-prometheus-'));
  let database: TestDatabase;
  let server: StartedServer;
  let prometheus: ChildProcess;
  let said = '';
  let url: string;

  const ask = async (expression: string) => {
    const reply = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const body = (await reply.json()) as { error?: string; data?: { result: { value: [number, string] }[] } };
    if (body.data === undefined) throw new Error(`${expression}: ${body.error}`);
    return body.data.result.map(({ value }) => Number(value[1]));
  };

  /** Causes every event that a metric counts, once. */
  async function traffic(): Promise<void> {
    const { accessToken } = await signIn({ url: server.url, tenant: 'demo', ...PERSON });
    const headers = { authorization: `Bearer ${accessToken}`, 'mcp-protocol-version': '2025-06-18' };
    const call = (query: string, more: object = {}) =>
      post(
        `${server.url}/demo/sse`,
        rpc('tools/call', { name: 'execute_sql', arguments: { query, ...more } }),
        headers,
      );
    await call('SELECT * FROM sys.objects', { max_rows: 1 });
    await call('DELETE FROM dbo.nothing');
    await call('SELECT * FROM dbo.there_is_no_such_table');
    await post(`${server.url}/demo/sse`, rpc('resources/read', { uri: 'mssql://demo/schema' }), headers);
    await fetch(`${server.url}/demo/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://nobody.example/callback'] }),
    });
    const abort = new AbortController();
    const stream = await fetch(`${server.url}/demo/sse`, {
      headers: { authorization: `Bearer ${accessToken}`, accept: 'text/event-stream' },
      signal: abort.signal,
    });
    expect(stream.status).toBe(200);
    abort.abort();
    await signIn({ url: server.url, tenant: 'demo', ...PERSON, password: 'wrong' }).catch(() => undefined);
    await fetch(`${server.url}/demo/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=authorization_code&client_id=nobody&code=x&code_verifier=y&redirect_uri=http://127.0.0.1/',
    });
    await fetch(`${server.url}/broken/health`);
  }

  beforeAll(async () => {
    database = await openTestDatabase({ seed: 'demo' });
    const { host, port, user, password, database: name } = database.config;
    const access = { user, password: '${PASSWORD}', database: name, trust_server_certificate: true };
    const tenantsFile = path.join(directory, 'tenants.yaml');
    const tenants = [
      { path: '/demo', database: { host, port, ...access }, knowledge: 'config/knowledge.example.yaml' },
      { path: '/broken', database: { host: '127.0.0.1', port: await freePort(), ...access } },
    ];
    writeFileSync(tenantsFile, stringify({ tenants }));
    const usersFile = path.join(directory, 'users.json');
    await putUser(usersFile, { name: PERSON.username, password: await hashPassword(PERSON.password) });
    server = await startServer({
      database,
      // Each write to /dev/full fails with ENOSPC, as on a full disk. Reads go on, and the metric counts the failures.
      env: { TENANTS_FILE: tenantsFile, PASSWORD: password, USERS_FILE: usersFile, AUDIT_FILE: '/dev/full' },
    });
    await traffic();
    const metricsPort = server.app.get(MetricsServer).port;
    const own = await freePort();
    url = `http://127.0.0.1:${own}`;
    cpSync('docker/prometheus/alerts.yml', path.join(directory, 'alerts.yml'));
    // The deployment's file, with this server as the target and a shorter interval.
    const config = readFileSync('docker/prometheus/prometheus.yml', 'utf8')
      .replace(/targets: \[[^\]]*\]/, `targets: ["127.0.0.1:${metricsPort}"]`)
      .replace('scrape_interval: 15s', 'scrape_interval: 1s')
      .replace('evaluation_interval: 30s', 'evaluation_interval: 1s')
      .replace('/etc/prometheus/alerts.yml', path.join(directory, 'alerts.yml'));
    writeFileSync(path.join(directory, 'prometheus.yml'), config);
    prometheus = spawn(
      findProgram('prometheus') ?? '',
      [
        `--config.file=${directory}/prometheus.yml`,
        `--storage.tsdb.path=${directory}/data`,
        `--web.listen-address=127.0.0.1:${own}`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    prometheus.stderr?.on('data', chunk => (said = (said + String(chunk)).slice(-5_000)));
    await until(
      'Prometheus has scraped the server',
      async () => {
        if (prometheus.exitCode !== null) throw new Error(said);
        return (await ask('up{job="mssql-mcp"} == 1').catch(() => [])).length === 1;
      },
      30_000,
    );
    // Between two scrapes, so that rates are above 0.
    await traffic();
    await until(
      'a scrape has seen the second round',
      async () => {
        const [rate = 0] = await ask('sum(rate(mcp_sign_ins_failed_total[1m]))');
        return rate > 0;
      },
      30_000,
    );
  }, 120_000);

  afterAll(async () => {
    prometheus?.kill('SIGKILL');
    if (prometheus !== undefined && prometheus.exitCode === null) await once(prometheus, 'exit');
    await server?.close();
    await database?.close();
  });

  it.each(queries)('%s: %s', async (_title, expression) => {
    // Series that begin with an event of the process (a garbage collection) may need another scrape or two.
    await until('it gives a number', async () => (await ask(rendered(expression))).some(Number.isFinite), 20_000);
  });

  it('lists the tenants that can be chosen', async () => {
    const definition = dashboard.templating.list.find(({ name }) => name === 'tenant')?.definition ?? '';
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    const reply = await fetch(`${url}/api/v1/label/${label}/values?match[]=${metric}`);
    expect(await reply.json()).toMatchObject({ data: ['broken', 'demo'] });
  });

  it('uses only metrics that the server has, and so do the alerts', async () => {
    const reply = await fetch(`${url}/api/v1/label/__name__/values?match[]={job="mssql-mcp",__name__=~"mcp_.*"}`);
    const { data } = (await reply.json()) as { data: string[] };
    const known = new Set(data);
    const alerts = readFileSync('docker/prometheus/alerts.yml', 'utf8');
    const named = [...queries.map(([, expression]) => expression), alerts].flatMap(
      text => text.match(/\bmcp_\w+/g) ?? [],
    );
    expect(named.filter(name => !known.has(name))).toEqual([]);
  });

  it('evaluates the alerts, and raises the alert about the audit trail', async () => {
    await promisify(execFile)(findProgram('promtool') ?? '', ['check', 'config', `${directory}/prometheus.yml`]);
    await until(
      'the rules are evaluated',
      async () => {
        const reply = await fetch(`${url}/api/v1/rules`);
        const { data } = (await reply.json()) as {
          data: { groups: { rules: { name: string; health: string; state: string; lastError?: string }[] }[] };
        };
        const rules = data.groups.flatMap(group => group.rules);
        for (const rule of rules) expect(rule.lastError ?? '').toBe('');
        return (
          rules.length >= 6 &&
          rules.every(rule => rule.health === 'ok') &&
          rules.some(rule => rule.name === 'McpAuditFailing' && rule.state === 'firing')
        );
      },
      30_000,
    );
  });
});
