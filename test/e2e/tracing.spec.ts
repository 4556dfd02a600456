import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { post, rpc } from '../support/conformance/wire.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/ports.js';
import { databaseEnvironment, NO_SIGN_IN, serverEnvironment } from '../support/server-environment.js';
import { startProcess } from '../support/server-process.js';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: Pick<Span, 'attributes'>;
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[];
  }[];
}

interface Run {
  readonly output: string;
  readonly loaded: string;
  readonly stopMs: number;
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const PLANTED = 'planted-in-a-statement';
/** Writes down which of these packages a process loads. Nest must be among them, so that the hook is known to work. */
const NOTE_LOADS = `import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    if (/node_modules\\/(@opentelemetry\\/(?!api\\/)|import-in-the-middle|@nestjs\\/core\\/index)/.test(found.url))
      appendFileSync(process.env.LOADED_FILE, found.url + '\\n');
    return found;
  },
});`;
const C = { 'mcp-protocol-version': '2025-11-25' };

describe('tracing', () => {
  let database: TestDatabase;
  let collector: Server;
  let paths: string[];
  let bodies: string[];
  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    collector = createServer((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      req.on('end', () => {
        paths.push(req.url ?? '');
        bodies.push(body);
        res.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
  }, 60_000);
  beforeEach(() => {
    paths = [];
    bodies = [];
  });
  afterAll(async () => {
    collector.closeAllConnections();
    collector.close();
    await database.close();
  });

  const endpoint = () => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

  /** Starts a server, makes some calls, and stops it in an orderly way. */
  async function run(env: Readonly<Record<string, string>>): Promise<Run> {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-tracing-'));
    const note = path.join(directory, 'note-loads.mjs');
    const loaded = path.join(directory, 'loaded');
    writeFileSync(note, NOTE_LOADS);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await startProcess(
      'dist/main.js',
      {
        ...serverEnvironment(directory),
        SERVER_PORT: String(port),
        ENVIRONMENT_PATH: '/demo',
        ...databaseEnvironment(database),
        ...NO_SIGN_IN,
        NODE_OPTIONS: `--import ${pathToFileURL(note).href}`,
        LOADED_FILE: loaded,
        ...env,
      },
      `${url}/health/live`,
    );
    const call = (query: string, more: object = {}) =>
      post(
        `${url}/demo/sse?code=${PLANTED}`,
        rpc('tools/call', { name: 'execute_sql', arguments: { query }, ...more }),
        C,
      );
    const reply = await call(`SELECT '${PLANTED}' AS a`, { _meta: { traceparent: `00-${TRACE}-${PARENT}-01` } });
    expect(reply.text).toContain(PLANTED);
    await call(`SELECT CAST('${PLANTED}' AS int)`);
    await call(`DELETE FROM dbo.[${PLANTED}]`);
    const stopping = Date.now();
    expect(await server.stop()).toBe(0);
    return { output: server.output(), loaded: readFileSync(loaded, 'utf8'), stopMs: Date.now() - stopping };
  }

  const exported = () =>
    bodies
      .flatMap(body => (JSON.parse(body) as Export).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ scope, spans }) => spans.map(span => ({ scope: scope.name, ...span })));
  const attributesOf = (span: Pick<Span, 'attributes'>) =>
    Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

  it('sends a call as one trace with the parent that the client names in _meta, and without its statement', async () => {
    const { output, loaded } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_SERVICE_NAME: 'orders-mcp' });
    // Only spans are sent: metrics go to Prometheus, and the log goes to stdout.
    expect([...new Set(paths)]).toEqual(['/v1/traces']);
    expect(bodies.join('')).toContain('"orders-mcp"');
    const spans = exported();
    const tools = spans.filter(({ name }) => name === 'tools/call');
    expect(tools.map(attributesOf)).toEqual([
      { 'mcp.tenant': 'demo', 'mcp.tool': 'execute_sql', 'mcp.outcome': 'ok' },
      { 'mcp.tenant': 'demo', 'mcp.tool': 'execute_sql', 'mcp.outcome': 'error' },
      { 'mcp.tenant': 'demo', 'mcp.tool': 'execute_sql', 'mcp.outcome': 'refused' },
    ]);
    const [asked, own] = tools;
    expect(asked).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    const beneath = spans.filter(span => span.traceId === TRACE && span.scope.endsWith('instrumentation-tedious'));
    expect(beneath.map(span => span.parentSpanId)).toContain(asked?.spanId);
    // Without _meta the parent is the HTTP request, with spans of Express and Nest between.
    const trace = spans.filter(span => span.traceId === own?.traceId).map(span => span.scope);
    for (const name of ['http', 'express', 'nestjs-core', 'tedious']) {
      expect(trace).toContain(`@opentelemetry/instrumentation-${name}`);
    }
    expect(bodies.join('')).not.toContain(PLANTED);
    expect(bodies.join('')).not.toMatch(/\bSELECT\b|db\.query\.text|db\.statement/);
    expect(output).not.toMatch(/warning/i);
    expect(loaded).toContain('@opentelemetry/sdk-node');
  }, 60_000);

  it('stops in time when no collector answers', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const { stopMs } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: nobody });
    expect(stopMs).toBeLessThan(15_000);
  }, 60_000);

  it.each([
    ['without any variable', () => ({})],
    ['with OTEL_SDK_DISABLED', () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_SDK_DISABLED: 'true' })],
    [
      'with OTEL_TRACES_EXPORTER=none',
      () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_TRACES_EXPORTER: 'none' }),
    ],
  ])(
    'is off, and not even loaded, %s',
    async (_how, env) => {
      const { loaded } = await run(env());
      expect(loaded).toContain('@nestjs/core');
      expect(loaded).not.toMatch(/@opentelemetry|import-in-the-middle/);
      expect(paths).toEqual([]);
    },
    60_000,
  );
});
