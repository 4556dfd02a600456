import { startFixtureServer } from './fixture-server.js';

// For runs by hand: `node … test/support/conformance/main.ts`, then the suite against the printed URL.
const { url } = await startFixtureServer({ LOG_LEVEL: 'info' });
process.stdout.write(`${url}\n`);
