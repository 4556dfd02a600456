import { startFixtureServer } from './fixture-server.js';

// `node … test/support/conformance/main.ts` starts a server for running the suite by hand, and prints its URL.
const { url } = await startFixtureServer({ LOG_LEVEL: 'info' });
process.stdout.write(`${url}\n`);
