import { testTenant } from '../../test/support/database.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import { HttpConfig } from '../config/namespaces/http.config.js';
import { OAuthConfig } from '../config/namespaces/oauth.config.js';
import type { DatabaseReport, DatabaseStatus } from '../database/connection/database-status.js';
import type { ToolDescriptor, ToolRegistry } from '../tools/tool.registry.js';
import { HealthReport } from './health-report.js';

const tools = {
  forTenant: () => ['execute_sql', 'list_tables'].map(name => ({ name }) as ToolDescriptor),
} as unknown as ToolRegistry;

const reportWith = (
  status: DatabaseReport['status'],
  readOnly: boolean,
  oauth: object = {},
  more: Partial<DatabaseReport> = {},
) => {
  const databases = {
    check: async () => ({ status, name: 'Shop', missing: [], unavailable: [], writable: [], ...more }),
  } as unknown as DatabaseStatus;
  const config = Object.assign(new OAuthConfig(), oauth);
  return new HealthReport(databases, tools, config, new HttpConfig()).of(
    testTenant(new DatabaseConfig(), { readOnly }),
  );
};

describe('the health document', () => {
  it('has every field that monitors read', async () => {
    const before = Date.now();
    const { healthy, document } = await reportWith('connected', true);
    expect(healthy).toBe(true);
    // The whole document: monitors rely on it, and so a further field would be a change too.
    expect(document).toEqual({
      status: 'healthy',
      timestamp: expect.any(String),
      uptime_seconds: expect.any(Number),
      version: expect.stringMatching(/^[2-9]\.\d+\.\d+/),
      protocol: 'MCP 2025-06-18',
      mcp_version: '2025-06-18',
      mcp_versions: expect.arrayContaining(['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28']),
      transport: 'sse',
      oauth: 'enabled',
      database: { status: 'connected', name: 'Shop', read_only: true },
      read_only: true,
      tools: ['execute_sql', 'list_tables'],
    });
    const { timestamp, uptime_seconds } = document as { timestamp: string; uptime_seconds: number };
    expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before);
    expect(Number.isInteger(uptime_seconds)).toBe(true);
  });

  it('warns of calls without sign-in from other machines', async () => {
    const { document } = await reportWith('connected', true, { allowUnauthMethods: true });
    expect(document).toMatchObject({ warnings: [expect.stringContaining('ALLOW_UNAUTH_METHODS')] });
  });

  it('names the databases of the tenant that can not be opened', async () => {
    const { healthy, document } = await reportWith('connected', true, {}, { unavailable: ['Archive'] });
    expect(healthy).toBe(true);
    expect(document).toMatchObject({ database: { name: 'Shop', unavailable: ['Archive'] } });
  });

  it('says how users are told apart where the database needs a connection for each', async () => {
    const { document } = await reportWith('connected', true, {}, { sessionContext: 'connection_per_user' });
    expect(document).toMatchObject({
      database: { status: 'connected', name: 'Shop', read_only: true, session_context: 'connection_per_user' },
    });
  });

  it('is degraded, with the same fields, when the database does not answer', async () => {
    const { healthy, document } = await reportWith('disconnected', false);
    expect(healthy).toBe(false);
    expect(document).toMatchObject({
      status: 'degraded',
      database: { status: 'disconnected', name: 'Shop', read_only: false },
      read_only: false,
    });
    expect(Object.keys(document)).toEqual(Object.keys((await reportWith('connected', false)).document));
  });
});
