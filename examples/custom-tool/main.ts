import { start } from '../../src/start.js';

// The whole server, from the same environment, with one tool more.
await start(async () => [(await import('./top-customers.module.js')).TopCustomersModule]);
