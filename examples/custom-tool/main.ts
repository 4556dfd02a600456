import { readProcessConfig, serve } from '../../src/public-api.js';
import { TopCustomersModule } from './top-customers.module.js';

// The whole server, from the same environment, with one tool more.
await serve(readProcessConfig(), [TopCustomersModule]);
