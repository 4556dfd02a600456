import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CacheVersions } from '../../src/cache/cache-versions.js';
import { CachedReads } from '../../src/cache/cached-reads.js';
import { UsageError } from '../../src/cli/command.js';
import { command } from '../../src/cli/commands/cache.command.js';
import type { Principal } from '../../src/common/principal.js';
import type { CallContext } from '../../src/database/call-context.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import { openTestDatabase, type TestDatabase, testCall, testPrincipal } from '../support/database.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { RunningStatements } from '../support/running-statements.js';
import { databaseEnvironment, serverEnvironment } from '../support/server-environment.js';
import { describeWith } from '../support/system-programs.js';
import { type ToolOptions, type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';

// Each run of a statement has another NEWID, so that equal answers are answers of the same run.
const SCRIPT = `CREATE TABLE dbo.Stock (id int NOT NULL PRIMARY KEY, n int NOT NULL)
GO
INSERT INTO dbo.Stock VALUES (1, 10), (2, 20)
GO
CREATE TABLE dbo.Untracked (id int NOT NULL)
GO
CREATE PROCEDURE dbo.Restock @n int AS UPDATE dbo.Stock SET n = @n WHERE id = 2
GO
CREATE PROCEDURE dbo.Fail_Late AS BEGIN UPDATE dbo.Stock SET n = 0; THROW 50001, N'too late', 1 END
GO
CREATE PROCEDURE dbo.Look AS SELECT n FROM dbo.Stock`;

const query = (name: string, sql: string, more = ''): string => `
  - name: ${name}
    title: ${name}
    questions: ["What is ${name}?"]
    sql: ${sql}
    owner: ben
    verified_on: 2026-10-20
${more}`;
const SLOW =
  'SELECT NEWID() AS run, COUNT(*) AS n FROM GENERATE_SERIES(1, 1200) AS a CROSS JOIN GENERATE_SERIES(1, 1200) AS b';
const KNOWLEDGE = `
procedures:
  - { name: restock, title: Restock, procedure: dbo.Restock }
  - { name: fail_late, title: Fail late, procedure: dbo.Fail_Late }
  - { name: look, title: Look, procedure: dbo.Look, reads: true }
metrics:
  - { name: stock, meaning: What is there., table: dbo.Stock, expression: SUM(n), owner: ben, cache: 10m }
  - { name: items, meaning: How many there are., table: dbo.Stock, expression: COUNT(*), owner: ben }
queries:
${query('free', 'SELECT NEWID() AS run')}
${query('kept', 'SELECT NEWID() AS run, n FROM dbo.Stock', '    cache: 10m')}
${query('short', 'SELECT NEWID() AS run', '    cache: 1s')}
${query('slow', SLOW, '    cache: 10m')}
${query('slow_again', `${SLOW} /* another */`, '    cache: 10m')}
${query('same', 'SELECT NEWID() AS run, n FROM dbo.Stock', '    cache: 10m\n    same_for_all: true')}
${query('caller', "SELECT NEWID() AS run, SESSION_CONTEXT(N'user_id') AS who", '    cache: 10m')}
${query('as_tool', 'SELECT NEWID() AS run', '    cache: 10m\n    as_tool: true')}
${query(
  'typed',
  'SELECT NEWID() AS run, @v AS v',
  '    cache: 10m\n    parameters: [{ name: v, type: varchar(20), default: x }]',
)}
${query('pages', 'SELECT value, NEWID() AS run FROM GENERATE_SERIES(1, 5) ORDER BY value', '    cache: 10m')}
${query('rows', 'SELECT value FROM GENERATE_SERIES(1, 300) ORDER BY value', '    cache: 10m')}
`;

interface Options {
  readonly config?: ToolOptions['config'];
  readonly settings?: ToolOptions['settings'];
  readonly limits?: ToolOptions['limits'];
}

function suite(name: string, stateStore: () => string | undefined, describeIt: typeof describe) {
  describeIt(`cached answers with ${name}`, () => {
    let database: TestDatabase;
    let file: string;
    const open: ToolServices[] = [];
    const stateKey = randomBytes(32);
    let version = 0;

    const write = (text: string): void => {
      writeFileSync(`${file}.new`, text);
      const at = Date.now() / 1000 - 3_600 + ++version;
      utimesSync(`${file}.new`, at, at);
      renameSync(`${file}.new`, file);
    };
    const start = async ({ config = {}, settings = {}, limits = {} }: Options = {}): Promise<ToolServices> => {
      const store = stateStore();
      const services = await toolServices(database, {
        config: { stateKey, ...(store === undefined ? {} : { stateStore: store }), ...config },
        settings: { knowledge: file, readOnly: false, ...settings },
        limits,
      });
      await services.module
        .get(KnowledgeService, { strict: false })
        .proved(services.tenant, AbortSignal.timeout(20_000));
      open.push(services);
      return services;
    };
    const as = (subject: string, more: Partial<Principal> = {}) => ({ principal: testPrincipal(subject, more) });
    const run = async (services: ToolServices, definition: string, more: object = {}, who: object = {}) =>
      (await services.call('run_query', { name: definition, ...more }, who)).data;
    /** Which run of the statement the answer is from. */
    const idOf = async (...args: Parameters<typeof run>): Promise<string> => (await run(...args)).rows[0][0];

    let tools: ToolServices;
    beforeAll(async () => {
      database = await openTestDatabase();
      await database.execute(SCRIPT);
      file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-cache-')), 'knowledge.yaml');
      write(KNOWLEDGE);
      tools = await start();
    }, 60_000);
    afterAll(async () => {
      for (const services of open) await services.close();
      await database.close();
    });

    it('answer the same question of others with the same rules, and say how old they are', async () => {
      const first = await tools.call('run_query', { name: 'kept' }, as('ann'));
      const second = await tools.call('run_query', { name: 'kept' }, as('bob'));
      expect(second).toEqual(first);
      expect(first.data).toMatchObject({
        max_age: 600,
        cached_at: expect.stringMatching(/^20\d\d-.+Z$/),
        row_count: 2,
      });
      expect(JSON.parse(first.text)).toEqual(first.data);
      const markdown = await tools.call('run_query', { name: 'kept', format: 'markdown' }, as('bob'));
      expect(markdown.text).toContain('|run|n|');
    });

    it('are of definitions with cache only', async () => {
      expect(await idOf(tools, 'free')).not.toBe(await idOf(tools, 'free'));
      expect(await run(tools, 'free')).not.toHaveProperty('cached_at');
      const sql = 'SELECT NEWID() AS run, n FROM dbo.Stock';
      const [one, other] = [
        await tools.call('execute_sql', { query: sql }),
        await tools.call('execute_sql', { query: sql }),
      ];
      expect(one.data.rows[0][0]).not.toBe(other.data.rows[0][0]);
    });

    it('are ignored with refresh: true, and replaced', async () => {
      const before = await idOf(tools, 'kept');
      const anew = await idOf(tools, 'kept', { refresh: true });
      expect(anew).not.toBe(before);
      expect(await idOf(tools, 'kept')).toBe(anew);
    });

    it('end with their time', async () => {
      const before = await idOf(tools, 'short');
      await until('the answer is too old', async () => (await idOf(tools, 'short')) !== before);
    });

    it('do not live longer when the clock of the machine is set back', async () => {
      const before = await idOf(tools, 'kept');
      const now = Date.now.bind(Date);
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
      try {
        expect(await idOf(tools, 'kept')).not.toBe(before);
      } finally {
        clock.mockRestore();
      }
    });

    it('serve queries that are tools, with an argument refresh', async () => {
      const ask = async (args: object) => (await tools.call('as_tool', args)).data;
      const first = await ask({});
      expect(await ask({})).toEqual(first);
      expect((await ask({ refresh: true })).rows).not.toEqual(first.rows);
      await expect(tools.call('as_tool', { other: 1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });

    it('serve metrics when all of them may be kept', async () => {
      const ask = async (metrics: string[], more = {}) => (await tools.call('query_metric', { metrics, ...more })).data;
      const first = await ask(['stock']);
      expect(first).toMatchObject({ rows: [[30]], max_age: 600 });
      await database.execute('UPDATE dbo.Stock SET n = 11 WHERE id = 1');
      expect(await ask(['stock'])).toEqual(first);
      expect(await ask(['stock'], { refresh: true })).toMatchObject({ rows: [[31]] });
      const both = await ask(['stock', 'items']);
      expect(both).toMatchObject({ rows: [[31, 2]] });
      expect(both).not.toHaveProperty('max_age');
    });

    it('are not given to a person with other rules or attributes, or of another tenant or database', async () => {
      const mine = await idOf(tools, 'kept', {}, as('ann'));
      const others: object[] = [
        as('ann', { access: { schemas: ['dbo'] } }),
        as('ann', { access: { tables: ['dbo.stock'] } }),
        as('ann', { access: { tables: ['dbo.Stock'], schemas: ['x'] } }),
        as('ann', { access: { tools: ['run_query'] } }),
      ];
      const ids = new Set([mine]);
      for (const who of others) ids.add(await idOf(tools, 'kept', {}, who));
      expect(ids.size).toBe(others.length + 1);
      // The order and the case of a list are not another rule.
      const lists = [
        ['dbo', 'X'],
        ['x', 'DBO'],
      ].map(schemas => as('eve', { access: { schemas } }));
      expect(await idOf(tools, 'kept', {}, lists[0])).toBe(await idOf(tools, 'kept', {}, lists[1]));
      // With attributes nothing is kept, unless the definition says that it is the same for all.
      const withRegion = as('ann', { attributes: { region: 'N' } });
      expect(await run(tools, 'kept', {}, withRegion)).not.toHaveProperty('cached_at');
      const same = await idOf(tools, 'same', {}, withRegion);
      expect(await idOf(tools, 'same', {}, withRegion)).toBe(same);
      expect(await idOf(tools, 'same', {}, as('ann', { attributes: { region: 'S' } }))).not.toBe(same);
      expect(await idOf(tools, 'same', {}, as('ann'))).not.toBe(same);
      const tenant = await start({ settings: { name: 'other' } });
      expect(await idOf(tenant, 'kept', {}, as('ann'))).not.toBe(mine);
      await expect(
        run(tools, 'kept', {}, as('mallory', { access: { tables: ['dbo.Untracked'] } })),
      ).rejects.toMatchObject({ code: 'UNKNOWN_DEFINITION' });
    });

    it('are not kept for a definition whose own SQL reads SESSION_CONTEXT', async () => {
      for (const subject of ['ann', 'bob']) {
        const { rows, ...answer } = await run(tools, 'caller', {}, as(subject));
        expect(rows[0][1]).toBe(subject);
        expect(answer).not.toHaveProperty('cached_at');
      }
    });

    it('may take as long as the call, and share a run only with calls that may take as long', async () => {
      const { tenant, module } = await start({ limits: { queryTimeoutMs: 100 } });
      const [reads, queries] = [
        module.get(CachedReads, { strict: false }),
        module.get(QueryService, { strict: false }),
      ];
      const request = { maxAge: 60, sameForAll: true, refresh: true, statement: SLOW, about: [] };
      const read = (more: Partial<CallContext>) =>
        reads.read(request, testCall(tenant, more), at => queries.read(SLOW, at));
      const [patient, other] = await Promise.allSettled([read({ patience: { limitMs: 60_000 } }), read({})]);
      expect(patient).toMatchObject({ status: 'fulfilled', value: { result: { resultSets: [{}] } } });
      expect(other).toMatchObject({ status: 'rejected', reason: { code: 'TIMEOUT' } });
    });

    it('are not given to other parameters, other types of them, another format or another page', async () => {
      const questions: object[] = [
        {},
        { parameters: { v: '1' } },
        { parameters: { v: 1 } },
        { parameters: { v: 'true' } },
        { parameters: { v: '' } },
        { format: 'objects' },
      ];
      const ids = new Set<string>();
      for (const question of questions) {
        ids.add(JSON.stringify((await run(tools, 'typed', question)).rows));
      }
      expect(ids.size).toBe(questions.length);
      // A default that is written out is the same question.
      expect(await idOf(tools, 'typed', { parameters: { '@V': 'x' } })).toBe(await idOf(tools, 'typed'));
    });

    it('have cursors of the person who asks', async () => {
      const small = await start({ limits: { maxRows: 2 } });
      const pages = async (who: object) => {
        const first = await run(small, 'pages', {}, who);
        const second = await run(small, 'pages', { cursor: first.next_cursor }, who);
        return { first, second };
      };
      const ann = await pages(as('ann'));
      const bob = await pages(as('bob'));
      expect(bob.first.rows).toEqual(ann.first.rows);
      expect(bob.second.rows).toEqual(ann.second.rows);
      expect(ann.second.rows.map(([value]: [number]) => value)).toEqual([3, 4]);
      await expect(run(small, 'pages', { cursor: ann.first.next_cursor }, as('bob'))).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    });

    it('are dropped by our own changes, also by those that may have been made', async () => {
      const before = await idOf(tools, 'kept');
      await tools.call('execute_sql', { query: 'UPDATE dbo.Stock SET n = 12 WHERE id = 1', dry_run: true });
      expect(await idOf(tools, 'kept')).toBe(before);
      await tools.call('execute_sql', { query: 'UPDATE dbo.Stock SET n = 12 WHERE id = 1' });
      const after = await run(tools, 'kept');
      expect(after.rows[0][1]).toBe(12);
      await expect(tools.call('execute_sql', { query: 'UPDATE dbo.Stock SET id = 1' })).rejects.toMatchObject({
        code: 'SQL_ERROR',
      });
      const later = await idOf(tools, 'kept');
      expect(later).not.toBe(after.rows[0][0]);
      // A trigger can commit a trial run; its error is all that the server sees of it.
      const failing = { query: 'UPDATE dbo.Stock SET id = 1', dry_run: true };
      await expect(tools.call('execute_sql', failing)).rejects.toMatchObject({ code: 'SQL_ERROR' });
      expect(await idOf(tools, 'kept')).not.toBe(later);
    });

    it('are dropped by procedures that may change data, also by one that fails, and not by one that reads', async () => {
      const before = await idOf(tools, 'kept');
      await tools.call('look');
      expect(await idOf(tools, 'kept')).toBe(before);
      await tools.call('restock', { n: 21 });
      const after = await run(tools, 'kept');
      expect(after.rows.map(([, n]: [string, number]) => n)).toContain(21);
      await expect(tools.call('fail_late')).rejects.toMatchObject({ code: 'SQL_ERROR' });
      expect(await idOf(tools, 'kept')).not.toBe(after.rows[0][0]);
    });

    it('are dropped by changes of another tenant in the same database', async () => {
      const writer = await start({ settings: { name: 'writer' }, config: { stateStore: sharedStore(tools) } });
      const before = await idOf(tools, 'kept');
      await writer.call('execute_sql', { query: 'UPDATE dbo.Stock SET n = 13 WHERE id = 1' });
      expect(await idOf(tools, 'kept')).not.toBe(before);
    });

    it('are dropped by `mssql-mcp cache clear`, beside a running server', async () => {
      const before = await idOf(tools, 'kept');
      const written: string[] = [];
      const environment = process.env;
      process.env = {
        ...environment,
        ...serverEnvironment(tools.directory),
        ...databaseEnvironment(database),
        ENVIRONMENT_PATH: '/demo',
        STATE_STORE: sharedStore(tools),
        STATE_KEY: stateKey.toString('base64'),
      };
      const write = jest.spyOn(process.stdout, 'write').mockImplementation(text => written.push(String(text)) > 0);
      try {
        await expect(command.run(['clear', '--tenant', 'nobody'])).rejects.toThrow('There is no tenant "nobody"');
        expect(await idOf(tools, 'kept')).toBe(before);
        expect(await command.run(['clear'])).toBe(0);
      } finally {
        write.mockRestore();
        process.env = environment;
      }
      expect(written).toEqual(['Cleared: demo\n']);
      expect(await idOf(tools, 'kept')).not.toBe(before);
      for (const wrong of [[], ['drop'], ['clear', 'now']])
        await expect(command.run(wrong)).rejects.toThrow(UsageError);
    });

    it('are dropped by a new knowledge file', async () => {
      const before = await idOf(tools, 'kept');
      write(`${KNOWLEDGE}\nterms: [{ word: stock, meaning: What is there. }]\n`);
      await until('the new file holds', async () => (await idOf(tools, 'kept')) !== before);
    });

    it('run one statement for 100 equal calls at once, and are recorded in each of them', async () => {
      const people = Array.from({ length: 100 }, (_, i) => as(`person${i}`));
      const answers = await Promise.all(people.map(who => run(tools, 'slow', {}, who)));
      expect(new Set(answers.map(({ rows }) => rows[0][0])).size).toBe(1);
      const outcomes = () =>
        readFileSync(path.join(tools.directory, 'audit.jsonl'), 'utf8')
          .split('\n')
          .flatMap(line => (line.includes('"person') && line.includes('"outcome"') ? [JSON.parse(line)] : []));
      await until('all calls are recorded', () => outcomes().length === 100);
      const statements = outcomes().flatMap(
        ({ statements: all }) => all as { cached?: true; rows: number; hash: string }[],
      );
      expect(statements).toHaveLength(100);
      expect(statements.filter(({ cached }) => cached !== true)).toHaveLength(1);
      expect(new Set(statements.map(({ rows, hash }) => `${rows} ${hash}`)).size).toBe(1);
      const { body } = await tools.module.get(MetricsService, { strict: false }).render();
      expect(body).toMatch(/mcp_cache_reads_total\{tenant="demo",outcome="shared"\} 99/);
    });

    it('tell each caller how far their common run is', async () => {
      const told = await Promise.all(
        ['ann', 'ben'].map(async subject => {
          const seen: number[] = [];
          await run(tools, 'rows', {}, { ...as(subject), progress: (done: number) => seen.push(done) });
          return seen;
        }),
      );
      expect(told).toEqual([
        [100, 200, 300],
        [100, 200, 300],
      ]);
    });

    it('go on for the others when the caller who began leaves, and end when all have left', async () => {
      const running = await RunningStatements.open(database);
      try {
        const leaving = new AbortController();
        await tools.module.get(CacheVersions, { strict: false }).clear(tools.tenant);
        const first = run(tools, 'slow', {}, { ...as('ann'), signal: leaving.signal });
        await running.count(1, 'mssql-mcp-server/demo');
        const second = run(tools, 'slow', {}, as('bob'));
        await until('the second caller waits', async () => {
          const { body } = await tools.module.get(MetricsService, { strict: false }).render();
          return /outcome="shared"\} 100/.test(body);
        });
        leaving.abort();
        await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
        expect((await second).rows[0][1]).toBe(1_440_000);
        const everybody = new AbortController();
        const both = [1, 2].map(i => run(tools, 'slow_again', {}, { ...as(`p${i}`), signal: everybody.signal }));
        await running.count(1, 'mssql-mcp-server/demo');
        everybody.abort();
        for (const call of both) await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
        await running.count(0, 'mssql-mcp-server/demo');
      } finally {
        await running.close();
      }
    });

    it('count as calls and rows of a budget, and as no database seconds', async () => {
      await run(tools, 'kept');
      const ann = as('budgeted', {
        access: { budget: { rows: { amount: 3, per: 'day' }, databaseSeconds: { amount: 1, per: 'day' } } },
      });
      await run(tools, 'kept', {}, ann);
      await run(tools, 'kept', {}, ann);
      await expect(run(tools, 'kept', {}, ann)).rejects.toMatchObject({ details: { budget: 'rows' } });
    });

    it('are not kept where the database distinguishes people, or could', async () => {
      await database.execute(
        `CREATE VIEW dbo.Mine AS SELECT n FROM dbo.Stock WHERE SESSION_CONTEXT(N'user_id') IS NOT NULL`,
      );
      const distinguishing = await start();
      expect(await run(distinguishing, 'kept')).not.toHaveProperty('cached_at');
      expect(await run(distinguishing, 'same')).toHaveProperty('cached_at');
      await database.execute(`DROP VIEW dbo.Mine
GO
CREATE TABLE dbo.Computed (id int NOT NULL, who AS SESSION_CONTEXT(N'user_id'))`);
      const computing = await start();
      expect(await run(computing, 'kept')).not.toHaveProperty('cached_at');
      await database.execute(`DROP TABLE dbo.Computed
GO
CREATE FUNCTION dbo.Allowed (@n int) RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT 1 AS ok WHERE @n > 0
GO
CREATE SECURITY POLICY dbo.Rows ADD FILTER PREDICATE dbo.Allowed(n) ON dbo.Stock WITH (STATE = ON)`);
      const secured = await start();
      expect(await run(secured, 'kept')).not.toHaveProperty('cached_at');
      await database.execute(`DROP SECURITY POLICY dbo.Rows
GO
CREATE SYNONYM dbo.Far FOR Elsewhere.dbo.Rows`);
      // It may have a policy there, which nobody looks for, and changes there are not noticed.
      const leading = await start();
      expect(await run(leading, 'kept')).not.toHaveProperty('cached_at');
      await database.execute('DROP SYNONYM dbo.Far');
      const again = await start();
      expect(await run(again, 'kept')).toHaveProperty('cached_at');
      const anyDatabase = await start({ settings: { allowThreePartNames: true } });
      expect(await run(anyDatabase, 'kept')).not.toHaveProperty('cached_at');
    });

    it('are dropped when change tracking has seen a change, by whomever', async () => {
      await database.execute(
        `ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON
GO
ALTER TABLE dbo.Stock ENABLE CHANGE_TRACKING`,
      );
      const tracked = await start();
      const before = await idOf(tracked, 'kept');
      await database.execute('INSERT INTO dbo.Untracked VALUES (1)');
      expect(await idOf(tracked, 'kept')).toBe(before);
      await database.execute('UPDATE dbo.Stock SET n = 14 WHERE id = 1');
      await until('the change is seen', async () => (await idOf(tracked, 'kept')) !== before, 15_000);
    });

    if (name === 'Redis')
      withoutStore(
        () => redis,
        () => start(),
      );

    function sharedStore(services: ToolServices): string {
      return stateStore() ?? `sqlite:${path.join(services.directory, 'state.db')}`;
    }
  });
}

/** Runs last: the store is empty afterwards. */
function withoutStore(redis: () => TestRedis | undefined, start: () => Promise<ToolServices>): void {
  it('are not used while the state store is away, and are again afterwards', async () => {
    const tools = await start();
    const ask = async () => (await tools.call('run_query', { name: 'kept' })).data;
    expect(await ask()).toHaveProperty('cached_at');
    await redis()?.stop();
    await until('Redis is missed', async () => !('cached_at' in (await ask())));
    await tools.call('execute_sql', { query: 'UPDATE dbo.Stock SET n = 15 WHERE id = 1' });
    expect((await ask()).rows[0][1]).toBe(15);
    await redis()?.start();
    await until('Redis is back', async () => 'cached_at' in (await ask()));
    expect((await ask()).rows[0][1]).toBe(15);
  });
}

suite('SQLite: in memory', () => undefined, describe);

let redis: TestRedis | undefined;
beforeAll(async () => {
  redis = await startRedis().catch(() => undefined);
});
afterAll(() => redis?.stop());
suite('Redis', () => redis?.url, ((title: string, body: () => void) =>
  describeWith('redis-server', title, body)) as typeof describe);
