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
export class OwnModule {}
Module({ providers: [OwnTool] })(OwnModule);
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
