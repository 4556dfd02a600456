import { openTestDatabase } from '../support/database.js';
import { toolServices } from '../support/tool-services.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';

it('smoke', async () => {
  const database = await openTestDatabase({ seed: true });
  const tools = await toolServices(database, { settings: { knowledge: 'config/knowledge.example.yaml' } });
  const knowledge = await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(10000));
  console.log(JSON.stringify(knowledge?.proof?.items.filter(i => i.state !== 'proved'), null, 1), knowledge?.proof?.items.length);
  console.log(tools.registry.forTenant(tools.tenant).map(t => t.name));
  for (const [name, args] of [
    ['query_metric', { metric: 'net_revenue', dimensions: ['category'], from: '2025-07-01', to: '2025-09-30' }],
    ['query_metric', { metric: 'revenue', grain: 'quarter', from: '2024', dimensions: ['region'], compare: 'previous_period', limit: 6 }],
    ['query_metric', { metrics: ['order_count', 'ordering_customers', 'cancellation_rate'], grain: 'year' , filters: [{dimension:'country', op:'=', value:'Germany'}]}],
    ['run_query', { name: 'revenue_by_category' }],
    ['customer_retention', { year: 2024 }],
    ['execute_sql', { query: 'SELECT TOP 1 * FROM sales.OrderDetails' }],
  ] as const) {
    const { text } = await tools.call(name, args).catch((e: unknown) => ({ text: JSON.stringify({m: (e as Error).message, h: (e as {hint?: string}).hint, d: (e as {details?: object}).details, c: String((e as Error).cause)}) }));
    console.log(name, text);
  }
  await tools.close();
  await database.close();
}, 60_000);
