import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { stringify } from 'yaml';
import { BrowserPerson } from '../support/browser-person.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { download, type ExportAnswer, type Exporter, fetchFile } from '../support/exports.js';
import { signIn } from '../support/oauth-login.js';
import { addUser, DEMO_USER } from '../support/oauth-server.js';
import { connectClient } from '../support/official-client.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { until } from '../support/until.js';

const SCRIPT = `
CREATE SCHEMA crm;
GO
CREATE TABLE crm.People (PersonID char(5) NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL);
GO
CREATE TABLE crm.Orders (OrderID int NOT NULL PRIMARY KEY, PersonID char(5) NOT NULL REFERENCES crm.People(PersonID), ClerkID int NOT NULL);
GO
INSERT INTO crm.People VALUES ('AB-01', N'Ana Planted'), ('AB-02', N'Ben');
GO
INSERT INTO crm.Orders VALUES (1, 'AB-01', 7), (2, 'AB-02', 7), (3, 'AB-01', 8);
`;
const KNOWLEDGE = `
subjects:
  - name: customer
    table: crm.People
    key: PersonID
    retention: Ten years.
    categories:
      - { name: profile, table: crm.People }
      - { name: orders, table: crm.Orders, leave_out: [ClerkID] }
`;

/** A tenant without exports: the right of its own is enough for this one file. */
describe('an access request', () => {
  let database: TestDatabase;
  let server: StartedServer;
  let rules: string;
  let officer: Exporter & { readonly client: Client };
  let other: typeof officer;

  const tenants = (subjectAccess: boolean) => {
    const { host, port, user, password, database: name } = database.config;
    return stringify({
      tenants: [
        {
          path: '/demo',
          database: { host, port, user, password, database: name, trust_server_certificate: true },
          knowledge: path.join(path.dirname(rules), 'knowledge.yaml'),
          access: [{ user: 'demo', subject_access: subjectAccess }, { user: 'eve' }],
        },
      ],
    });
  };

  const person = async (name: string): Promise<typeof officer> => {
    await addUser(path.join(server.directory, 'users.json'), name, DEMO_USER.password);
    const who = { username: name, password: DEMO_USER.password };
    const { accessToken } = await signIn({ url: server.url, tenant: 'demo', ...who, scopes: ['sql:read'] });
    const browser = new BrowserPerson(server.url);
    await browser.submit(await browser.open('/demo/account'), who);
    const client = await connectClient(`${server.url}/demo/mcp`, { authorization: `Bearer ${accessToken}` });
    return { name, token: accessToken, browser, client };
  };
  const ask = ({ client }: typeof officer) =>
    client.callTool({ name: 'export_subject_data', arguments: { subject: 'customer', id: 'AB-01' } });
  const trail = () => readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8').trimEnd().split('\n');

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCRIPT);
    rules = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-subject-')), 'tenants.yaml');
    writeFileSync(path.join(path.dirname(rules), 'knowledge.yaml'), KNOWLEDGE);
    writeFileSync(rules, tenants(true));
    server = await startServer({ database, env: { TENANTS_FILE: rules, ENVIRONMENT_PATH: '', MSSQL_HOST: '' } });
    officer = await person(DEMO_USER.username);
    other = await person('eve');
  }, 60_000);
  afterAll(async () => {
    await officer?.client.close();
    await other?.client.close();
    await server?.close();
    await database?.close();
  });

  it('gives a person with subject_access one complete file, once', async () => {
    const { structuredContent } = await ask(officer);
    const answer = structuredContent as unknown as ExportAnswer;
    expect(answer).toMatchObject({
      format: 'json',
      file_name: 'customer-data.json',
      categories: { profile: { row_count: 1 }, orders: { row_count: 2, left_out: ['ClerkID'] } },
    });
    const page = await officer.browser.open(answer.url);
    expect(page.text).toContain('customer-data.json');
    const file = await fetchFile(officer, page);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename=customer-data.json',
    });
    const data = JSON.parse(await file.text());
    expect(data).toMatchObject({ subject: 'customer', id: 'AB-01', requested_by: 'demo', complete: true });
    expect(data.categories.profile.rows).toEqual([{ PersonID: 'AB-01', Name: 'Ana Planted' }]);
    expect(data.categories.orders.rows).toEqual([
      { OrderID: 1, PersonID: 'AB-01' },
      { OrderID: 3, PersonID: 'AB-01' },
    ]);
    await until('the link is used', async () =>
      (await officer.browser.open(answer.url)).text.includes('The file is complete'),
    );
    const events = trail()
      .filter(line => line.includes('"type":"subject_access"'))
      .map(line => JSON.parse(line) as { event: string; outcome?: string });
    expect(events.map(({ event }) => event)).toEqual([
      'subject_data_read',
      'export_link_made',
      'export_begun',
      'export_ended',
    ]);
    expect(events.at(-1)).toMatchObject({ outcome: 'ok', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(trail().join('\n')).not.toMatch(/Planted|AB-01/);
  });

  it('is hidden from people without subject_access', async () => {
    const tools = async ({ client }: typeof officer) => (await client.listTools()).tools.map(({ name }) => name);
    expect(await tools(officer)).toContain('export_subject_data');
    expect(await tools(other)).not.toContain('export_subject_data');
    await expect(ask(other)).rejects.toThrow('export_subject_data');
    const { structuredContent } = await ask(officer);
    const { url } = structuredContent as unknown as ExportAnswer;
    expect((await other.browser.open(url)).response.status).toBe(404);
  });

  it('is ordered again after the definitions have changed, because the order keeps the statements of before', async () => {
    const file = path.join(path.dirname(rules), 'knowledge.yaml');
    const { structuredContent } = await ask(officer);
    const link = structuredContent as unknown as ExportAnswer;
    const shown = await officer.browser.open(link.url);
    writeFileSync(file, KNOWLEDGE.replace('[ClerkID]', '[ClerkID, OrderID]'));
    await until('the definitions are read', async () =>
      (await officer.browser.open(link.url)).text.includes('have changed since this link was made'),
    );
    const refused = await fetchFile(officer, shown);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('content-disposition')).toBeNull();
    expect(await refused.text()).toContain('Order the file again');
    const again = (await ask(officer)).structuredContent as unknown as ExportAnswer;
    const data = JSON.parse(await (await download(officer, again)).text());
    expect(data.categories.orders).toMatchObject({ left_out: ['OrderID', 'ClerkID'], row_count: 2 });
    writeFileSync(file, KNOWLEDGE);
  });

  it('ends with the right, also for a link that was made before', async () => {
    const { structuredContent } = await ask(officer);
    const link = structuredContent as unknown as ExportAnswer;
    writeFileSync(rules, tenants(false));
    await until('the rule applies', async () =>
      (await officer.browser.open(link.url)).text.includes('You may not export here any more.'),
    );
    expect((await download(officer, link).catch(() => undefined))?.headers.get('content-disposition') ?? null).toBe(
      null,
    );
    await expect(ask(officer)).rejects.toThrow('export_subject_data');
  });
});
