import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { itemId, type ItemName } from '../../src/tools/research/item-id.js';
import { BrowserPerson } from '../support/browser-person.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { callTool } from '../support/exports.js';
import { signIn } from '../support/oauth-login.js';
import { addUser, DEMO_USER } from '../support/oauth-server.js';
import { connectClient } from '../support/official-client.js';
import { NOTES_KNOWLEDGE, NOTES_SCRIPT } from '../support/research.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { until } from '../support/until.js';

/** The shapes that OpenAI publishes: nothing else, and every url an address. */
const SEARCH = z.strictObject({
  results: z.array(z.strictObject({ id: z.string().min(1), title: z.string().min(1), url: z.url() })),
});
const FETCH = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  text: z.string().min(1),
  url: z.url(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const NOTE: ItemName = { kind: 'row', document: 'Notes', key: '1' };
const SECRET: ItemName = { kind: 'row', document: 'Salaries', key: '1' };
const idOf = (name: ItemName): string => itemId(name) ?? '';

describe('deep research', () => {
  let database: TestDatabase;
  let server: StartedServer;
  const tokenOf = async (username: string, tenant = 'demo') =>
    (await signIn({ url: server.url, tenant, username, password: DEMO_USER.password, scopes: ['sql:read'] }))
      .accessToken;
  const addressOf = (name: ItemName, tenant = 'demo') => `${server.url}/${tenant}/items/${idOf(name)}`;
  const browserOf = async (username: string, tenant = 'demo', headers = {}) => {
    const browser = new BrowserPerson(server.url, headers);
    await browser.submit(await browser.open(`/${tenant}/account`), { username, password: DEMO_USER.password });
    return browser;
  };
  const trail = () => readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8');

  beforeAll(async () => {
    database = await openTestDatabase();
    for (const statement of NOTES_SCRIPT) await database.execute(statement);
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-research-'));
    const knowledge = path.join(directory, 'knowledge.yaml');
    writeFileSync(knowledge, NOTES_KNOWLEDGE);
    const { host, port, user, password, database: name } = database.config;
    const connection = { host, port, user, password, database: name, trust_server_certificate: true };
    const tenantsFile = path.join(directory, 'tenants.yaml');
    const access = [
      { user: 'demo' },
      { user: 'lou', schemas: ['open'] },
      { user: 'max', tools: ['list_tables', 'search'] },
    ];
    const tenants = [
      { path: '/demo', database: connection, knowledge, deep_research: true, access },
      { path: '/bare', database: connection, deep_research: true },
      { path: '/closed', database: connection, knowledge },
    ];
    writeFileSync(tenantsFile, stringify({ tenants }));
    server = await startServer({
      database,
      env: { TENANTS_FILE: tenantsFile, ENVIRONMENT_PATH: '', MSSQL_HOST: '' },
    });
    for (const person of ['demo', 'lou', 'max'])
      await addUser(path.join(server.directory, 'users.json'), person, DEMO_USER.password);
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await database?.close();
  });

  it('the official client searches and fetches, and each answer has the published shape', async () => {
    const headers = { authorization: `Bearer ${await tokenOf('demo')}` };
    const client = await connectClient(`${server.url}/demo/mcp`, headers);
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['fetch', 'search']));
      const found = await client.callTool({ name: 'search', arguments: { query: 'broken bicycle' } });
      const { results } = SEARCH.parse(found.structuredContent);
      expect(found.content).toEqual([{ type: 'text', text: JSON.stringify(found.structuredContent) }]);
      expect(results[0]).toEqual({ id: idOf(NOTE), title: 'Broken bicycles', url: addressOf(NOTE) });
      for (const { id, title, url } of results) {
        const fetched = await client.callTool({ name: 'fetch', arguments: { id } });
        expect(fetched.content).toEqual([{ type: 'text', text: JSON.stringify(fetched.structuredContent) }]);
        expect(FETCH.parse(fetched.structuredContent)).toMatchObject({ id, title, url });
      }
    } finally {
      await client.close();
    }
  });

  it('the address of an item asks to sign in and then shows the item as text', async () => {
    const browser = new BrowserPerson(server.url);
    const form = await browser.open(addressOf(NOTE));
    expect(form.text).not.toContain('Broken bicycles');
    const page = await browser.submit(form, { username: 'demo', password: DEMO_USER.password });
    expect(page.url).toBe(addressOf(NOTE));
    expect(page.response.status).toBe(200);
    expect(page.text).toContain('Broken bicycles');
    expect(page.text).toContain('A return of a broken bicycle is free for two years.');
    expect(page.response.headers.get('content-security-policy')).toMatch(/^default-src 'none'(?!.*script-src)/);
    expect(page.response.headers.get('cache-control')).toBe('no-store');
  });

  it('shows the page in Spanish', async () => {
    const browser = await browserOf('demo', 'demo', { 'accept-language': 'es' });
    const { text } = await browser.open(addressOf(NOTE));
    expect(text).toContain('<html lang="es">');
    expect(text).toContain('Una fuente de una respuesta');
  });

  it('takes nothing of a text for markup', async () => {
    await database.execute(
      `UPDATE [open].Notes SET Subject = N'<b>Hours</b>', Body = N'<script>alert(1)</script>' WHERE NoteID = 2`,
    );
    const { text } = await (await browserOf('demo')).open(addressOf({ ...NOTE, key: '2' }));
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<b>Hours');
  });

  it.each<readonly [string, ItemName]>([
    ['row', SECRET],
    ['table', { kind: 'table', schema: 'closed', name: 'Secrets' }],
    ['verified query', { kind: 'definition', type: 'query', name: 'salaries' }],
  ])('a hidden %s is found neither by search, nor by fetch, nor on its page', async (_what, name) => {
    const token = await tokenOf('lou');
    const found = await callTool(server, token, 'search', { query: 'salary payroll secrets of Zoe' });
    expect(JSON.stringify(found.result)).not.toMatch(/secret|salar|Zoe/i);
    const fetched = await callTool(server, token, 'fetch', { id: idOf(name) });
    expect(fetched.error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const page = await (await browserOf('lou')).open(addressOf(name));
    expect(page.response.status).toBe(404);
    expect(page.text).not.toMatch(/Zoe|Secrets|salaries/);
    // The same for a person who may.
    expect((await (await browserOf('demo')).open(addressOf(name))).response.status).toBe(200);
  });

  it('the page of a person without the tool fetch shows nothing', async () => {
    const page = await (await browserOf('max')).open(addressOf(NOTE));
    expect(page.response.status).toBe(404);
    expect(page.text).not.toContain('bicycle');
  });

  it('an id of one tenant is nothing in another, and there is no page without deep_research', async () => {
    const elsewhere = await callTool(server, await tokenOf('demo', 'bare'), 'fetch', { id: idOf(NOTE) }, 'bare');
    expect(elsewhere.error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const closed = await callTool(server, await tokenOf('demo', 'closed'), 'fetch', { id: idOf(NOTE) }, 'closed');
    expect(JSON.stringify(closed.error)).toContain('There is no tool named');
    for (const tenant of ['bare', 'closed']) {
      const page = await (await browserOf('demo', tenant)).open(addressOf(NOTE, tenant));
      expect(page.response.status).toBe(404);
      expect(page.text).not.toContain('bicycle');
    }
  });

  it.each([
    ['no JSON', 'A'.repeat(24)],
    ['too short', 'x'],
    ['other characters', 'items.html'.repeat(3)],
    ['too long', 'A'.repeat(1_300)],
  ])('the page of a forged id is not found: %s', async (_what, id) => {
    const page = await (await browserOf('demo')).open(`${server.url}/demo/items/${id}`);
    expect(page.response.status).toBe(404);
  });

  it('a page is a call of fetch in the audit trail, which has nothing of the text', async () => {
    await (await browserOf('demo')).open(addressOf(NOTE));
    await until('the page is recorded', () =>
      trail()
        .split('\n')
        .some(line => line.includes('"client":"browser"') && line.includes('"fetch"')),
    );
    expect(trail()).not.toContain('free for two years');
  });
});
