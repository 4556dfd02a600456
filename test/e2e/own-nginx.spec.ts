import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { hashPassword } from '../../src/oauth/identity/password.js';
import { putUser } from '../../src/oauth/identity/users-file.js';
import { listening } from '../support/nginx.js';
import { freePort } from '../support/ports.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { describeWith, findProgram } from '../support/system-programs.js';

const run = promisify(execFile);
const PERSON = { MCP_USER: 'ana', MCP_PASSWORD: 'not-used-anywhere-else' };

/** The configuration that docs/multi-tenant.md shows, with the addresses of this test. */
function configuration(directory: string, port: number, server: string): string {
  const [, locations = ''] = /```nginx\n([\s\S]*?)```/.exec(readFileSync('docs/multi-tenant.md', 'utf8')) ?? [];
  expect(locations).toContain('X-Environment-Path');
  return `pid ${directory}/pid; error_log stderr; daemon off; user root; events {}
http { access_log off; server { listen 127.0.0.1:${port};
${locations.replaceAll('http://127.0.0.1:8008', server)}
} }`;
}

describeWith(['nginx', 'curl'], 'behind an nginx that strips the prefix', () => {
  describe.each([
    ['with ENVIRONMENT_PATH', '/demo'],
    ['with the path from the header', 'from-proxy'],
  ])('%s', (_how, ENVIRONMENT_PATH) => {
    let server: StartedServer;
    let nginx: ChildProcess;
    let url: string;

    beforeAll(async () => {
      const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-own-nginx-'));
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      server = await startServer({ env: { ENVIRONMENT_PATH, PUBLIC_URL: url } });
      await putUser(path.join(server.directory, 'users.json'), {
        name: PERSON.MCP_USER,
        password: await hashPassword(PERSON.MCP_PASSWORD),
      });
      const file = path.join(directory, 'nginx.conf');
      const { port: inner } = (server.app.getHttpServer() as { address(): { port: number } }).address();
      writeFileSync(file, configuration(directory, port, `http://127.0.0.1:${inner}`));
      nginx = spawn(findProgram('nginx') ?? '', ['-p', directory, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
      await listening(nginx, port);
    }, 60_000);

    afterAll(async () => {
      nginx?.kill();
      if (nginx !== undefined && nginx.exitCode === null) await once(nginx, 'exit');
      await server?.close();
    });

    it('accepts the path from the proxy and not from a client', async () => {
      const headers = { 'x-environment-path': '/other' };
      // This request must be the first, because a tenant without a path keeps the first path that it gets.
      await fetch(`${url}/.well-known/oauth-protected-resource/other/sse`, { headers });
      expect((await fetch(`${url}/demo/health`, { headers })).status).toBe(200);
      expect(await (await fetch(`${url}/demo/.well-known/oauth-protected-resource`)).json()).toMatchObject({
        resource: `${url}/demo/sse`,
      });
    });

    it('passes every step of a client', async () => {
      const env = { ...PERSON, PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` };
      expect((await run('scripts/e2e-test.sh', [`${url}/demo`], { env })).stdout).toMatch(/All \d+ steps passed/);
    }, 60_000);

    it('answers discovery at each form of the address that reaches it', async () => {
      for (const form of [
        '/demo/.well-known/oauth-authorization-server',
        '/.well-known/oauth-authorization-server/demo',
        '/demo/sse/.well-known/oauth-authorization-server',
      ])
        expect([form, await (await fetch(url + form)).json()]).toEqual([
          form,
          expect.objectContaining({ issuer: `${url}/demo`, token_endpoint: `${url}/demo/token` }),
        ]);
      for (const form of [
        '/demo/.well-known/oauth-protected-resource',
        '/.well-known/oauth-protected-resource/demo/sse',
      ])
        expect([form, await (await fetch(url + form)).json()]).toEqual([
          form,
          expect.objectContaining({ resource: `${url}/demo/sse` }),
        ]);
    });
  });
});
