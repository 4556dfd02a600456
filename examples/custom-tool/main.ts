import { start } from '@mssql-mcp/server/start';

// Starts the whole server from the same environment, with one more tool.
await start(async () => [(await import('./top-customers.module.js')).TopCustomersModule]);
