import { execFile } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { post, rpc } from '../support/conformance/wire.js';
import { freePort } from '../support/ports.js';
import { NO_DATABASE, NO_SIGN_IN, serverEnvironment } from '../support/server-environment.js';
import { startProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

const run = promisify(execFile);

const DIST = pathToFileURL(path.resolve('dist')).href;

/** A team's own server like examples/custom-tool, but in plain JavaScript with dist/. */
const MODULE = `import { Module } from '@nestjs/common';
import * as z from 'zod';
import { Tool } from '${DIST}/public-api.js';
class OwnTool {
  async execute() { return { answer: 42 }; }
}
Tool({
  name: process.env.TOOL_NAME ?? 'own_tool', title: 'Own', description: 'Own', scope: 'sql:read', readOnly: true,
  input: z.strictObject({}), output: z.strictObject({ answer: z.int() }),
})(OwnTool);
class CarelessTool {
  async execute({ how }) {
    if (how === 'promise') void (async () => { await null; throw new Error('planted-text'); })();
    else setTimeout(() => { throw new Error('planted-text'); }, 1);
    return { answer: 1 };
  }
}
Tool({
  name: 'careless_tool', title: 'Careless', description: 'Careless', scope: 'sql:read', readOnly: true,
  input: z.strictObject({ how: z.enum(['promise', 'timer']) }), output: z.strictObject({ answer: z.int() }),
})(CarelessTool);
export class OwnModule {}
Module({ providers: [OwnTool, CarelessTool] })(OwnModule);
`;
const MAIN = `import { start } from '${DIST}/start.js';
await start(async () => [(await import('./own.module.mjs')).OwnModule]);
`;

describe('a team’s own server', () => {
  let main: string;
  let env: Record<string, string>;
  beforeAll(() => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-own-server-'));
    symlinkSync(path.resolve('node_modules'), path.join(directory, 'node_modules'));
    main = path.join(directory, 'main.mjs');
    writeFileSync(main, MAIN);
    writeFileSync(path.join(directory, 'own.module.mjs'), MODULE);
    env = {
      ...serverEnvironment(directory),
      ENVIRONMENT_PATH: '/demo',
      ...NO_DATABASE,
      ...NO_SIGN_IN,
    };
  });

  async function refusal(more: Readonly<Record<string, string>>): Promise<string> {
    const failed = await run(process.execPath, ['--enable-source-maps', main], {
      env: { ...env, SERVER_PORT: String(await freePort()), ...more },
    }).then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    );
    expect(failed?.code).toBe(1);
    expect(failed?.stderr).not.toMatch(/\n\s+at /);
    return failed?.stderr ?? '';
  }

  it('reports the faults of its environment as the server itself does', async () => {
    expect(await refusal({ MSSQL_PORT: 'x' })).toMatch(/^The server cannot start:\n {2}- MSSQL_PORT /);
  });

  it('reports the faults of its tools', async () => {
    expect(await refusal({ TOOL_NAME: 'execute_sql' })).toMatch(/ {2}- two tools are named "execute_sql"/);
  });

  it('continues after a rejected promise that a tool did not await, and drains and exits with 1 after an uncaught error', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await startProcess(
      main,
      { ...env, SERVER_PORT: String(port), LOG_LEVEL: 'ERROR' },
      `${url}/health/live`,
    );
    const call = async (name: string, how?: string) =>
      (await post(`${url}/demo/sse`, rpc('tools/call', { name, arguments: how === undefined ? {} : { how } }))).json;
    const logged = () =>
      server
        .output()
        .split('\n')
        .filter(line => line.startsWith('{'))
        .map(line => JSON.parse(line) as { level: number; running?: string; err: { stack: string } });
    expect((await call('careless_tool', 'promise')).result).toMatchObject({ structuredContent: { answer: 1 } });
    await until('the rejection is in the log', () => logged().length === 1);
    expect(logged()).toMatchObject([{ level: 50, running: 'tools/call careless_tool' }]);
    expect(logged()[0]?.err.stack).toContain('own.module.mjs');
    expect((await call('own_tool')).result).toMatchObject({ structuredContent: { answer: 42 } });
    expect((await call('careless_tool', 'timer')).result).toMatchObject({ structuredContent: { answer: 1 } });
    await until('the server has ended', () => server.child.exitCode !== null, 10_000);
    expect(server.child.exitCode).toBe(1);
    expect(logged().slice(1)).toMatchObject([{ level: 60, running: 'tools/call careless_tool' }]);
    // The message of a foreign error may hold values.
    expect(server.output()).not.toContain('planted-text');
  }, 60_000);

  it('uses LOG_LEVEL and the variables of tracing', async () => {
    const bodies: string[] = [];
    const collector: Server = createServer((req, res) => {
      req.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk));
      req.on('end', () => res.setHeader('content-type', 'application/json').end('{}'));
    });
    await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
    try {
      const port = await freePort();
      const server = await startProcess(
        main,
        {
          ...env,
          SERVER_PORT: String(port),
          LOG_LEVEL: 'ERROR',
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
        },
        `http://127.0.0.1:${port}/health/live`,
      );
      const reply = await post(`http://127.0.0.1:${port}/demo/sse`, rpc('tools/call', { name: 'own_tool' }));
      expect(reply.json.result).toMatchObject({ structuredContent: { answer: 42 } });
      expect(await server.stop()).toBe(0);
      expect(server.output()).toBe('');
      for (const part of ['own_tool', 'instrumentation-nestjs-core', 'instrumentation-express']) {
        expect(bodies.join('')).toContain(part);
      }
    } finally {
      collector.closeAllConnections();
      collector.close();
    }
  }, 60_000);
});
