import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { customers, orderDetails, orders } from '../../sandbox/src/seed/shop-rows.js';
import { PROCEDURES } from '../../sandbox/src/seed/procedures.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { connectClient } from '../support/official-client.js';
import { NO_SIGN_IN } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { wholeLines } from '../support/whole-lines.js';

/** The value of a country's orders by customer, in ten-thousandths, from the raw rows. */
function totals(country: string): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const { order, price, quantity, discount } of orderDetails) {
    const placed = orders.find(({ id }) => id === order);
    const customer = customers.find(({ id }) => id === placed?.customer);
    if (placed === undefined || placed.status === 'cancelled' || customer?.country !== country) continue;
    const value = Math.round(price * 100 * quantity * (100 - discount * 100));
    sums.set(customer.name, (sums.get(customer.name) ?? 0) + value);
  }
  return [...sums].sort(([, a], [, b]) => b - a);
}

describe('a procedure of the sample database, with the official client', () => {
  let database: TestDatabase;
  let server: StartedServer;
  let client: Client;

  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    // Only the sandbox adds it to the shop.
    if (!database.sandbox) for (const procedure of PROCEDURES) await database.execute(procedure);
    server = await startServer({ database, env: { KNOWLEDGE_FILE: 'config/knowledge.example.yaml', ...NO_SIGN_IN } });
    const tenant = server.app.get(TenantsService).all()[0]!;
    await server.app.get(KnowledgeService).proved(tenant, AbortSignal.timeout(20_000));
    client = await connectClient(`${server.url}/demo/mcp`);
  }, 60_000);
  afterAll(async () => {
    await client.close();
    await server.close();
    await database.close();
  });

  it('is listed with its parameters as the database declares them', async () => {
    const { tools } = await client.listTools();
    expect(tools.find(({ name }) => name === 'top_customers')).toMatchObject({
      title: 'Top customers',
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
      inputSchema: {
        type: 'object',
        additionalProperties: false,
        properties: {
          country: { type: 'string', description: 'as sales.Customers writes it; nvarchar(40); usually NULL' },
          count: { type: 'integer', description: 'how many customers are listed; int; usually 5' },
        },
      },
    });
  });

  it('answers with its rows, its output and its return value, and the trail has the call without values', async () => {
    const country = 'Germany';
    const wanted = totals(country);
    const { structuredContent, content } = await client.callTool({
      name: 'top_customers',
      arguments: { country, count: 3 },
    });
    expect(structuredContent).toMatchObject({
      columns: [
        { name: 'CompanyName', type: 'nvarchar(80)' },
        { name: 'Orders', type: 'int' },
        { name: 'Total', type: 'decimal(19,4)' },
      ],
      output: { customers: wanted.length },
      return_value: 0,
      truncated: false,
      definition: { name: 'top_customers', owner: 'ana' },
    });
    const { rows } = structuredContent as { rows: [string, number, number][] };
    expect(rows.map(([name, , total]) => [name, total])).toEqual(
      wanted.slice(0, 3).map(([name, sum]) => [name, sum / 10_000]),
    );
    expect(JSON.parse((content as { text: string }[])[0]?.text ?? '')).toEqual(structuredContent);
    const trail = wholeLines(readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8'))
      .map(line => JSON.parse(line) as Record<string, unknown>)
      .filter(({ tool }) => tool === 'top_customers');
    expect(trail).not.toEqual([]);
    const text = JSON.stringify(trail);
    expect(text).toContain(
      'EXEC [sales].[TopCustomers] @country = @country, @count = @count, @customers = @customers OUTPUT',
    );
    expect(text).not.toContain(country);
  });

  it('is named by the refusal of an EXEC', async () => {
    const { isError, content } = await client.callTool({
      name: 'execute_sql',
      arguments: { query: "EXEC sales.TopCustomers @country = N'Germany'" },
    });
    expect(isError).toBe(true);
    expect(JSON.stringify(content)).toContain('Call the tool top_customers, which runs this procedure.');
  });
});
