/**
 * Measures the processor time that a cached answer costs, with either store: by the cache alone, and by a whole call of
 * run_query in this process (find, validate, audit, write the text; without HTTP and sign-in). redis-server's own time is
 * not in it. BENCH_CALLS changes the size. The exit code is 1 if an aim was missed.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CachedReads } from '../src/cache/cached-reads.js';
import { QueryService } from '../src/database/query/query.service.js';
import { KnowledgeService } from '../src/knowledge/knowledge.service.js';
import { openTestDatabase, testCall, type TestDatabase } from '../test/support/database.js';
import { startRedis } from '../test/support/redis.js';
import { toolServices } from '../test/support/tool-services.js';

const CALLS = Number(process.env.BENCH_CALLS ?? 5_000);
const ROUNDS = 5;
const AT_ONCE = 8;
const AIM_MS = 0.15;
const SIZES = { '10 rows': 10, '100 rows': 100 };

const queries = Object.values(SIZES).map(
  rows => `
  - { name: rows_${rows}, title: R, questions: [why], owner: ann, verified_on: 2026-11-02, cache: 1d,
      sql: "SELECT value AS id, CONCAT('Customer ', value) AS name, CAST(value * 1.5 AS decimal(10, 2)) AS amount, CAST('2026-11-02' AS date) AS day FROM GENERATE_SERIES(1, ${rows}) ORDER BY value" }`,
);

/** Milliseconds of this process' time for each call, the median of the rounds. */
async function cpuPerCall(call: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    let left = CALLS;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left-- > 0) {
          await call();
          // Lets the trail write its records.
          if (left % 50 === 0) await new Promise(resolve => setImmediate(resolve));
        }
      }),
    );
    const { user, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) rounds.push((user + system) / 1_000 / CALLS);
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
}

async function measure(database: TestDatabase, store: string, stateStore: string | undefined): Promise<boolean> {
  const knowledge = path.join(mkdtempSync(path.join(os.tmpdir(), 'bench-cache-')), 'knowledge.yaml');
  writeFileSync(knowledge, `queries:${queries.join('')}\n`);
  const tools = await toolServices(database, {
    settings: { knowledge },
    ...(stateStore === undefined ? {} : { config: { stateStore } }),
  });
  await tools.module.get(KnowledgeService, { strict: false }).proved(tools.tenant, AbortSignal.timeout(20_000));
  const cached = tools.module.get(CachedReads, { strict: false });
  const reads = tools.module.get(QueryService, { strict: false });
  let good = true;
  for (const [size, rows] of Object.entries(SIZES)) {
    const statement = `SELECT value AS id, CONCAT('Customer ', value) AS name, value * 3 AS amount FROM GENERATE_SERIES(1, ${rows})`;
    const request = { maxAge: 86_400, sameForAll: false, refresh: false, statement, about: ['bench', size] };
    const call = testCall(tools.tenant);
    let runs = 0;
    const hit = () => cached.read(request, call, at => (runs++, reads.read(statement, at)));
    await hit();
    const cacheMs = await cpuPerCall(hit);
    const callMs = await cpuPerCall(() => tools.call('run_query', { name: `rows_${rows}` }));
    if (runs !== 1) throw new Error(`The statement ran ${runs} times.`);
    if (cacheMs > AIM_MS) good = false;
    const shown = (ms: number): number => Number(ms.toFixed(4));
    console.log(
      JSON.stringify({ bench: 'cache', store, size, hit_ms: shown(cacheMs), aim: AIM_MS, run_query_ms: shown(callMs) }),
    );
  }
  await tools.close();
  return good;
}

const database = await openTestDatabase();
const redis = await startRedis();
const good = [await measure(database, 'memory', undefined), await measure(database, 'redis', redis.url)];
await redis.stop();
await database.close();
process.exit(good.every(Boolean) ? 0 : 1);
