import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { connectClient } from '../support/official-client.js';
import { NO_SIGN_IN } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';

describe('a plan for an official client', () => {
  let database: TestDatabase;
  let server: StartedServer;
  let client: Client;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`CREATE TABLE dbo.Visits (id int NOT NULL CONSTRAINT PK_Visits PRIMARY KEY, page nvarchar(40) NOT NULL)
GO
INSERT INTO dbo.Visits VALUES (1, N'home'), (2, N'home'), (3, N'shop')`);
    server = await startServer({ database, env: NO_SIGN_IN });
    client = await connectClient(`${server.url}/demo/mcp`);
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await database?.close();
  });

  it('is what the output schema says, and its XML a resource of the same person', async () => {
    const query = "SELECT COUNT(*) AS n FROM dbo.Visits WHERE page = N'home'";
    const { structuredContent, content } = await client.callTool({
      name: 'explain_query',
      arguments: { query, actual: true },
    });
    expect(structuredContent).toMatchObject({
      summary: expect.arrayContaining([expect.stringMatching(/1 returned/)]),
      rows: { actual: 1 },
      plan_uri: expect.stringMatching(/^mssql:\/\/plans\/[\w-]{22}$/),
    });
    expect(JSON.parse((content as { text: string }[])[0]?.text ?? '')).toEqual(structuredContent);
    const { plan_uri: uri } = structuredContent as { plan_uri: string };
    const { contents } = await client.readResource({ uri });
    expect(contents).toEqual([
      { uri, mimeType: 'application/xml', text: expect.stringMatching(/^<ShowPlanXML .*\[Visits\]/) },
    ]);
    expect(JSON.stringify(contents)).not.toContain('home');
    const { resourceTemplates } = await client.listResourceTemplates();
    const templates = resourceTemplates.map(({ uriTemplate }) => uriTemplate);
    expect(templates).toContain('mssql://plans/{id}');
    // Only operators see the plans of others.
    expect(templates).not.toContain('mssql://slow-plans/{source}/{key}');
  });

  it('is an error for a statement that may not run, and for a plan that is gone', async () => {
    const { isError, content } = await client.callTool({
      name: 'explain_query',
      arguments: { query: 'DELETE dbo.Visits' },
    });
    expect(isError).toBe(true);
    expect(JSON.stringify(content)).toContain('READ_ONLY_VIOLATION');
    await expect(client.readResource({ uri: `mssql://plans/${'A'.repeat(22)}` })).rejects.toThrow(
      /no such plan|not found/i,
    );
  });
});
