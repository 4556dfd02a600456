import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyTrail } from '../../src/audit/verify-trail.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { MetricsServerModule } from '../../src/metrics/metrics-server.module.js';
import { MetricsServer } from '../../src/metrics/metrics.server.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

describe('the audit trail and the metrics of a call', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute('CREATE TABLE dbo.T (id int NOT NULL PRIMARY KEY, word nvarchar(40) NULL)');
    await database.execute("INSERT INTO dbo.T VALUES (1, N'planted-row-value')");
    tools = await toolServices(database, {
      settings: { readOnly: false, confirmWrites: 'false' },
      imports: [MetricsServerModule],
    });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const trail = (services = tools) =>
    wholeLines(readFileSync(path.join(services.directory, 'audit.jsonl'), 'utf8')).map(
      line => JSON.parse(line) as Record<string, unknown>,
    );
  /** The lines of one call. The outcome is written after the response. */
  const linesOf = async (requestId: string, services = tools) => {
    let lines: ReturnType<typeof trail> = [];
    await until(`the outcome of ${requestId} is written`, () => {
      lines = trail(services).filter(line => line.request_id === requestId);
      return lines.some(line => line.type === 'outcome');
    });
    return lines;
  };

  it('have an intent and an outcome under one request id', async () => {
    const query = 'SELECT word FROM dbo.T WHERE id = @id';
    await tools.call('query_sql', { query, parameters: { id: 1 } }, { requestId: 'r1' });
    const [intent, outcome] = await linesOf('r1');
    expect(intent).toMatchObject({
      type: 'intent',
      principal: 'ann',
      client: 'test-client',
      tenant: 'demo',
      tool: 'query_sql',
      statement: query,
    });
    expect(outcome).toMatchObject({
      type: 'outcome',
      outcome: 'ok',
      rows: 1,
      statements: [{ kind: 'read', verdict: 'allowed', text: query, parameters: { id: 'int' }, rows: 1 }],
    });
    expect(outcome?.bytes).toBeGreaterThan(0);
    expect(outcome?.duration_ms).toBeGreaterThan(0);
  });

  it('have the rule of a refusal and the number of an error', async () => {
    await expect(tools.call('query_sql', { query: 'DELETE FROM dbo.T' }, { requestId: 'r2' })).rejects.toBeDefined();
    expect((await linesOf('r2'))[1]).toMatchObject({
      outcome: 'refused',
      error: 'READ_ONLY_VIOLATION',
      rule: 'first-word',
    });
    await expect(tools.call('query_sql', { query: 'SELECT nothing' }, { requestId: 'r3' })).rejects.toBeDefined();
    expect((await linesOf('r3'))[1]).toMatchObject({ outcome: 'error', error: 'SQL_ERROR', sql_error: 207 });
    await expect(tools.call('no_such_tool', {}, { requestId: 'r4' })).rejects.toBeDefined();
    expect((await linesOf('r4')).map(line => line.type)).toEqual(['intent', 'outcome']);
    await expect(
      tools.call(
        'execute_sql',
        { query: 'x' },
        { requestId: 'r5', principal: testPrincipal('ann', { scopes: new Set(['sql:read']) }) },
      ),
    ).rejects.toBeDefined();
    expect((await linesOf('r5'))[1]).toMatchObject({ outcome: 'refused', error: 'INSUFFICIENT_SCOPE' });
  });

  it('have no values of parameters or rows', async () => {
    const parameters = { w: 'planted-parameter' };
    await tools.call('execute_sql', { query: 'UPDATE dbo.T SET word = @w WHERE id = 2', parameters });
    await tools.call('query_sql', { query: 'SELECT word FROM dbo.T' });
    expect(JSON.stringify(trail())).not.toMatch(/planted/);
  });

  it('leave out the text of statements if the tenant is configured so', async () => {
    const quiet = await toolServices(database, { settings: { auditStatementText: false } });
    await quiet.call('execute_sql', { query: 'SELECT 12345 AS secret_number' }, { requestId: 'q' });
    await quiet.close();
    expect(JSON.stringify(trail(quiet))).not.toContain('12345');
    expect((await linesOf('q', quiet))[0]?.statement_hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are a chain that can be verified', async () => {
    const own = await toolServices(database);
    await Promise.all(Array.from({ length: 20 }, (_, i) => own.call('execute_sql', { query: `SELECT ${i}` })));
    await own.close();
    const report = await verifyTrail([path.join(own.directory, 'audit.jsonl')]);
    expect(report).toMatchObject({ lines: 43, faults: [], unfinished: [], open: [] });
  });

  it('prevent a change when the intent cannot be recorded, but not a read', async () => {
    const own = await toolServices(database, { settings: { readOnly: false, confirmWrites: 'false' } });
    // A file in the place of the directory.
    const file = path.join(own.directory, 'audit.jsonl');
    rmSync(own.directory, { recursive: true, force: true });
    writeFileSync(own.directory, 'no directory');
    chmodSync(own.directory, 0o600);
    expect(own.module.get(AuditService)).toBeDefined();
    await expect(own.call('execute_sql', { query: 'DELETE FROM dbo.T' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect((await own.call('query_sql', { query: 'SELECT COUNT(*) FROM dbo.T' })).data.rows).toEqual([[1]]);
    expect(() => readFileSync(file)).toThrow();
    await own.close();
  });

  it('count the call in the metrics', async () => {
    await tools.call('query_sql', { query: 'SELECT TOP 1 * FROM dbo.T' });
    const response = await fetch(`http://127.0.0.1:${tools.module.get(MetricsServer).port}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/mcp_tool_calls_total\{tenant="demo",tool="query_sql",outcome="ok"\} [1-9]/);
    expect(text).toMatch(/mcp_statement_refusals_total\{tenant="demo",rule="first-word"\} 1/);
    expect(text).toMatch(/mcp_tool_calls_total\{tenant="demo",tool="unknown",outcome="refused"\} 1/);
    expect(text).toMatch(/mcp_database_pool_in_use\{tenant="demo"\} \d/);
    expect(text).toMatch(/mcp_query_duration_seconds_count\{tenant="demo",kind="read"\} [1-9]/);
    expect(text).toMatch(/mcp_database_login_can_write\{tenant="demo"\} 1/);
    expect(text).not.toMatch(/planted|ann|SELECT/);
    const other = await fetch(`http://127.0.0.1:${tools.module.get(MetricsServer).port}/other`);
    expect(other.status).toBe(404);
  });
});
