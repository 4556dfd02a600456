import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CLIENT_RULES } from '../support/research.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { itemId, type ItemName } from '../../src/tools/research/item-id.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { FULL_TEXT_SCRIPT, NOTES_KNOWLEDGE, NOTES_SCRIPT } from '../support/research.js';

interface Found {
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

const sales = { principal: testPrincipal('lou', { access: { schemas: ['open'] } }) };
const idOf = (name: ItemName): string => itemId(name) ?? '';

describe('search and fetch', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  const search = async (query: string, more = {}): Promise<readonly Found[]> =>
    (await tools.call('search', { query }, more)).data.results;
  const titles = async (query: string, more = {}) => (await search(query, more)).map(({ title }) => title);
  const fetchItem = async (id: string, more = {}) => (await tools.call('fetch', { id }, more)).data;
  const open = async (settings = {}) => {
    const knowledge = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-research-')), 'knowledge.yaml');
    writeFileSync(knowledge, NOTES_KNOWLEDGE);
    const services = await toolServices(database, { settings: { knowledge, deepResearch: true, ...settings } });
    await services.module.get(KnowledgeService).proved(services.tenant, AbortSignal.timeout(20_000));
    return services;
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    for (const statement of NOTES_SCRIPT) await database.execute(statement);
    tools = await open();
  }, 60_000);
  afterAll(async () => {
    await tools?.close();
    await database?.close();
  });

  it('the definitions of the file fit the database', async () => {
    const proof = (await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(20_000)))?.proof;
    expect(proof?.items.filter(({ state }) => state === 'broken').map(({ name }) => name)).toEqual(['Lost texts']);
  });

  it('are hidden without deep_research', async () => {
    const without = await toolServices(database);
    try {
      const names = without.registry.forTenant(without.tenant).map(({ name }) => name);
      expect(names).toContain('search_schema');
      expect(names).not.toEqual(expect.arrayContaining(['search']));
      expect(names).not.toEqual(expect.arrayContaining(['fetch']));
    } finally {
      await without.close();
    }
  });

  it.each(['search', 'fetch'])('%s has the input and the output that OpenAI publishes', name => {
    const tool = tools.registry.find(tools.tenant, name)?.descriptor;
    expect(tool?.inputSchema).toMatchObject(CLIENT_RULES[name as 'search' | 'fetch'].input);
    expect(tool?.outputSchema).toMatchObject(CLIENT_RULES[name as 'search' | 'fetch'].output);
    expect(tool?.annotations.readOnlyHint).toBe(true);
  });

  it('find and read a row of a table of texts', async () => {
    const [first, ...more] = await search('How do we handle the return of a broken bicycle?');
    expect(first).toEqual({
      id: idOf({ kind: 'row', document: 'Notes', key: '1' }),
      title: 'Broken bicycles',
      url: `${tools.tenant.issuer}/items/${first?.id}`,
    });
    expect(more.map(({ title }) => title)).not.toContain('Broken bicycles');
    expect(await fetchItem(first?.id ?? '')).toEqual({
      ...first,
      text: 'Body:\nA return of a broken bicycle is free for two years.\n\nRemarks:\nAsk ana.',
      metadata: { kind: 'document', source: 'Notes', table: 'open.Notes' },
    });
  });

  it('give the same JSON as structured content and as the one text', async () => {
    const found = await tools.call('search', { query: 'bicycle' });
    expect(JSON.parse(found.text)).toEqual(found.data);
    const item = await tools.call('fetch', { id: found.data.results[0].id });
    expect(JSON.parse(item.text)).toEqual(item.data);
  });

  it('read what every search finds, for each kind of item', async () => {
    const found = [
      ...(await search('bicycle notes')),
      ...(await search('warranty')),
      ...(await search('open notes by author')),
      ...(await search('Remarks')),
    ];
    const kinds = new Set<string>();
    for (const { id, title, url } of found) {
      const item = await fetchItem(id);
      expect(item).toMatchObject({ id, title, url });
      expect(item.text).not.toBe('');
      kinds.add(item.metadata.kind);
    }
    expect([...kinds].sort()).toEqual(['column', 'document', 'table', 'term', 'verified query']);
  });

  it('read keys that are texts', async () => {
    const [first] = await search('shipping abroad');
    expect(first?.id).toBe(idOf({ kind: 'row', document: 'Pages', key: "ship/it's" }));
    expect((await fetchItem(first?.id ?? '')).text).toBe('Shipping abroad takes ten days.');
  });

  it('have a text that is longer than a cell of a result may be, and say when it is longer than a result may be', async () => {
    const { maxCellBytes, maxResultBytes } = tools.tenant.config.limits;
    const long = await fetchItem(idOf({ kind: 'row', document: 'Notes', key: '3' }));
    expect(long.metadata).not.toHaveProperty('truncated');
    expect(long.text.match(/word/g)).toHaveLength(1_800);
    expect(long.text.length).toBeGreaterThan(maxCellBytes);
    const endless = await fetchItem(idOf({ kind: 'row', document: 'Notes', key: '4' }));
    expect(endless.metadata.truncated).toBe('true');
    expect(Buffer.byteLength(endless.text)).toBeLessThan(maxResultBytes);
    expect(endless.text).toMatch(/… \[cut\]$/);
  });

  describe('with a full-text index', () => {
    it('find what LIKE does not, once there is the index', async () => {
      expect(await titles('wheels and repairs')).not.toContain('Winter');
      await database.execute(FULL_TEXT_SCRIPT);
      expect(await titles('wheels and repairs')).toContain('Winter');
      expect(await titles('wheels and repairs', sales)).toContain('Winter');
    });

    it.each([
      '"repair" AND NOT "wheel"',
      'FORMSOF(INFLECTIONAL, repair)',
      "repair') OR 1=1 --",
      'repair*',
      'NEAR((repair, day))',
    ])('take operators in the question for words: %s', async query => {
      expect(await titles(query)).toContain('Winter');
    });
  });

  describe('for a person with access rules', () => {
    it('find nothing of a hidden table: no table, column, definition or row', async () => {
      for (const query of ['salary of Zoe', 'Secrets', 'payroll', 'which salaries are high']) {
        expect((await titles(query)).join()).toMatch(/Secret|payroll|Salary|salar/);
        expect((await titles(query, sales)).join()).not.toMatch(/Secret|payroll|Salary|salar|Zoe/i);
      }
    });

    it.each<readonly [string, ItemName]>([
      ['table', { kind: 'table', schema: 'closed', name: 'Secrets' }],
      ['column', { kind: 'column', schema: 'closed', name: 'Secrets', column: 'Body' }],
      ['row', { kind: 'row', document: 'Salaries', key: '1' }],
      ['document', { kind: 'definition', type: 'document', name: 'Salaries' }],
      ['term', { kind: 'definition', type: 'term', name: 'payroll' }],
      ['verified query', { kind: 'definition', type: 'query', name: 'salaries' }],
    ])('refuse the id of a hidden %s as they refuse one that does not exist', async (_what, name) => {
      const id = idOf(name);
      expect((await fetchItem(id)).id).toBe(id);
      const refusal = fetchItem(id, sales);
      await expect(refusal).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: 'There is no item with this id, or you may not use it.',
      });
      const unknown = fetchItem(idOf({ kind: 'table', schema: 'open', name: 'Nothing' }), sales);
      const [a, b] = await Promise.allSettled([refusal, unknown]);
      expect(JSON.stringify((a as PromiseRejectedResult).reason)).toBe(
        JSON.stringify((b as PromiseRejectedResult).reason),
      );
    });
  });

  describe('with protected columns', () => {
    let guarded: ToolServices;
    const guardedSearch = async (query: string): Promise<readonly Found[]> =>
      (await guarded.call('search', { query })).data.results;
    beforeAll(async () => {
      guarded = await open({ protectedColumns: ['notes.remarks', 'open.Pages.Title'] });
    }, 60_000);
    afterAll(() => guarded.close());

    it('show and search nothing of a protected column', async () => {
      const { data } = await guarded.call('fetch', { id: idOf({ kind: 'row', document: 'Notes', key: '1' }) });
      expect(data.text).toBe('A return of a broken bicycle is free for two years.');
      expect((await guardedSearch('ana')).map(({ title }) => title)).not.toContain('Broken bicycles');
    });

    it('find no row by a protected column of a full-text index', async () => {
      const sealed = await open({ protectedColumns: ['Articles.Content'] });
      try {
        const { data } = await sealed.call('search', { query: 'wheels and repairs' });
        expect(JSON.stringify(data)).not.toContain('Winter');
      } finally {
        await sealed.close();
      }
    });

    it('know no row of a table whose title is protected', async () => {
      expect((await guardedSearch('shipping abroad')).map(({ title }) => title)).not.toContain('Shipping');
      await expect(
        guarded.call('fetch', { id: idOf({ kind: 'row', document: 'Pages', key: "ship/it's" }) }),
      ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });
  });

  describe('attacks', () => {
    it.each(['%', '_', '[a-z]', "' OR 1=1 --", '"" OR *', ')) UNION SELECT 1', '\u0000'])(
      'a pattern or an operator in the question finds no row: %j',
      async query => {
        const rows = (await search(query)).filter(({ id }) =>
          Buffer.from(id, 'base64url').toString().startsWith('["row"'),
        );
        expect(rows).toEqual([]);
      },
    );

    it('a question of 1,000 characters is answered, and a longer one is refused', async () => {
      expect(Array.isArray(await search('bicycle '.repeat(125)))).toBe(true);
      await expect(search('x'.repeat(1_001))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });

    it.each([
      ['another spelling', Buffer.from('["row", "Notes", "1"]').toString('base64url')],
      ['further parts', Buffer.from('["table","open","Notes","x"]').toString('base64url')],
      ['another kind', Buffer.from('["module","open","Notes"]').toString('base64url')],
      ['no list', Buffer.from('{"kind":"table","a":1}').toString('base64url')],
      ['no JSON', 'A'.repeat(40)],
      ['a path', '../../etc/passwd/../../etc'],
      ['too long', 'A'.repeat(1_900)],
      ['a key of another type', idOf({ kind: 'row', document: 'Notes', key: '1 OR 1=1' })],
      ['a key that is a statement', idOf({ kind: 'row', document: 'Pages', key: "' OR 1=1 --" })],
      ['another database', idOf({ kind: 'table', schema: 'master.dbo', name: 'spt_values' })],
      ['a table that is not declared', idOf({ kind: 'row', document: 'open.Notes', key: '1' })],
      ['a broken definition', idOf({ kind: 'row', document: 'Lost texts', key: '1' })],
    ])('a forged id is refused: %s', async (_what, id) => {
      await expect(fetchItem(id)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: 'There is no item with this id, or you may not use it.',
      });
    });

    it('a key that several rows have reads none of them', async () => {
      await expect(fetchItem(idOf({ kind: 'row', document: 'Repeated', key: '7' }))).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    });
  });
});
