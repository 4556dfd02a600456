import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BrowserPerson } from '../support/browser-person.js';
import { authorizeAs, registeredClient } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';

const SUITE = path.join(import.meta.dirname, '../../node_modules/conformance-alpha/dist/index.js');

describe('the MCP conformance suite for authorization servers', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer()));
  afterAll(() => server.close());

  it('passes without failures or warnings', async () => {
    const base = `${server.url}/demo`;
    const port = await freePort();
    const clientId = await registeredClient(base, { redirect_uris: [`http://127.0.0.1:${port}/callback`] });
    const output = mkdtempSync(path.join(os.tmpdir(), 'mcp-conformance-'));
    const suite = spawn(
      process.execPath,
      [
        SUITE,
        'authorization',
        '--url',
        base,
        '--client-id',
        clientId,
        '--resource',
        `${base}/sse`,
        '--port',
        String(port),
        '-o',
        output,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let text = '';
    let person: Promise<unknown> | undefined;
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      // The suite prints where a person has to go, and waits for the callback.
      const url = new RegExp(`${base}/authorize\\?\\S+`).exec(text)?.[0];
      if (url === undefined || person !== undefined) return;
      person = authorizeAs(new BrowserPerson(server.url), url, DEMO_USER).then(end => fetch(end.url));
    };
    suite.stdout.on('data', read);
    suite.stderr.on('data', read);
    const code = await new Promise(resolve => suite.once('close', resolve));
    await person;
    if (code !== 0) throw new Error(text);
    expect(person).toBeDefined();
    expect(text).toMatch(/0 failed/);
    expect(text).not.toMatch(/[1-9]\d* (?:failed|warnings?)/);
  }, 60_000);
});
