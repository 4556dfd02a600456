import { createHash } from 'node:crypto';
import readWorkbook from 'read-excel-file/node';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import {
  download,
  callTool,
  exporter,
  type Exporter,
  exportLink,
  exportTrail,
  lastOfTrail,
  fetchFile,
  startExportServer,
} from '../support/exports.js';
import { BrowserPerson, formOf } from '../support/browser-person.js';
import { readByDuckDb } from '../support/files/duckdb.js';
import { numbers } from '../support/numbers.js';
import { authorizeUrl, pkce, registeredClient, signIn } from '../support/oauth-login.js';
import { DEMO_USER } from '../support/oauth-server.js';
import type { StartedServer } from '../support/start-server.js';
import { until } from '../support/until.js';

const ROWS = `SELECT value AS id, CONCAT(N'row ', value) AS name, CAST(value AS decimal(38,4)) / 4 AS amount FROM ${numbers(3_000)} ORDER BY value`;

describe('an export', () => {
  let server: StartedServer;
  let ann: Exporter;
  beforeAll(async () => {
    server = await startExportServer();
    ann = await exporter(server);
  }, 60_000);
  afterAll(() => server?.close());

  it('is a link that says when it ends, and runs nothing', async () => {
    const link = await exportLink(server, ann, ROWS, { file_name: 'Orders' });
    expect(link).toEqual({
      url: expect.stringMatching(new RegExp(`^${server.url}/demo/downloads/[\\w-]{43}$`)),
      file_name: 'Orders.csv',
      format: 'csv',
      expires_at: expect.anything(),
    });
    const minutes = (Date.parse(link.expires_at) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThanOrEqual(15);
    expect(await lastOfTrail(server, 'export_link_made')).toMatchObject({ principal: 'demo', statement: ROWS });
  });

  it('shows the person what it exports, and sends the whole result once', async () => {
    const link = await exportLink(server, ann, 'SELECT TOP (@n) * FROM sales.Orders', { parameters: { n: 2 } });
    const page = await ann.browser.open(link.url);
    for (const shown of ['SELECT TOP (@n) * FROM sales.Orders', '{&quot;n&quot;:2}', 'export.csv', 'demo', 'csv']) {
      expect(page.text).toContain(shown);
    }
    const file = await fetchFile(ann, page);
    expect(file.status).toBe(200);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename=export.csv',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'transfer-encoding': 'chunked',
    });
    const text = await file.text();
    expect(text.trimEnd().split('\r\n')).toHaveLength(3);
    await until('the link is used', async () =>
      (await ann.browser.open(link.url)).text.includes('The file is complete'),
    );
    const again = await fetchFile(ann, page);
    expect([again.status, again.headers.get('content-disposition')]).toEqual([200, null]);
    expect(await again.text()).toContain('This file was downloaded');
  });

  it.each(['csv', 'ndjson', 'parquet'])('has every row as %s', async format => {
    const link = await exportLink(server, ann, ROWS, { format });
    const bytes = Buffer.from(await (await download(ann, link)).arrayBuffer());
    const reader = { csv: 'read_csv({file})', ndjson: 'read_json({file})', parquet: 'read_parquet({file})' }[format];
    const [sum] = await readByDuckDb(
      bytes,
      `SELECT count(*) AS rows, sum(id)::BIGINT AS ids, max(name) AS name, sum(amount)::DECIMAL(20,2) AS amount FROM ${reader}`,
    );
    expect(sum).toEqual({ rows: '3000', ids: '4501500', name: 'row 999', amount: '1125375.00' });
  });

  it('has every row as xlsx, with a sheet that says what it is', async () => {
    const link = await exportLink(server, ann, ROWS, { format: 'xlsx' });
    const [data, about] = await readWorkbook(Buffer.from(await (await download(ann, link)).arrayBuffer()));
    expect(data?.data).toHaveLength(3_001);
    expect(data?.data[3_000]).toEqual([3_000, 'row 3000', 750]);
    expect(about?.data).toContainEqual(['Exported by', 'demo']);
    expect(about?.data).toContainEqual(['Statement', ROWS]);
  });

  it('is recorded with its rows, bytes and SHA-256, and counted', async () => {
    const text = await (await download(ann, await exportLink(server, ann, ROWS))).text();
    const ended = await lastOfTrail(server, 'export_ended');
    const begun = exportTrail(server).at(-2);
    const id = exportTrail(server).at(-3)?.['export'];
    expect(begun).toMatchObject({ event: 'export_begun', export: id, remote_address: '127.0.0.1' });
    expect(ended).toMatchObject({
      export: id,
      outcome: 'ok',
      rows: 3_000,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    });
    const { body } = await server.app.get(MetricsService).render();
    expect(body).toMatch(/mcp_exports_total\{tenant="demo",format="csv",outcome="ok"\} [1-9]/);
    expect(body).toMatch(/mcp_export_rows_total\{tenant="demo"\} [1-9]\d{3}/);
  });

  it('goes beyond the limits of a call: rows, bytes, and the length of a cell', async () => {
    const sql = `SELECT value AS id, REPLICATE(CAST(N'x' AS nvarchar(max)), 6000) AS t, CONVERT(varbinary(max), REPLICATE(CAST('ab' AS varchar(max)), 500)) AS b FROM ${numbers(1_200)}`;
    const lines = (await (await download(ann, await exportLink(server, ann, sql))).text()).trimEnd().split('\r\n');
    expect(lines).toHaveLength(1_201);
    expect(lines[1_200]).toMatch(/^1200,x{6000},0x(?:6162){500}$/);
  });

  it('is listed on the account page, where the person revokes it', async () => {
    const link = await exportLink(server, ann, ROWS, { file_name: 'secret plans' });
    const account = await ann.browser.open('/demo/account');
    expect(account.text).toContain('secret plans.csv');
    const id = link.url.split('/').at(-1) ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(account.text)?.[1] ?? '';
    const revoked = await ann.browser.open('/demo/account/revoke-file', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.url },
      body: new URLSearchParams({ csrf, link: id }).toString(),
    });
    expect(revoked.text).toContain('The link to secret plans.csv was revoked.');
    expect(revoked.text.match(/secret plans/g)).toHaveLength(1);
    const page = await ann.browser.open(link.url);
    expect([page.response.status, page.text.includes('This link cannot be used')]).toEqual([404, true]);
    expect(await lastOfTrail(server, 'export_link_revoked')).toMatchObject({ file_name: 'secret plans.csv' });
  });

  it('shows its pages in Spanish to a browser that prefers it', async () => {
    const link = await exportLink(server, ann, ROWS);
    const page = await ann.browser.open(link.url, { headers: { 'accept-language': 'es' } });
    expect(page.text).toContain('<html lang="es">');
    expect(page.text).toContain('Descargar un archivo');
  });

  it('asks a person who is not signed in to do so, and leads back to the page', async () => {
    const link = await exportLink(server, ann, ROWS);
    const stranger = new BrowserPerson(server.url);
    const signInPage = await stranger.open(link.url);
    expect(signInPage.text).toContain('name="password"');
    const page = await stranger.submit(signInPage, DEMO_USER);
    expect(page.url).toBe(link.url);
    expect(page.text).toContain('Download a file');
  });

  it('needs the scope, which the consent page asks for and the person may leave out', async () => {
    const me = { url: server.url, tenant: 'demo', ...DEMO_USER };
    const reader = await signIn({ ...me, scopes: ['sql:read'] });
    const answer = await callTool(server, reader.accessToken, 'export_query', { query: ROWS, format: 'csv' });
    expect(answer.status).toBe(403);
    expect(answer.challenge).toContain('scope="sql:read sql:export"');
    const document = await fetch(`${server.url}/demo/.well-known/oauth-protected-resource`);
    expect(await document.json()).toMatchObject({ scopes_supported: ['sql:read', 'sql:export'] });
    const base = `${server.url}/demo`;
    const client_id = await registeredClient(base);
    const url = authorizeUrl(base, { client_id, code_challenge: pkce().challenge, scope: 'sql:read sql:export' });
    const person = new BrowserPerson(server.url);
    const consent = await person.submit(await person.open(url), DEMO_USER);
    expect(consent.text).toMatch(/<input type="checkbox" id="exports" name="exports" value="yes" \/>/);
    expect(formOf(consent.text).fields).not.toHaveProperty('exports');
  });

  it('refuses at once what can be known to fail', async () => {
    const refusal = async (query: string, more: object = {}) =>
      (await callTool(server, ann.token, 'export_query', { query, format: 'csv', ...more })).error;
    expect(await refusal('DELETE FROM sales.Orders')).toMatchObject({ code: 'READ_ONLY_VIOLATION' });
    expect(JSON.stringify(await refusal('SELECT 1 AS n', { format: 'pdf' }))).toContain('format');
    expect(await refusal('SELECT @n AS n', { parameters: { 'n;': 1 } })).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('shows an error of the statement on the page, and does not use the link', async () => {
    const link = await exportLink(server, ann, 'SELECT nothing FROM sales.Orders');
    const answer = await download(ann, link);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('nothing');
    expect((await ann.browser.open(link.url)).text).toContain('The download failed after 0 rows');
  });
});
