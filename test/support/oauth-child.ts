import { startOAuthServer } from './oauth-server.js';

// A second server process for tests: options by environment, its URL on standard output.
const options = JSON.parse(process.env['OAUTH_CHILD'] ?? '{}') as Parameters<typeof startOAuthServer>[0];
const server = await startOAuthServer(options);
process.stdout.write(`${server.url}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
