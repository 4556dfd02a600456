import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DocumentFetcher } from '../../src/oauth/authorization-server/clients/document-fetcher.js';
import { trustedCertificate } from './certificate.js';
import { authorizeUrl, pkce } from './oauth-login.js';
import { startOAuthServer } from './oauth-server.js';

// Checks whether a document of a listed host is fetched if the name resolves to this machine. This runs outside Jest,
// because its globals don't have the dispatcher of fetch.
const REDIRECT = 'https://claude.ai/callback';
const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-ssrf-'));
await trustedCertificate(directory, 'localhost');
const [key, cert] = ['privkey.pem', 'fullchain.pem'].map(name => readFileSync(path.join(directory, name)));
const asked: string[] = [];
const inside = createServer({ key: key ?? '', cert: cert ?? '' }, (req, res) => {
  asked.push(req.url ?? '');
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify({ client_id: `https://localhost${req.url}`, client_name: 'x', redirect_uris: [REDIRECT] }));
});
await new Promise<void>(resolve => inside.listen(0, '127.0.0.1', resolve));
const { port } = inside.address() as AddressInfo;

const server = await startOAuthServer({ env: { CIMD_ALLOWED_HOSTS: 'localhost' } });
const documents = server.app.get(DocumentFetcher);
const { send } = documents;
documents.send = (url, options) => send(String(url).replace('https://localhost', `https://localhost:${port}`), options);

const control = (await fetch(`https://localhost:${port}/control`)).status;
const ask = async (path: string): Promise<number> => {
  const url = authorizeUrl(`${server.url}/demo`, {
    client_id: `https://localhost${path}`,
    code_challenge: pkce().challenge,
    redirect_uri: REDIRECT,
  });
  return (await fetch(url, { redirect: 'manual' })).status;
};
const statuses = [await ask('/one'), await ask('/two')];
process.stdout.write(`${JSON.stringify({ control, statuses, asked })}\n`);
await server.close();
inside.closeAllConnections();
inside.close();
