import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { BrowserPerson, formOf } from '../support/browser-person.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import {
  callTool,
  download,
  type ExportAnswer,
  exporter,
  type Exporter,
  exportLink,
  exportTrail,
  fetchFile,
  startExportServer,
} from '../support/exports.js';
import { changeUsersFile } from '../../src/oauth/identity/users-file.js';
import { DEMO_USER } from '../support/oauth-server.js';
import type { StartedServer } from '../support/start-server.js';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import { until } from '../support/until.js';

const SQL = 'SELECT 42 AS answer';

describe('attacks on exports', () => {
  let database: TestDatabase;
  let server: StartedServer;
  let ann: Exporter;
  let eve: Exporter;
  let tenantsFile: string;
  const access = (more: object = {}) => [
    { user: 'demo', exports: true, ...more },
    { user: 'eve', exports: true },
    { user: 'reader' },
    { user: 'sales', exports: true, schemas: ['sales'] },
  ];
  const definitionsFile = () => path.join(path.dirname(tenantsFile), 'knowledge.yaml');
  const definitions = (sql: string) => `
queries:
  - { name: answers, title: Answers, questions: [what is the answer], owner: ann, verified_on: 2026-11-01, sql: '${sql}' }
`;
  const tenantsOf = (rules: readonly object[]) => {
    const { host, port, user, password, database: name } = database.config;
    const connection = { host, port, user, password, database: name, trust_server_certificate: true };
    return stringify({
      tenants: [
        {
          path: '/demo',
          database: connection,
          exports: true,
          access: rules,
          protected_columns: ['customerid', 'Orders.frei*'],
        },
        { path: '/other', database: connection, exports: true, knowledge: definitionsFile() },
        { path: '/closed', database: connection },
      ],
    });
  };
  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    tenantsFile = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-exports-')), 'tenants.yaml');
    writeFileSync(definitionsFile(), definitions(SQL));
    writeFileSync(tenantsFile, tenantsOf(access()));
    server = await startExportServer({
      database,
      env: { TENANTS_FILE: tenantsFile, EXPORTS: 'false', ENVIRONMENT_PATH: '', MSSQL_HOST: '' },
    });
    ann = await exporter(server);
    eve = await exporter(server, 'eve');
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await database?.close();
  });

  it('another person finds no link, whatever they send', async () => {
    const link = await exportLink(server, ann, SQL);
    const seen = await eve.browser.open(link.url);
    expect(seen.response.status).toBe(404);
    expect(seen.text).not.toContain(SQL);
    expect((await eve.browser.open(`${link.url}/status`)).text).toBe('{}');
    // A token for a link of her own, sent to another person's.
    const own = formOf((await eve.browser.open((await exportLink(server, eve, SQL)).url)).text);
    const sent = await fetchFile(eve, {
      text: `<form action="${link.url}"><input name="csrf" value="${own.fields['csrf']}"></form>`,
      url: link.url,
    } as never);
    expect(sent.status).toBe(403);
    // The owner's own form, with Eve's session.
    const owners = await ann.browser.open(link.url);
    expect((await fetchFile({ ...eve, name: 'eve' }, owners)).status).toBe(403);
    expect((await download(ann, link)).status).toBe(200);
  });

  it('another tenant does not know the link', async () => {
    const link = await exportLink(server, ann, SQL);
    const there = await exporter(server, DEMO_USER.username, 'other');
    const page = await there.browser.open(link.url.replace('/demo/', '/other/'));
    expect(page.response.status).toBe(404);
  });

  it('a used link gives nothing again', async () => {
    const link = await exportLink(server, ann, SQL);
    const page = await ann.browser.open(link.url);
    expect(await (await fetchFile(ann, page)).text()).toBe('answer\r\n42\r\n');
    await until('it is used', async () => (await ann.browser.open(link.url)).text.includes('complete'));
    const replay = await fetchFile(ann, page);
    expect(replay.headers.get('content-disposition')).toBe(null);
    expect(
      exportTrail(server).filter(
        ({ event, export: id }) => event === 'export_begun' && id === exportTrail(server).at(-1)?.['export'],
      ),
    ).toHaveLength(1);
  });

  it('previews and scanners use no link, signed in or not', async () => {
    const link = await exportLink(server, ann, SQL);
    const cookie = ann.browser.jar.header(new URL(link.url).pathname);
    for (const headers of [{}, { cookie }]) {
      for (const method of ['HEAD', 'GET', 'GET', 'OPTIONS']) {
        const seen = await fetch(link.url, { method, headers, redirect: 'manual' });
        expect(seen.headers.get('content-disposition')).toBe(null);
      }
    }
    const unsigned = await fetch(link.url, {
      method: 'POST',
      headers: { origin: server.url },
      body: new URLSearchParams(),
    });
    expect(unsigned.status).toBe(401);
    expect(await (await fetch(link.url)).text()).not.toContain(SQL);
    expect((await download(ann, link)).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['from another origin', { origin: 'https://evil.example' }],
    ['that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['that the browser calls same-site', { 'sec-fetch-site': 'same-site' }],
  ])('refuses a form %s', async (_what, headers) => {
    const link = await exportLink(server, ann, SQL);
    expect((await fetchFile(ann, await ann.browser.open(link.url), headers)).status).toBe(403);
  });

  it('refuses a forged or missing token, and one of another page', async () => {
    const link = await exportLink(server, ann, SQL);
    const page = await ann.browser.open(link.url);
    const { action, fields } = formOf(page.text);
    const account = /name="csrf" value="([^"]+)"/.exec((await ann.browser.open('/demo/account')).text)?.[1] ?? '';
    const token = fields['csrf'] ?? '';
    const flipped = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
    for (const csrf of ['', 'x', flipped, account]) {
      const forged = { ...page, text: `<form action="${action}"><input name="csrf" value="${csrf}"></form>` };
      expect((await fetchFile(ann, forged)).status).toBe(403);
    }
  });

  it('does not let a file name leave its header or its directory', async () => {
    const wanted = '../../etc/pass"wd\r\nSet-Cookie: a=b;\u202Egpj.exe';
    const link = await exportLink(server, ann, SQL, { file_name: wanted });
    expect(link.file_name).toBe('_.._etc_pass_wd_Set-Cookie_ a=b;_gpj.exe.csv');
    const answer = await download(ann, link);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${link.file_name}"`);
    expect(answer.headers.get('set-cookie')).toBe(null);
  });

  it('shows a statement and a file name as text', async () => {
    const link = await exportLink(server, ann, `SELECT '<script>alert(1)</script>' AS x`, { file_name: '<b>x</b>' });
    const page = await ann.browser.open(link.url);
    expect(page.text).not.toContain('<script>alert');
    expect(page.text).toContain('&lt;script&gt;alert(1)');
    expect(page.response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*script-src 'self'; connect-src 'self'/,
    );
  });

  it('leads nobody to another site after the sign-in', async () => {
    for (const next of ['https://evil.example', '//evil.example', 'downloads/../../x', 'downloads/x\\@evil']) {
      const stranger = new BrowserPerson(server.url);
      const page = await stranger.open('/demo/account');
      const landed = await stranger.submit(page, { ...DEMO_USER, next });
      expect(landed.url).toBe(`${server.url}/demo/account`);
    }
  });

  it('is not offered where the tenant or the rule of the person has no exports', async () => {
    const reader = await exporter(server, 'reader');
    const refused = await callTool(server, reader.token, 'export_query', { query: SQL, format: 'csv' });
    expect(JSON.stringify(refused.error)).toContain('There is no tool named');
    const closed = await exporter(server, DEMO_USER.username, 'closed');
    const hidden = await callTool(server, closed.token, 'export_query', { query: SQL, format: 'csv' }, 'closed');
    expect(JSON.stringify(hidden.error)).toContain('There is no tool named');
  });

  it('holds people to their schemas, in the statement of a link too', async () => {
    const sales = await exporter(server, 'sales');
    const refused = await callTool(server, sales.token, 'export_query', {
      query: 'SELECT * FROM dbo.Regions',
      format: 'csv',
    });
    expect(refused.error).toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('keeps protected columns out of the file, and refuses a statement that names one', async () => {
    const named = await callTool(server, ann.token, 'export_query', {
      query: 'SELECT [CustomerID] AS c FROM sales.Orders',
      format: 'csv',
    });
    expect(named.error).toMatchObject({ code: 'PERMISSION_DENIED', message: expect.stringContaining('"customerid"') });
    const summed = await callTool(server, ann.token, 'export_query', {
      query: 'SELECT SUM(Freight) AS t FROM sales.Orders',
      format: 'csv',
    });
    expect(summed.error).toMatchObject({ code: 'PERMISSION_DENIED' });
    const link = await exportLink(server, ann, 'SELECT * FROM sales.Orders');
    const [header = ''] = (await (await download(ann, link)).text()).split('\r\n');
    expect(header).toBe('OrderID,EmployeeID,OrderDate,ShippedDate,Status');
    const other = await exportLink(server, ann, 'SELECT 1 AS Freight');
    expect((await download(ann, other)).status).toBe(200);
  });

  it('refuses a link to a verified query that was made before the definitions changed', async () => {
    const gil = await exporter(server, 'gil', 'other');
    const order = async () => {
      const args = { name: 'answers', format: 'csv' };
      return (await callTool(server, gil.token, 'export_query', args, 'other')).result as ExportAnswer;
    };
    expect(await (await download(gil, await order())).text()).toBe('answer\r\n42\r\n');
    const [link, statement] = [await order(), await exportLink(server, gil, SQL, {}, 'other')];
    writeFileSync(definitionsFile(), definitions('SELECT 43 AS answer'));
    await until('the definitions are read', async () =>
      (await gil.browser.open(link.url)).text.includes('have changed since this link was made'),
    );
    expect(await (await download(gil, statement)).text()).toBe('answer\r\n42\r\n');
    expect(await (await download(gil, await order())).text()).toBe('answer\r\n43\r\n');
  });

  it('judges the person anew when the file is fetched', async () => {
    const link = await exportLink(server, ann, SQL);
    const page = await ann.browser.open(link.url);
    writeFileSync(tenantsFile, tenantsOf(access({ exports: false })));
    await until('the rules have changed', async () => (await ann.browser.open(link.url)).response.status === 403);
    expect((await fetchFile(ann, page)).status).toBe(403);
    writeFileSync(tenantsFile, tenantsOf(access()));
    await until('the rules are back', async () => (await ann.browser.open(link.url)).response.status === 200);
    expect((await download(ann, link)).status).toBe(200);
  });

  it('voids a link when the access of its person was renewed', async () => {
    const fay = await exporter(server, 'fay', 'other');
    const { result } = await callTool(server, fay.token, 'export_query', { query: SQL, format: 'csv' }, 'other');
    const { url } = result as { url: string };
    expect((await fay.browser.open(url)).response.status).toBe(200);
    const renewed = Math.floor(Date.now() / 1000) + 1;
    await changeUsersFile(path.join(server.directory, 'users.json'), users =>
      users.map(user => (user.name === 'fay' ? { ...user, valid_from: new Date(renewed * 1000).toISOString() } : user)),
    );
    await until('a new sign-in is possible', () => Date.now() / 1000 > renewed + 1);
    const again = new BrowserPerson(server.url);
    const signInPage = await again.open(url);
    expect(signInPage.text).toContain('name="password"');
    const page = await again.submit(signInPage, { username: 'fay', password: DEMO_USER.password });
    expect([page.url, page.response.status]).toEqual([url, 403]);
  });

  it('limits the links that wait for a person', async () => {
    const many = await exporter(server, 'eve');
    for (let count = 0; count < 25; count++) {
      const { error } = await callTool(server, many.token, 'export_query', { query: SQL, format: 'csv' });
      if (error !== undefined) return expect(error).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    }
    throw new Error('there is no limit');
  });
});
