import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PromptInvoker } from '../../src/invocation/prompt.invoker.js';
import { KnowledgeNotes } from '../../src/knowledge/knowledge-notes.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { SearchDefinitionsSource } from '../../src/knowledge/search-definitions.js';
import { SuggestionQueue } from '../../src/knowledge/suggestions/suggestion-queue.js';
import { suggestionYaml } from '../../src/knowledge/suggestions/suggestion-yaml.js';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import { PromptRegistry } from '../../src/prompts/prompt.registry.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { knowledgeFile, type KnowledgeTestFile } from '../support/knowledge/knowledge-file.js';
import { SHOP_KNOWLEDGE, SHOP_SCRIPT } from '../support/knowledge/shop-rows.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

const QUERIES = `
queries:
  - name: sales_of_state
    title: Sales of a state
    questions: ["How many sales are open?", "What was sold?"]
    parameters:
      - { name: state, type: varchar(10), default: open, meaning: "done, open or void" }
      - { name: least, type: int }
    sql: |
      SELECT State, COUNT(*) AS sales FROM shop.Sales WHERE State = @state AND Quantity >= @least GROUP BY State
    owner: ben
    verified_on: 2026-10-20
    as_tool: true
  - name: sales_or_all
    title: Sales of a state, or of all
    questions: ["How many sales are there?"]
    parameters:
      - { name: state, type: varchar(10), default: open }
    sql: SELECT COUNT(*) AS sales FROM shop.Sales WHERE State = @state OR @state IS NULL
    owner: ben
    verified_on: 2026-10-20
    as_tool: true
  - name: regions
    title: Regions
    questions: ["Which regions are there?"]
    sql: SELECT r.Code, r.RegionName FROM shop.Regions AS r ORDER BY r.Code
    owner: ben
    verified_on: 2026-10-20
terms:
  - { word: big sale, synonyms: [large order], meaning: Of more than ten units., table: shop.Sales, condition: Quantity > 10 }
  - { word: region, meaning: Where a customer is., columns: [shop.Regions.RegionName] }
documents:
  - { title: How sales work, text: "A sale is open, then done or void.", tables: [shop.Sales] }
caution:
  - { table: shop.Targets, reason: The targets of 2019., instead: shop.Sales }
`;

/** Sees shop.Sales and nothing else. */
const limited = { principal: testPrincipal('lou', { access: { tables: ['shop.Sales'] } }) };

describe('the knowledge of a tenant', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  let source: KnowledgeTestFile;
  let file: string;

  const write = (text: string): string => {
    source.write(text);
    return createHash('sha256').update(text).digest('hex');
  };
  const knowledge = () => tools.module.get(KnowledgeService);
  const proofOf = async () => (await knowledge().proved(tools.tenant, AbortSignal.timeout(20_000)))?.proof;
  const errorOf = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => error as Error & { hint?: string; code?: string },
    );
  /** Waits until the version that was written last is the one that was read last. */
  const reloaded = (when: () => boolean) => until('the changed file was read', when);

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SHOP_SCRIPT);
    source = knowledgeFile(SHOP_KNOWLEDGE + QUERIES);
    file = source.path;
    tools = await toolServices(database, { settings: { knowledge: file } });
    await proofOf();
  }, 60_000);
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  describe('run_query', () => {
    it('runs a verified query with its defaults and says where the answer comes from', async () => {
      const { data, text } = await tools.call('run_query', { name: 'sales_of_state', parameters: { least: 0 } });
      expect(data).toMatchObject({
        definition: { name: 'sales_of_state', owner: 'ben', verified_on: '2026-10-20' },
        rows: [['open', expect.any(Number)]],
      });
      expect(JSON.parse(text)).toEqual(data);
    });

    it('takes the parameters with or without @, and names each that is missing or unknown', async () => {
      const { data } = await tools.call('run_query', {
        name: 'sales_of_state',
        parameters: { '@State': 'void', LEAST: 1 },
      });
      expect(data.rows[0][0]).toBe('void');
      expect(
        await errorOf(tools.call('run_query', { name: 'sales_of_state', parameters: { stat: 'x' } })),
      ).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message:
          'The query sales_of_state: there is no parameter "stat"; did you mean "state"?; the parameter "least" (int) is missing.',
        hint: 'Its parameters are state (varchar(10), usually "open"), least (int).',
      });
    });

    it('keeps null and an empty text as values, and uses the default only where a parameter is left out', async () => {
      const count = async (parameters: object): Promise<number> => {
        const ways = await Promise.all([
          tools.call('run_query', { name: 'sales_or_all', parameters }),
          tools.call('sales_or_all', parameters),
        ]);
        expect(ways[1].data).toEqual(ways[0].data);
        return ways[0].data.rows[0][0] as number;
      };
      const [usual, open, all, none] = await Promise.all(
        [{}, { state: 'open' }, { state: null }, { state: '' }].map(count),
      );
      expect(usual).toBe(open);
      expect(all).toBeGreaterThan(usual ?? 0);
      expect(none).toBe(0);
    });

    it('is recorded with the name of its query, as query_metric is with its metrics', async () => {
      await tools.call('run_query', { name: 'regions' }, { requestId: 'audited-query' });
      await tools.call('query_metric', { metrics: ['revenue', 'sale_count'] }, { requestId: 'audited-metric' });
      const recorded = () =>
        wholeLines(readFileSync(path.join(tools.directory, 'audit.jsonl'), 'utf8'))
          .map(line => JSON.parse(line) as Record<string, unknown>)
          .filter(line => String(line['request_id']).startsWith('audited-'))
          .map(line => [line['type'], line['tool'], line['target']]);
      await until('both outcomes are written', () => recorded().filter(([type]) => type === 'outcome').length === 2);
      expect(recorded()).toEqual([
        ['intent', 'run_query', 'regions'],
        ['outcome', 'run_query', 'regions'],
        ['intent', 'query_metric', 'revenue, sale_count'],
        ['outcome', 'query_metric', 'revenue, sale_count'],
      ]);
    });

    it('never takes a value for a part of the statement', async () => {
      const { data } = await tools.call('run_query', {
        name: 'sales_of_state',
        parameters: { state: "' OR 1=1", least: 0 },
      });
      expect(data.rows).toEqual([]);
    });

    it('refuses an unknown name with the nearest', async () => {
      expect(await errorOf(tools.call('run_query', { name: 'region' }))).toMatchObject({
        code: 'UNKNOWN_DEFINITION',
        hint: 'Did you mean regions?',
      });
    });

    it('writes each format, and goes on with a cursor', async () => {
      const { text } = await tools.call('run_query', { name: 'regions', format: 'csv' });
      expect(text).toMatch(/^Code,RegionName\nE,East\n.*definition: \{"name":"regions"/s);
      const small = await toolServices(database, { settings: { knowledge: file }, limits: { maxRows: 2 } });
      try {
        const first = await small.call('run_query', { name: 'regions' });
        const next = await small.call('run_query', { name: 'regions', cursor: first.data.next_cursor });
        expect([...first.data.rows, ...next.data.rows].map(([code]: [string]) => code)).toEqual(['E', 'N', 'S']);
        expect(next.data.definition).toEqual(first.data.definition);
      } finally {
        await small.close();
      }
    });
  });

  describe('a query that is a tool', () => {
    it('is listed with its parameters, and answers as run_query does', async () => {
      const found = tools.registry
        .forPrincipal(tools.tenant, testPrincipal())
        .find(({ name }) => name === 'sales_of_state');
      expect(found).toMatchObject({
        title: 'Sales of a state',
        description:
          'Sales of a state Answers "How many sales are open?", "What was sold?". Verified 2026-10-20 by ben.',
        annotations: { readOnlyHint: true },
        inputSchema: {
          required: ['least'],
          properties: {
            state: { description: 'done, open or void; varchar(10), usually "open"' },
            least: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
          },
        },
      });
      const [own, other] = await Promise.all([
        tools.call('sales_of_state', { least: 2 }),
        tools.call('run_query', { name: 'sales_of_state', parameters: { least: 2 } }),
      ]);
      expect(own.data).toEqual(other.data);
    });

    it('is a prompt, too', async () => {
      const call = {
        tenant: tools.tenant,
        principal: testPrincipal(),
        requestId: 'r',
        signal: new AbortController().signal,
      };
      const found = tools.module
        .get(PromptRegistry)
        .prompts(tools.tenant)
        .find(({ name }) => name === 'sales_of_state');
      expect(found?.arguments.map(({ name, required }) => [name, required])).toEqual([
        ['state', false],
        ['least', true],
      ]);
      const got = await tools.module.get(PromptInvoker).invoke('sales_of_state', { least: '3' }, call);
      expect(JSON.stringify(got)).toContain('Call the tool sales_of_state with least = ');
    });
  });

  describe('a person with access rules', () => {
    it('has no definition that uses a table which is hidden from them', async () => {
      const names = tools.registry.forPrincipal(tools.tenant, limited.principal).map(({ name }) => name);
      expect(names).toContain('sales_of_state');
      expect(await errorOf(tools.call('run_query', { name: 'regions' }, limited))).toMatchObject({
        code: 'UNKNOWN_DEFINITION',
        hint: 'There are sales_of_state, sales_or_all.',
      });
      expect(await errorOf(tools.call('query_metric', { metric: 'customers' }, limited))).toMatchObject({
        code: 'UNKNOWN_DEFINITION',
      });
      const hidden = await errorOf(tools.call('query_metric', { metric: 'revenue', dimensions: ['region'] }, limited));
      expect(hidden).toMatchObject({ code: 'INVALID_ARGUMENT', hint: 'The dimensions are state, size, quantity.' });
      expect(
        (await tools.call('query_metric', { metric: 'revenue', dimensions: ['state'] }, limited)).data.row_count,
      ).toBe(2);
    });

    it('reads in no note of a table which is hidden from them', () => {
      const notes = tools.module.get(KnowledgeNotes);
      const viewer = { tenant: tools.tenant, ...limited };
      expect(notes.forTables(viewer, [{ schema: 'shop', name: 'Targets' }])).toEqual([]);
      expect(notes.forInstructions(viewer)).not.toMatch(/regions|Targets|customers/);
      expect(notes.forStatement(viewer, 'SELECT * FROM shop.Customers')).toBeUndefined();
    });

    it('has the definitions of a table that their rules name with its database', () => {
      const own = tools.tenant.config.database.database;
      const seenBy = (table: string) => {
        const viewer = { tenant: tools.tenant, principal: testPrincipal('lou', { access: { tables: [table] } }) };
        return tools.module.get(KnowledgeNotes).forInstructions(viewer);
      };
      expect(seenBy(`${own}.shop.Sales`)).toMatch(/revenue/);
      expect(seenBy(`${own}.shop.Sales`)).toBe(seenBy('shop.Sales'));
      expect(seenBy('other.shop.Sales')).not.toBe(seenBy('shop.Sales'));
    });

    it('has the same tools and no tool of a query whose tables are hidden', () => {
      const blind = testPrincipal('bea', { access: { schemas: ['other'] } });
      const names = tools.registry.forPrincipal(tools.tenant, blind).map(({ name }) => name);
      expect(names).not.toContain('sales_of_state');
      expect(tools.registry.isOffered(tools.tenant, blind, 'sales_of_state')).toBe(false);
    });
  });

  describe('other tools', () => {
    it('say that a table of the statement has a defined metric, or should be avoided', async () => {
      const { data } = await tools.call('execute_sql', { query: 'SELECT TOP (1) s.Amount FROM shop.Sales AS s' });
      expect(data.note).toMatch(/^These tables have defined metrics: revenue, sale_count, .*query_metric/);
      const avoided = await tools.call('execute_sql', { query: 'SELECT COUNT(*) FROM [shop].[targets]' });
      expect(avoided.data.note).toBe('Avoid shop.Targets: The targets of 2019. Use shop.Sales.');
      expect((await tools.call('execute_sql', { query: "SELECT 'shop.Sales'" })).data.note).toBeUndefined();
    });

    it('describe a table with its cautions, metrics, terms and documents', async () => {
      const { data } = await tools.call('describe_table', { table_name: 'shop.Regions' });
      expect(data.notes).toEqual(expect.arrayContaining(['"region": Where a customer is.']));
      const several = await tools.call('describe_table', { table_names: ['shop.Targets', 'shop.Products'] });
      expect(several.data.notes[0]).toMatch(/^Avoid shop\.Targets/);
      for (const note of several.data.notes) expect(note.length).toBeLessThanOrEqual(300);
    });

    it('find a verified query by its questions, and nothing that uses a hidden table', async () => {
      const definitions = async (words: string, more = {}) =>
        (
          (await tools.call('search_schema', { words }, more)).data.matches as {
            kind: string;
            name: string;
            type: string;
          }[]
        )
          .filter(({ kind }) => kind === 'definition')
          .map(({ name, type }) => `${type} ${name}`);
      expect((await definitions('which regions are there'))[0]).toBe('query regions');
      expect(await definitions('turnover')).toContain('metric revenue');
      expect(await definitions('large order')).toContain('term big sale');
      expect(await definitions('which regions are there', limited)).not.toContain('query regions');
      expect(await definitions('large order', limited)).toContain('term big sale');
    });

    it('give the schema search the terms, metrics and queries with their tables', () => {
      const given = tools.module.get(SearchDefinitionsSource).definitionsOf(tools.tenant);
      expect(tools.module.get(SearchDefinitionsSource).definitionsOf(tools.tenant)).toBe(given);
      const of = (name: string) => given.definitions.find(each => each.name === name);
      expect(of('revenue')).toMatchObject({
        type: 'metric',
        synonyms: ['turnover', 'net sales'],
        places: [{ schema: 'shop', table: 'Sales' }],
      });
      expect(of('regions')).toMatchObject({
        type: 'query',
        synonyms: ['Regions', 'Which regions are there?'],
        places: [{ schema: 'shop', table: 'Regions' }],
      });
      expect(of('big sale')).toMatchObject({ type: 'term', synonyms: ['large order'] });
      expect(given.joins[0]).toMatchObject({
        fromColumns: ['RegionCode'],
        toColumns: ['Code'],
        role: 'customer_region',
      });
      expect(given.cautions[0]).toMatchObject({
        place: { table: 'Targets' },
        text: 'The targets of 2019. Use shop.Sales.',
      });
    });
  });

  describe('a suggestion', () => {
    const may = { principal: testPrincipal('sue', { access: { maySuggest: true } }) };
    const suggestion = {
      question: 'How many\u001b[2J sales?',
      sql: 'SELECT COUNT(*) AS n\nFROM shop.Sales',
      note: 'asked \u202eby the board',
    };

    it('is for people who may make one, also in a tenant that only reads', async () => {
      expect(tools.registry.forPrincipal(tools.tenant, testPrincipal()).map(({ name }) => name)).not.toContain(
        'suggest_definition',
      );
      expect(await errorOf(tools.call('suggest_definition', suggestion))).toMatchObject({ code: 'UNKNOWN_TOOL' });
      expect((await tools.call('suggest_definition', suggestion, may)).data).toEqual({
        queued: expect.stringMatching(/^[0-9a-f]{12}$/),
      });
    });

    it('is used by nothing, and printed without anything that a terminal obeys', async () => {
      const queue = tools.module.get(SuggestionQueue);
      const [found] = await queue.list(tools.tenant.name);
      expect(found).toMatchObject({ principal: 'sue', ...suggestion });
      const yaml = suggestionYaml(found!);
      expect(yaml).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
      expect(yaml).toContain('\\u{1b}[2J');
      expect(yaml).toContain('- name: how_many_2j_sales');
      expect(await errorOf(tools.call('run_query', { name: 'how_many_2j_sales' }))).toMatchObject({
        code: 'UNKNOWN_DEFINITION',
      });
      expect([
        await queue.remove(tools.tenant.name, found!.id),
        await queue.remove(tools.tenant.name, found!.id),
      ]).toEqual([true, false]);
    });

    it('must be a reading statement of tables that the person may use', async () => {
      expect(
        await errorOf(tools.call('suggest_definition', { ...suggestion, sql: 'DELETE FROM shop.Sales' }, may)),
      ).toMatchObject({ code: 'READ_ONLY_VIOLATION' });
      const own = { principal: testPrincipal('sue', { access: { maySuggest: true, tables: ['shop.Sales'] } }) };
      expect(
        await errorOf(tools.call('suggest_definition', { ...suggestion, sql: 'SELECT * FROM shop.Regions' }, own)),
      ).toMatchObject({ code: 'PERMISSION_DENIED' });
    });

    it('is one of at most 20 a day', async () => {
      const eve = { principal: testPrincipal('eve', { access: { maySuggest: true } }) };
      for (let i = 0; i < 20; i++) await tools.call('suggest_definition', suggestion, eve);
      expect(await errorOf(tools.call('suggest_definition', suggestion, eve))).toMatchObject({
        code: 'TOO_MANY_REQUESTS',
        hint: 'Try again tomorrow.',
      });
    });
  });

  describe('a changed file', () => {
    it('holds at once, with its tools and their list', async () => {
      const before = tools.registry.forTenant(tools.tenant).map(({ name }) => name);
      write(SHOP_KNOWLEDGE + QUERIES.replaceAll('sales_of_state', 'sales_by_state'));
      await reloaded(() => tools.registry.find(tools.tenant, 'sales_by_state') !== undefined);
      const after = tools.registry.forTenant(tools.tenant).map(({ name }) => name);
      expect(after).toEqual(before.map(name => (name === 'sales_of_state' ? 'sales_by_state' : name)));
      expect(await errorOf(tools.call('sales_of_state', { least: 1 }))).toMatchObject({ code: 'UNKNOWN_TOOL' });
    });

    it('with faults is not taken: the earlier version stays, and the faults are told', async () => {
      const hash = knowledge().of(tools.tenant)?.sha256;
      write(SHOP_KNOWLEDGE.replace('SUM(Amount)', 'Amount') + QUERIES.replaceAll('sales_of_state', 'run_query'));
      await reloaded(() => knowledge().faultsOf(tools.tenant).length > 0);
      expect(knowledge().faultsOf(tools.tenant)).toEqual([
        expect.stringMatching(/knowledge\.yaml: line \d+, column \d+: metrics\[0\] "revenue": expression is wrong/),
      ]);
      expect(knowledge().of(tools.tenant)?.sha256).toBe(hash);
      expect((await tools.call('query_metric', { metric: 'revenue' })).data.row_count).toBe(1);
      write(SHOP_KNOWLEDGE + QUERIES.replaceAll('sales_of_state', 'run_query'));
      await reloaded(() => knowledge().faultsOf(tools.tenant)[0]?.includes('has a tool with this name') === true);
      expect((await tools.module.get(MetricsService).render()).body).toContain(
        'mcp_knowledge_file_valid{tenant="demo"} 0',
      );
    });

    it('has its hash in the audit trail, also when it was refused', async () => {
      write(SHOP_KNOWLEDGE + QUERIES);
      await reloaded(() => knowledge().faultsOf(tools.tenant).length === 0);
      const hash = knowledge().of(tools.tenant)?.sha256;
      const lines = () =>
        readFileSync(path.join(tools.directory, 'audit.jsonl'), 'utf8')
          .trim()
          .split('\n')
          .map(line => JSON.parse(line) as Record<string, unknown>)
          .filter(line => line['what'] === 'knowledge');
      await until('the trail has the last version', () => lines().at(-1)?.['sha256'] === hash);
      expect(lines()[0]).toMatchObject({ type: 'config', tenant: 'demo', reloaded: false });
      expect(lines().map(line => line['faults'])).toEqual([undefined, undefined, 1, 1, undefined]);
    });
  });

  describe('a database that has changed', () => {
    it('has the definitions that no longer fit named within one proof, and the others still work', async () => {
      await database.execute(
        'ALTER TABLE shop.Regions ADD Title nvarchar(20) NULL\nGO\nALTER TABLE shop.Regions DROP COLUMN RegionName',
      );
      const hash = write(`# another version\n${SHOP_KNOWLEDGE}${QUERIES}`);
      await reloaded(() => knowledge().of(tools.tenant)?.sha256 === hash);
      const broken = (await proofOf())?.items.filter(({ state }) => state === 'broken');
      expect(broken?.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
        expect.arrayContaining([
          'dimension revenue.region',
          'dimension customers.region',
          'query regions',
          'term region',
        ]),
      );
      expect(broken?.find(({ name }) => name === 'revenue.region')?.reason).toBe(
        'shop.Regions has no column RegionName.',
      );
      expect(broken?.find(({ name }) => name === 'regions')?.reason).toMatch(/RegionName/);
      expect(await errorOf(tools.call('run_query', { name: 'regions' }))).toMatchObject({
        code: 'UNKNOWN_DEFINITION',
        message: expect.stringContaining('no longer fits the database'),
      });
      expect(await errorOf(tools.call('query_metric', { metric: 'revenue', dimensions: ['region'] }))).toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
      expect((await tools.call('query_metric', { metric: 'revenue', dimensions: ['category'] })).data.row_count).toBe(
        4,
      );
      const metrics = (await tools.module.get(MetricsService).render()).body;
      expect(metrics).toContain(`mcp_knowledge_items{tenant="demo",state="broken"} ${broken?.length}`);
    });

    it('leaves a broken metric out, and says why to who asks for it', async () => {
      await database.execute('ALTER TABLE shop.Sales DROP COLUMN Amount');
      const hash = write(`# a third version\n${SHOP_KNOWLEDGE}${QUERIES}`);
      await reloaded(() => knowledge().of(tools.tenant)?.sha256 === hash);
      await proofOf();
      expect(await errorOf(tools.call('query_metric', { metric: 'revenue' }))).toMatchObject({
        code: 'UNKNOWN_DEFINITION',
        message: expect.stringContaining('shop.Sales has no column Amount'),
      });
      expect((await tools.call('query_metric', { metric: 'sale_count' })).data.rows).toEqual([[400]]);
    });
  });
});
