import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { connectClient } from '../support/official-client.js';
import { NO_SIGN_IN } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';

describe('a trend for an official client', () => {
  let database: TestDatabase;
  let server: StartedServer;
  let client: Client;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`CREATE TABLE dbo.Visits (At date NOT NULL, Visitors int NOT NULL)
GO
INSERT INTO dbo.Visits VALUES
${Array.from({ length: 28 }, (_, i) => `('2025-02-${String(i + 1).padStart(2, '0')}', ${100 + 3 * i})`).join(',\n')}`);
    server = await startServer({ database, env: NO_SIGN_IN });
    client = await connectClient(`${server.url}/demo/mcp`);
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await database?.close();
  });

  const ask = (args: object) =>
    client.callTool({
      name: 'analyze_trends',
      arguments: { table: 'Visits', date_column: 'At', metric_column: 'Visitors', to: '2025-02-28', ...args },
    });

  it('is what the output schema says', async () => {
    const { structuredContent, content } = await ask({ period_days: 14 });
    expect(structuredContent).toMatchObject({
      trend: { direction: 'up', slope: 3, r_squared: 1 },
      gaps: [],
      outliers: [],
      previous_period: { from: '2025-02-01', to: '2025-02-14', change: 14 * 14 * 3 },
    });
    const days = (structuredContent as { weekday_pattern: { weekday: string; days: number }[] }).weekday_pattern;
    expect(days.map(({ weekday }) => weekday)).toEqual(
      'monday tuesday wednesday thursday friday saturday sunday'.split(' '),
    );
    expect(JSON.parse((content as { text: string }[])[0]?.text ?? '')).toEqual(structuredContent);
  });

  it('is a text with what to do when it is refused', async () => {
    const { isError, content } = await ask({ metric_column: 'At' });
    expect(isError).toBe(true);
    expect(JSON.parse((content as { text: string }[])[0]?.text ?? '')).toEqual({
      error: {
        code: 'INVALID_ARGUMENT',
        message: 'metric_column: At of dbo.Visits is no number: its type is date.',
        hint: 'Its numeric columns are Visitors.',
        details: { parameter: 'metric_column' },
      },
    });
  });
});
