import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { testTenant } from '../../test/support/database.js';
import { ConfigModule } from '../config/config.module.js';
import { ServerConfig } from '../config/server.config.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import { QueryEvents } from '../database/query-events.js';
import type { StatementReport } from '../database/statement-report.js';
import { MetricsModule } from './metrics.module.js';
import { MetricsService } from './metrics.service.js';

const REPORT: StatementReport = {
  kind: 'read',
  statement: "SELECT name FROM dbo.People WHERE name = 'Ann Secret'",
  parameterTypes: { person: 'nvarchar(50)' },
  verdict: 'allowed',
  rows: 3,
  bytes: 120,
  seconds: 0.02,
  affectedRows: [],
};

describe('the metrics', () => {
  let module: TestingModule;
  let metrics: MetricsService;

  beforeEach(async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-metrics-'));
    const config = Object.assign(new ServerConfig(), {
      host: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:8008',
      metricsPort: 0,
      tenants: [testTenant(new DatabaseConfig()).config],
      adoptsPath: false,
      auditFile: path.join(directory, 'audit.jsonl'),
    });
    module = await Test.createTestingModule({ imports: [ConfigModule.forRoot(config), MetricsModule] }).compile();
    metrics = module.get(MetricsService);
  });
  afterEach(() => module.close());

  const samples = async (): Promise<readonly string[]> =>
    (await metrics.render()).body.split('\n').filter(line => line.startsWith('mcp_'));

  it('count every statement once, by its outcome', async () => {
    metrics.statement('demo', REPORT);
    metrics.statement('demo', { ...REPORT, rows: 0, bytes: 0, truncatedBy: 'rows' });
    metrics.statement('demo', {
      ...REPORT,
      verdict: 'refused',
      rule: 'first-word',
      error: 'READ_ONLY_VIOLATION',
      rows: 0,
    });
    metrics.statement('demo', { ...REPORT, error: 'TIMEOUT', rows: 0, bytes: 0 });
    expect(await samples()).toEqual(
      expect.arrayContaining([
        'mcp_rows_returned_total{tenant="demo"} 3',
        'mcp_truncations_total{tenant="demo",limit="rows"} 1',
        'mcp_statement_refusals_total{tenant="demo",rule="first-word"} 1',
        'mcp_statement_errors_total{tenant="demo",error="TIMEOUT"} 1',
        // A refused statement did not run, so it has no duration.
        'mcp_query_duration_seconds_count{tenant="demo",kind="read"} 3',
      ]),
    );
  });

  it('count a tool call once, and a question to the person as a successful call', async () => {
    const call = { tenant: 'demo', method: 'tools/call', tool: 'execute_sql', seconds: 0.3 };
    metrics.invocation({ ...call, outcome: 'ok' });
    metrics.invocation({ ...call, outcome: 'asked' });
    metrics.invocation({ ...call, outcome: 'error' });
    expect(await samples()).toEqual(
      expect.arrayContaining([
        'mcp_tool_calls_total{tenant="demo",tool="execute_sql",outcome="ok"} 2',
        'mcp_tool_calls_total{tenant="demo",tool="execute_sql",outcome="error"} 1',
        'mcp_tool_duration_seconds_count{tenant="demo",tool="execute_sql"} 3',
        'mcp_tool_duration_seconds_bucket{le="0.5",tenant="demo",tool="execute_sql"} 3',
        'mcp_tool_duration_seconds_bucket{le="0.25",tenant="demo",tool="execute_sql"} 0',
      ]),
    );
  });

  it('show how many streams are open, and how long the closed ones were open', async () => {
    metrics.streamOpened('demo');
    metrics.streamOpened('demo');
    metrics.streamClosed('demo', 30);
    expect(await samples()).toEqual(
      expect.arrayContaining([
        'mcp_sse_streams_active{tenant="demo"} 1',
        'mcp_sse_stream_duration_seconds_sum{tenant="demo"} 30',
      ]),
    );
  });

  it('count failed connections and show a login that can write, as the database layer reports them', async () => {
    const events = module.get(QueryEvents);
    events.connectionFailed('demo');
    events.writableLogin('demo', true);
    events.cancelIgnored('demo');
    expect(await samples()).toEqual(
      expect.arrayContaining([
        'mcp_database_connection_failures_total{tenant="demo"} 1',
        'mcp_database_login_can_write{tenant="demo"} 1',
        'mcp_database_cancels_ignored_total{tenant="demo"} 1',
        'mcp_database_pool_in_use{tenant="demo"} 0',
        'mcp_database_pool_waiting{tenant="demo"} 0',
      ]),
    );
  });

  it('have no person, statement, parameter or value in their labels', async () => {
    metrics.statement('demo', REPORT);
    metrics.invocation({ tenant: 'demo', method: 'resources/read', tool: 'unknown', outcome: 'ok', seconds: 0.1 });
    metrics.signInFailed('demo');
    metrics.tokenIssued('demo', 'refresh_token');
    metrics.tokenRefused('demo', 'invalid_grant');
    const { body } = await metrics.render();
    expect(body).not.toMatch(/Secret|People|SELECT|person/);
    const labels = (await samples()).flatMap(line => [...line.matchAll(/(\w+)="/g)].map(([, label]) => label ?? ''));
    const known = ['tenant', 'tool', 'method', 'outcome', 'kind', 'limit', 'rule', 'error', 'grant', 'reason', 'le'];
    expect(labels.filter(label => !known.includes(label))).toEqual([]);
  });

  it('begin at zero in every instance of the application', async () => {
    metrics.signInFailed('demo');
    expect(await samples()).toContain('mcp_sign_ins_failed_total{tenant="demo"} 1');
    const other = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(module.get(ServerConfig)), MetricsModule],
    }).compile();
    expect((await other.get(MetricsService).render()).body).not.toContain('mcp_sign_ins_failed_total{');
    await other.close();
  });
});
