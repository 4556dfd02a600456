import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hashPassword } from '../../src/oauth/identity/password.js';
import { putUser } from '../../src/oauth/identity/users-file.js';
import { freePort } from '../support/ports.js';
import { NO_DATABASE, serverEnvironment } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';

interface Ended {
  readonly code: number;
  readonly output: string;
}

const PERSON = { MCP_USER: 'ana', MCP_PASSWORD: 'not-used-anywhere-else' };

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  // The scripts call `node`, which may be any version from Node 20 on.
  const PATH = `${path.dirname(process.execPath)}:${process.env['PATH']}`;
  return new Promise(resolve => {
    execFile(program, args, { env: { PATH, ...PERSON, ...env }, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

describe('scripts/e2e-test.sh', () => {
  let server: StartedServer;
  beforeAll(async () => {
    server = await startServer({ env: { ENVIRONMENT_PATH: '' } });
    await putUser(path.join(server.directory, 'users.json'), {
      name: PERSON.MCP_USER,
      password: await hashPassword(PERSON.MCP_PASSWORD),
    });
  }, 60_000);
  afterAll(() => server.close());

  it('walks a tenant at the root of the server', async () => {
    expect(await run('scripts/e2e-test.sh', [server.url])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/All \d+ steps passed/),
    });
  }, 60_000);

  it('walks a tenant that may write', async () => {
    const writing = await startServer({ env: { READ_ONLY_MODE: 'false' } });
    try {
      await putUser(path.join(writing.directory, 'users.json'), {
        name: PERSON.MCP_USER,
        password: await hashPassword(PERSON.MCP_PASSWORD),
      });
      expect(await run('scripts/e2e-test.sh', [`${writing.url}/demo`])).toMatchObject({
        code: 0,
        output: expect.stringMatching(/All \d+ steps passed/),
      });
    } finally {
      await writing.close();
    }
  }, 60_000);

  it('says that the server does not answer', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await run('scripts/e2e-test.sh', [`${url}/demo`])).toMatchObject({
      code: 1,
      output: expect.stringContaining(`FAILED: ${url} does not answer`),
    });
    expect(await run('node', ['scripts/sign-in.mjs', `${url}/demo`])).toEqual({
      code: 1,
      output: `sign-in: ${url}/demo does not answer (ECONNREFUSED)\n`,
    });
  });
});

it('issues a token with its command, and prints nothing else on standard output', async () => {
  const tokens = ['dist/cli/bin.js', 'tokens'];
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-tokens-'));
  const env: Record<string, string> = {
    ...serverEnvironment(directory),
    ...NO_DATABASE,
    ENVIRONMENT_PATH: '/demo',
    AUDIT_FILE: 'stdout',
  };
  await putUser(env['USERS_FILE'] ?? '', { name: 'ana', password: await hashPassword('not-used-anywhere-else') });
  const issued = await run('node', [...tokens, 'issue', '--user', 'ana'], env);
  expect(issued.code).toBe(0);
  expect(issued.output).toMatch(/^mssqlmcp_\w{49}\n/);
  expect(issued.output).toContain('"event":"token_issued"');
  const { output } = await run('node', [...tokens, 'list'], env);
  expect(output).toMatch(/^[0-9a-f]{18}\tdemo\tana\tsql:read/);
  expect(await run('node', [...tokens, 'revoke', output.slice(0, 18)], env)).toMatchObject({ code: 0 });
  expect(await run('node', [...tokens, 'revoke', output.slice(0, 18)], env)).toMatchObject({ code: 1 });
});
