import { jest } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { withKnowledge } from '../../src/cli/knowledge-context.js';
import { evaluateTenant } from '../../src/cli/evaluate-tenant.js';
import { command as evaluate } from '../../src/cli/commands/evaluate.command.js';
import { command as knowledge } from '../../src/cli/commands/knowledge.command.js';
import { UsageError } from '../../src/cli/command.js';
import { KnowledgeProver } from '../../src/knowledge/proof/knowledge-prover.js';
import { checkKnowledge } from '../../src/doctor/knowledge.checks.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { openTestDatabase, type TestDatabase, testTenant } from '../support/database.js';
import { databaseEnvironment, serverEnvironment } from '../support/server-environment.js';
import { SHOP_KNOWLEDGE, SHOP_SCRIPT } from '../support/knowledge/shop-rows.js';

const QUERIES = `
queries:
  - { name: regions, title: R, questions: [why], sql: SELECT Code FROM shop.Regions, owner: a, verified_on: 2026-11-02 }
  - { name: one, title: O, questions: [why], sql: SELECT @id AS id, parameters: [{ name: id, type: int }], owner: a, verified_on: 2026-11-02 }
`;

describe('the commands about knowledge', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-commands-'));
  const file = path.join(directory, 'knowledge.yaml');
  const results = path.join(directory, 'knowledge.results.json');
  const tenant = () => testTenant(database.config, { knowledge: file });
  const prover = () => KnowledgeProver.over(services.catalog, services.runner);

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SHOP_SCRIPT);
    services = databaseServices();
    writeFileSync(file, SHOP_KNOWLEDGE + QUERIES);
  }, 60_000);
  afterAll(async () => {
    await services.close();
    await database.close();
  });
  afterEach(() => void jest.restoreAllMocks());

  /** What a command prints, and its exit code. */
  async function run(command: typeof knowledge, ...args: readonly string[]) {
    const written: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation(text => written.push(String(text)) > 0);
    const code = await command.run(args);
    return { code, text: written.join('') };
  }

  describe('knowledge', () => {
    it('check prints every fault of a file with its place, or how much is in it', async () => {
      expect(await run(knowledge, 'check', file)).toEqual({
        code: 0,
        text: `${file}: no faults. terms: 0, metrics: 11, joins: 2, queries: 2, procedures: 0, documents: 0, subjects: 0, caution: 0.\n`,
      });
      const wrong = path.join(directory, 'wrong.yaml');
      writeFileSync(wrong, 'metrics: [{name: A}]\nextra: 1\n');
      const { code, text } = await run(knowledge, 'check', wrong);
      expect(code).toBe(1);
      expect(text).toMatch(
        new RegExp(
          `^${wrong}: line 1, column \\d+: metrics\\[0\\] "A": .*\\n${wrong}: line 2, column 1: unknown key "extra"`,
          's',
        ),
      );
      expect(await run(knowledge, 'check', path.join(directory, 'absent.yaml'))).toMatchObject({
        code: 1,
        text: expect.stringContaining('cannot be read (ENOENT)'),
      });
    });

    it('schema prints the schema that is published', async () => {
      expect(JSON.parse((await run(knowledge, 'schema')).text)).toEqual(
        JSON.parse(readFileSync('config/knowledge.schema.json', 'utf8')),
      );
    });

    it.each([[], ['chek'], ['check'], ['check', 'a', 'b'], ['remove'], ['suggestions', '--tenat', 'x']])(
      'refuses the command line %j %j',
      async (...args) => {
        await expect(knowledge.run(args.filter(arg => arg !== undefined))).rejects.toBeInstanceOf(UsageError);
        await expect(evaluate.run(['--unknown'])).rejects.toBeInstanceOf(UsageError);
      },
    );
  });

  it('evaluate records results without data, and finds what has changed since', async () => {
    const run = (record = false) => evaluateTenant(tenant(), services.queries, record);
    expect(await run()).toEqual({
      ok: false,
      text: '[NEW ] demo: regions: There is no recorded result.\n[SKIP] demo: one: The parameter id has no default. Put a value into "parameters" of the recorded result.\n',
    });
    expect(existsSync(results)).toBe(false);
    expect((await run(true)).text).toContain(`Recorded in ${results}.`);
    const recorded = JSON.parse(readFileSync(results, 'utf8')) as { results: Record<string, object> };
    expect(recorded.results).toEqual({
      regions: { columns: ['Code'], row_count: 3, sha256: expect.any(String), recorded_on: expect.any(String) },
    });
    expect((await run()).text).toContain('[ ok ] demo: regions\n');
    await database.execute("INSERT INTO shop.Regions VALUES ('W', N'West')");
    expect(await run()).toMatchObject({
      ok: false,
      text: expect.stringMatching(/^\[DIFF\] demo: regions: There are 4 rows; since \S+ there were 3\./),
    });
    await database.execute("DELETE FROM shop.Regions WHERE Code = 'N'");
    expect((await run()).text).toMatch(/^\[DIFF\] demo: regions: Values have changed since/);
    await database.execute('ALTER TABLE shop.Regions ADD Other int NULL');
    writeFileSync(file, SHOP_KNOWLEDGE + QUERIES.replace('SELECT Code', 'SELECT Other'));
    expect((await run()).text).toMatch(/^\[DIFF\] demo: regions: The columns are Other; since \S+ they were Code\./);
    writeFileSync(file, SHOP_KNOWLEDGE + QUERIES.replace('SELECT Code', 'SELECT Gone'));
    expect((await run()).text).toMatch(/^\[FAIL\] demo: regions: Invalid column name 'Gone'/);
    writeFileSync(file, SHOP_KNOWLEDGE + QUERIES);
  });

  it('evaluate compares only the columns of a query that says so', async () => {
    const moving = QUERIES.replace('name: regions,', 'name: regions, evaluate: columns,');
    writeFileSync(file, SHOP_KNOWLEDGE + moving);
    await evaluateTenant(tenant(), services.queries, true);
    await database.execute("INSERT INTO shop.Regions (Code, RegionName) VALUES ('Z', N'Zone')");
    expect((await evaluateTenant(tenant(), services.queries, false)).text).toContain('[ ok ] demo: regions\n');
    writeFileSync(file, SHOP_KNOWLEDGE + moving.replace('SELECT Code', 'SELECT Code AS Other'));
    expect((await evaluateTenant(tenant(), services.queries, false)).text).toMatch(
      /^\[DIFF\] demo: regions: The columns are Other; since \S+ they were Code\./,
    );
    writeFileSync(file, SHOP_KNOWLEDGE + QUERIES);
  });

  it('evaluate runs a query whose values stand in the recorded results', async () => {
    writeFileSync(
      results,
      JSON.stringify({
        results: {
          one: {
            parameters: { id: 7 },
            columns: ['id'],
            row_count: 1,
            sha256: '0'.repeat(64),
            recorded_on: '2026-01-01',
          },
        },
      }),
    );
    expect((await evaluateTenant(tenant(), services.queries, true)).text).toContain(
      '[DIFF] demo: one: Values have changed',
    );
    expect((await evaluateTenant(tenant(), services.queries, false)).text).toContain('[ ok ] demo: one\n');
    writeFileSync(results, '{"results": {"one": {}}}');
    await expect(evaluateTenant(tenant(), services.queries, false)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('record again'),
    });
  });

  describe('with the settings of the process', () => {
    const before = { ...process.env };
    beforeAll(() => {
      Object.assign(process.env, serverEnvironment(directory), databaseEnvironment(database), {
        ENVIRONMENT_PATH: '/demo',
        KNOWLEDGE_FILE: file,
      });
    });
    afterAll(() => {
      process.env = before;
    });

    it('suggestions prints the queue as YAML to commit, and remove takes an entry out of it', async () => {
      expect(await run(knowledge, 'suggestions')).toEqual({ code: 0, text: '# demo: 0 suggestion(s)\n' });
      const suggestion = { tenant: 'demo', principal: 'sue', client: 'c', question: 'How many?', sql: 'SELECT 1 AS n' };
      const id = await withKnowledge('demo', services => services.suggestions.add(suggestion));
      const { text } = await run(knowledge, 'suggestions', '--tenant', 'demo');
      expect(text).toMatch(new RegExp(`^# demo: 1 suggestion\\(s\\)\\n# ${id}: suggested by sue on `));
      expect(parse(text)).toEqual([
        {
          name: 'how_many',
          title: 'How many?',
          questions: ['How many?'],
          sql: 'SELECT 1 AS n',
          owner: '',
          verified_on: '',
        },
      ]);
      expect(await run(knowledge, 'remove', id)).toEqual({ code: 0, text: 'Removed.\n' });
      expect(await run(knowledge, 'remove', id)).toEqual({ code: 1, text: 'There is no such suggestion.\n' });
      await expect(knowledge.run(['suggestions', '--tenant', 'nobody'])).rejects.toThrow(
        'There is no tenant "nobody". The tenants are demo.',
      );
    });

    it('evaluate runs the queries of each tenant', async () => {
      writeFileSync(file, SHOP_KNOWLEDGE + QUERIES);
      rmSync(results, { force: true });
      const { code, text } = await run(evaluate, '--record');
      expect([code, text]).toEqual([0, expect.stringContaining('demo: regions')]);
      expect((await run(evaluate)).text).toContain('[ ok ] demo: regions\n');
    });
  });

  it('doctor names the hash of the file, and each definition that does not fit the database', async () => {
    const findings = await checkKnowledge(tenant(), prover(), services.catalog, new Set());
    expect(findings[0]).toMatchObject({
      subject: 'demo: knowledge',
      level: 'ok',
      text: expect.stringMatching(/has the hash [0-9a-f]{64} and \d+ definitions/),
    });
    writeFileSync(file, SHOP_KNOWLEDGE.replace('SUM(Amount)', 'SUM(Amuont)'));
    expect(await checkKnowledge(tenant(), prover(), services.catalog, new Set())).toContainEqual({
      subject: 'demo: knowledge',
      level: 'fault',
      text: 'the metric "revenue" does not fit the database: shop.Sales has no column Amuont. Did you mean Amount?',
      todo: 'Correct the definition; until then it is not offered.',
    });
    writeFileSync(file, 'metrics: 1');
    expect(await checkKnowledge(tenant(), prover(), services.catalog, new Set())).toEqual([
      expect.objectContaining({ level: 'fault', text: `${file}: line 1, column 10: metrics must be a list.` }),
    ]);
    expect(await checkKnowledge(testTenant(database.config), prover(), services.catalog, new Set())).toEqual([]);
  });
});
