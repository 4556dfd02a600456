import net from 'node:net';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { SessionPool } from '../../src/database/connection/session-pool.js';
import { formOf } from '../support/browser-person.js';
import {
  download,
  exporter,
  type Exporter,
  exportLink,
  exportTrail,
  fetchFile,
  startExportServer,
} from '../support/exports.js';
import { ENDLESS, ENDLESS_ROWS, numbers } from '../support/numbers.js';
import type { StartedServer } from '../support/start-server.js';
import { until } from '../support/until.js';

/** 1,000 characters a row: the first chunk leaves long before the end. */
const WIDE = `REPLICATE(N'x', 1000) AS filler`;
const FAILS_LATE = `SELECT value AS n, ${WIDE}, 100 / (6000 - value) AS boom FROM ${numbers(8_000)} ORDER BY value`;

describe('an export that takes too long', () => {
  it('ends after EXPORT_TIMEOUT_MS, and the page says so', async () => {
    const server = await startExportServer({ env: { EXPORT_TIMEOUT_MS: '1000' } });
    try {
      const ann = await exporter(server);
      const answer = await download(ann, await exportLink(server, ann, ENDLESS));
      expect(answer.status).toBe(504);
      expect(await answer.text()).toContain('exceeded the time limit of 1000 ms');
    } finally {
      await server.close();
    }
  }, 30_000);
});

interface Status {
  readonly state?: string;
  readonly rows?: number;
  readonly bytes?: number;
  readonly code?: string;
  readonly attempt?: number;
}

describe('an export that does not reach its end', () => {
  let server: StartedServer;
  let ann: Exporter;
  beforeAll(async () => {
    const env = {
      EXPORT_MAX_ROWS: '1000000',
      EXPORT_MAX_BYTES: '20000000',
      EXPORT_TIMEOUT_MS: '600000',
      POOL_MAX: '8',
    };
    server = await startExportServer({ env });
    ann = await exporter(server);
  }, 60_000);
  afterAll(() => server?.close());

  const statusOf = async (url: string): Promise<Status> =>
    JSON.parse((await ann.browser.open(`${url}/status`)).text) as Status;
  const usage = (): number =>
    server.app.get(SessionPool).usage(server.app.get(TenantsService).all()[0] ?? ({} as never)).used;
  const lastEnding = () =>
    exportTrail(server)
      .filter(({ event }) => event === 'export_ended')
      .at(-1);

  it('aborts the connection when the statement fails in the middle, and the page says why', async () => {
    const link = await exportLink(server, ann, FAILS_LATE);
    const answer = await download(ann, link);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
    const page = await ann.browser.open(link.url);
    expect(page.text).toMatch(/The download failed after \d+ rows, and the file is not complete\. .*divide/is);
    expect(page.text).toContain('You can use the link again until it expires.');
    await until('it is recorded', () => lastEnding()?.['error'] === 'SQL_ERROR');
    expect(lastEnding()).toMatchObject({ outcome: 'error', rows: expect.any(Number) });
    expect(lastEnding()).not.toHaveProperty('sha256');
    expect((await download(ann, link)).status).toBe(200);
  });

  it.each(['xlsx', 'parquet', 'ndjson'])('aborts the connection for %s too', async format => {
    const answer = await download(ann, await exportLink(server, ann, FAILS_LATE, { format }));
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow('terminated');
    await until('it is recorded', () => lastEnding()?.['format'] === format);
    expect(lastEnding()).toMatchObject({ outcome: 'error', error: 'SQL_ERROR' });
  });

  it('sends no file of more rows than EXPORT_MAX_ROWS that looks whole', async () => {
    const link = await exportLink(
      server,
      ann,
      `SELECT a.value AS n FROM ${numbers(1_100, 'a')} CROSS JOIN ${numbers(1_000, 'b')}`,
    );
    const answer = await download(ann, link);
    await expect(answer.text()).rejects.toThrow('terminated');
    expect((await ann.browser.open(link.url)).text).toContain(
      'The result has more than 1000000 rows (EXPORT_MAX_ROWS).',
    );
  });

  it('sends no file of more bytes than EXPORT_MAX_BYTES that looks whole', async () => {
    const link = await exportLink(server, ann, `SELECT ${WIDE} FROM ${numbers(30_000)}`);
    await expect((await download(ann, link)).text()).rejects.toThrow('terminated');
    expect(await statusOf(link.url)).toMatchObject({ state: 'failed', code: 'RESULT_TOO_LARGE' });
    await until('it is recorded', () => lastEnding()?.['error'] === 'RESULT_TOO_LARGE');
  });

  it('stops the statement in the server when the browser is closed', async () => {
    const link = await exportLink(server, ann, ENDLESS);
    const closing = new AbortController();
    const { action, fields } = formOf((await ann.browser.open(link.url)).text);
    const answer = fetch(new URL(action, server.url), {
      method: 'POST',
      signal: closing.signal,
      headers: { cookie: ann.browser.jar.header(action), origin: server.url },
      body: new URLSearchParams(fields),
    });
    await until('the statement runs', async () => (await statusOf(link.url)).state === 'running' && usage() > 0);
    closing.abort();
    await expect(answer).rejects.toThrow('aborted');
    await until('its connection is free', () => usage() === 0);
    await until('the end is recorded', () => lastEnding()?.['outcome'] === 'cancelled');
    expect(await statusOf(link.url)).toMatchObject({ state: 'failed', code: 'CANCELLED' });
  });

  it('reads no more rows than a slow browser takes, and tells how far it is', async () => {
    const link = await exportLink(server, ann, ENDLESS_ROWS.replace('AS n', `AS n, ${WIDE}`));
    const answer = await download(ann, link);
    let before: Status = {};
    // The status is written once a second; two that are alike say that nothing was read between them.
    await until(
      'the rows stand still',
      async () => {
        const now = await statusOf(link.url);
        if (now.rows !== undefined && now.rows > 0 && before.rows === now.rows && now.attempt === before.attempt)
          return true;
        await new Promise(resolve => setTimeout(resolve, 1_100));
        before = now;
        return false;
      },
      20_000,
    );
    expect(before).toMatchObject({ state: 'running' });
    // What lies in the buffers of both ends of the connection.
    expect(before.bytes).toBeLessThan(16_000_000);
    await answer.body?.cancel();
    await until('its connection is free', () => usage() === 0);
  }, 40_000);

  it('lets two requests with one link not both have the file', async () => {
    const link = await exportLink(server, ann, ENDLESS);
    const page = await ann.browser.open(link.url);
    const closing = new AbortController();
    const { action, fields } = formOf(page.text);
    const first = fetch(new URL(action, server.url), {
      method: 'POST',
      signal: closing.signal,
      headers: { cookie: ann.browser.jar.header(action), origin: server.url },
      body: new URLSearchParams(fields),
    }).catch(() => undefined);
    await until('the statement runs', async () => (await statusOf(link.url)).state === 'running');
    const second = await fetchFile(ann, page);
    expect(second.status).toBe(429);
    expect(await second.text()).toContain('is being downloaded at this moment');
    closing.abort();
    await first;
    await until('its connection is free', () => usage() === 0);
  });

  it('is not sent over HTTP/1.0, where an aborted file would look whole', async () => {
    const link = await exportLink(server, ann, `SELECT 1 AS n`);
    const { action, fields } = formOf((await ann.browser.open(link.url)).text);
    const body = new URLSearchParams(fields).toString();
    const { hostname, port, host } = new URL(server.url);
    const socket = net.connect(Number(port), hostname);
    socket.write(
      `POST ${action} HTTP/1.0\r\nHost: ${host}\r\nCookie: ${ann.browser.jar.header(action)}\r\nOrigin: ${server.url}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('Files need HTTP/1.1');
  });

  it('ends when the person revokes the application meanwhile', async () => {
    const bob = await exporter(server, 'bob');
    const link = await exportLink(server, bob, ENDLESS_ROWS.replace('AS n', `AS n, ${WIDE}`));
    const answer = await download(bob, link);
    const body = answer.body?.getReader();
    await body?.read();
    const account = await bob.browser.open('/demo/account');
    const csrf = /name="csrf" value="([^"]+)"/.exec(account.text)?.[1] ?? '';
    await bob.browser.open('/demo/account/revoke-all', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.url },
      body: new URLSearchParams({ csrf }).toString(),
    });
    // Nothing is read meanwhile, so that the file can't come to its own limit.
    await until('it is recorded', () => lastEnding()?.['principal'] === 'bob');
    expect(lastEnding()).toMatchObject({ outcome: 'error', error: 'FORBIDDEN' });
    const rest = async () => {
      while ((await body?.read())?.done === false);
    };
    await expect(rest()).rejects.toThrow('terminated');
  });
});
