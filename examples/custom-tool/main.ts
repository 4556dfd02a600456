import { start } from '@mssql-mcp/server/start';

// Starts the whole server from the same environment, with two more tools.
await start(async () => [
  (await import('./top-customers.module.js')).TopCustomersModule,
  (await import('./customer-orders.module.js')).CustomerOrdersModule,
]);
