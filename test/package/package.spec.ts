import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/ports.js';
import { databaseEnvironment, NO_DATABASE, NO_SIGN_IN, serverEnvironment } from '../support/server-environment.js';
import { until } from '../support/until.js';
import { type InstalledPackage, installPackage, npm, run, shellEnvironment } from './installed-package.js';

const { name: NAME, version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>;
const WINDOWS = process.platform === 'win32';

/** One packing and one installation for all tests of the package. */
let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
}, 300_000);
afterAll(() => installed?.remove());

describe('the tarball', () => {
  it('has the server, the sandbox and the scripts that the demo names, and no tests or sources', () => {
    for (const file of [
      'package.json',
      'README.md',
      'LICENSE',
      'dist/cli/bin.js',
      'dist/public-api.d.ts',
      'dist/start.d.ts',
      'sandbox/dist/index.js',
      'scripts/sign-in.mjs',
      'scripts/e2e-test.sh',
    ])
      expect(installed.files).toContain(file);
    const strange = installed.files.filter(
      file =>
        /\bspec\b|fixture|^(?:src|test|bench|docker)\//.test(file) || (file.endsWith('.ts') && !/\.d\.ts$/.test(file)),
    );
    expect(strange).toEqual([]);
  });
});

describe('mssql-mcp', () => {
  it('is on the path of npx', async () => {
    const { stdout } = await npm(['mssql-mcp', '--version'], installed.directory, 'npx');
    expect(stdout.trim()).toBe(VERSION);
  });

  it('lists its commands, and has help for each', async () => {
    const { code, stdout } = await installed.run(['--help']);
    expect(code).toBe(0);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name = '']) => name);
    expect(names).toEqual(
      expect.arrayContaining(['demo', 'serve', 'doctor', 'users', 'tokens', 'audit', 'completion']),
    );
    for (const name of names) {
      const help = await installed.run([name, '--help']);
      expect(help).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(new RegExp(`^Usage: mssql-mcp ${name}\\b`)),
      });
      expect(help.stdout).toMatch(/^Exit codes: /m);
      expect(await installed.run(['help', name])).toEqual(help);
    }
  }, 60_000);

  it('prints help without any of its dependencies, so that it is quick', async () => {
    const home = path.join(path.dirname(installed.bin), '..', '..');
    const apart = mkdtempSync(path.join(os.tmpdir(), 'mcp-bare-'));
    cpSync(path.join(home, 'dist'), path.join(apart, 'dist'), { recursive: true });
    cpSync(path.join(home, 'package.json'), path.join(apart, 'package.json'));
    const bin = path.join(apart, 'dist', 'cli', 'bin.js');
    expect(await run(process.execPath, [bin, '--help'])).toEqual(await installed.run(['--help']));
    expect(await run(process.execPath, [bin, 'serve'])).toMatchObject({ code: 1 });
  });

  it.each(['18.20.8', '20.20.2', '22.22.0', '23.11.1'])('says to users of Node.js %s what to do', async version => {
    const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
    const ended = await run(process.execPath, ['--import', older, installed.bin, 'demo']);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^mssql-mcp needs Node\.js 24 or later/);
    expect(ended.stderr).toContain(`--package=${NAME} `);
  });

  it('refuses an unknown command with the nearest name', async () => {
    expect(await installed.run(['docter'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'mssql-mcp: unknown command "docter". Did you mean "doctor"?\n"mssql-mcp --help" says how it is used.\n',
    });
    expect(await installed.run(['users', 'ad', 'ana'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"mssql-mcp users --help" says how it is used.'),
    });
  });

  it('manages users from an empty folder', async () => {
    const added = await installed.run(['users', 'add', 'ana', '--groups', 'sales'], {
      input: 'a long enough password',
    });
    expect(added).toEqual({ code: 0, stdout: 'ana was added.\n', stderr: '' });
    expect((await installed.run(['users', 'list'])).stdout).toBe('ana\tenabled\tpassword\tgroups sales\n');
    expect(await installed.run(['users', 'add', 'ana'], { input: 'a long enough password' })).toMatchObject({
      code: 1,
    });
  });

  it('issues a token for a user, alone on standard output', async () => {
    const env = { ...NO_DATABASE, USERS_FILE: 'users.json', ENVIRONMENT_PATH: '/demo' };
    await installed.run(['users', 'add', 'bob'], { env, input: 'a long enough password' });
    const issued = await installed.run(['tokens', 'issue', '--user', 'bob'], { env });
    expect(issued).toMatchObject({ code: 0, stdout: expect.stringMatching(/^mssqlmcp_\w{49}\n$/) });
  });

  it('reports every fault of the settings', async () => {
    for (const name of ['doctor', 'serve']) {
      const { code, stdout, stderr } = await installed.run([name]);
      expect(code).toBe(1);
      for (const setting of ['MSSQL_HOST', 'MSSQL_DATABASE']) expect(stdout + stderr).toContain(setting);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  it('names the packages to install when traces are wanted and the packages are absent', async () => {
    const env = { ...NO_DATABASE, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
    const { code, stderr } = await installed.run(['serve'], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/npm install .*@opentelemetry\/sdk-node@\^0\.\d+/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

/** A server of the installed package. */
interface Started {
  readonly child: ChildProcess;
  output(): string;
}

function start(args: readonly string[], env: Readonly<Record<string, string>>): Started {
  const options = { cwd: installed.directory, env: { ...shellEnvironment(), ...env } };
  const child = spawn(process.execPath, [...args], options);
  let text = '';
  const note = (chunk: Buffer) => (text += chunk.toString());
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  return { child, output: () => text };
}

/** Ends the server. Windows has no SIGTERM: there Node.js ends the process at once. */
async function stop({ child }: Started): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  return child.exitCode;
}

async function clientOf(url: string, token?: string): Promise<Client> {
  const client = new Client({ name: 'package-test', version: '1' });
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

it('runs the demo, to which a client signs in, and ends at SIGTERM', async () => {
  const port = String(await freePort());
  const server = start([installed.bin, 'demo', '--port', port], {});
  try {
    await until(
      'the demo prints its lines',
      () => {
        if (server.child.exitCode !== null) throw new Error(server.output());
        return server.output().includes('e2e-test.sh');
      },
      60_000,
    );
    const url = `http://127.0.0.1:${port}/demo`;
    expect(server.output()).toContain(`MCP URL      ${url}/sse`);
    const password = /user demo, password (\S+)/.exec(server.output())?.[1] ?? '';
    const signIn = path.join(path.dirname(installed.bin), '..', '..', 'scripts', 'sign-in.mjs');
    const env = { MCP_USER: 'demo', MCP_PASSWORD: password };
    const signedIn = await run(process.execPath, [signIn, url], { env, cwd: installed.directory });
    expect(signedIn).toMatchObject({ code: 0 });
    const client = await clientOf(`${url}/mcp`, signedIn.stdout.trim());
    const result = await client.callTool({ name: 'execute_sql', arguments: { query: 'SELECT 1 AS one' } });
    expect(result.structuredContent).toMatchObject({ rows: [[1]] });
    await client.close();
    const code = await stop(server);
    if (!WINDOWS) expect(code).toBe(0);
  } finally {
    await stop(server);
  }
}, 120_000);

describe('examples/custom-tool in a folder of its own', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
  });
  afterAll(() => database.close());

  const compile = (...options: readonly string[]) =>
    run(process.execPath, [path.resolve('node_modules', 'typescript', 'bin', 'tsc'), ...options], {
      cwd: installed.directory,
    });

  it('compiles against the package, and serves its tool', async () => {
    expect(await compile()).toMatchObject({ code: 0, stdout: '' });
    const port = String(await freePort());
    const env = {
      ...serverEnvironment(installed.directory),
      ...databaseEnvironment(database),
      ...NO_SIGN_IN,
      ENVIRONMENT_PATH: '/demo',
      SERVER_PORT: port,
    };
    const server = start(['dist/main.js'], env);
    try {
      await until(
        'the server listens',
        () => {
          if (server.child.exitCode !== null) throw new Error(server.output());
          return server.output().includes('listening');
        },
        60_000,
      );
      const client = await clientOf(`http://127.0.0.1:${port}/demo/mcp`);
      const result = await client.callTool({ name: 'top_customers', arguments: { count: 2 } });
      expect((result.structuredContent as { customers: unknown[] }).customers).toHaveLength(2);
      await client.close();
    } finally {
      await stop(server);
    }
  }, 120_000);

  it('finds every type that the declarations of the package name', async () => {
    const { stdout } = await compile('--noEmit', '--skipLibCheck', 'false');
    expect(stdout.split('\n').filter(line => line.includes(`node_modules/${NAME}/`))).toEqual([]);
  }, 60_000);
});
