/**
 * Compares `tools/call` with the bare driver in one run and at equal concurrency: the ratio of calls per second, p50
 * and p99, the bytes of a reply, and the memory of the server. The database is the sandbox in a separate process, or
 * the SQL Server that MSSQL_* names. Sign-in, policy and audit are on. One run uses a login that can't write, another
 * one that can (its reads run in a transaction that is rolled back). The exit code is 1 if an aim is missed.
 */
import mssql from 'mssql';
import { STATEMENTS, type Target, withDatabase } from './bench-database.ts';
import { startMcp } from './bench-mcp.ts';
import { percentile } from './bench-server.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const CONCURRENCY = [1, 16, 64];

interface Workload {
  readonly name: string;
  readonly query: string;
  /** The share of the bare driver's rate that is required, with a login that can't write. */
  readonly aim: number;
}

const WORKLOADS: readonly Workload[] = [
  { name: 'SELECT 1', query: STATEMENTS.one, aim: 0.6 },
  { name: '100 rows', query: STATEMENTS.hundred, aim: 0.85 },
  { name: '1000 rows', query: STATEMENTS.thousand, aim: 0.9 },
];

interface Measured {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** Makes calls one after another in each of `concurrency` loops and measures each call. */
async function measure(concurrency: number, seconds: number, call: () => Promise<unknown>): Promise<Measured> {
  const times: number[] = [];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() - started < seconds * 1_000) {
        const before = performance.now();
        await call();
        times.push(performance.now() - before);
      }
    }),
  );
  const rate = times.length / ((performance.now() - started) / 1_000);
  return { rate, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

function bareDriver(target: Target): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool({
    server: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    options: { encrypt: true, trustServerCertificate: true, useUTC: true },
    pool: { max: 64, min: 0 },
    // A careful user of the driver would set this, because the default sends SELECT 1 before every request.
    ...({ validateConnection: 'socket' } as object),
  }).connect();
}

async function compare(label: string, target: Target, aims: boolean): Promise<boolean> {
  const driver = await bareDriver(target);
  const server = await startMcp(target);
  let good = true;
  try {
    for (const { name, query, aim } of WORKLOADS) {
      const post = server.toolsCall(query);
      const ours = async () => {
        const reply = await post.send();
        if (reply.includes('"isError":true')) throw new Error(reply.toString('utf8').slice(0, 300));
        return reply;
      };
      const theirs = () => driver.request().query(query);
      const { length: bytes } = await ours();
      for (const concurrency of CONCURRENCY) {
        const best: { ours?: Measured; theirs?: Measured } = {};
        for (const call of [ours, theirs]) await measure(concurrency, 0.5, call);
        // Both run in turns, so that other load on the machine affects both.
        for (let round = 0; round < ROUNDS; round += 1) {
          const mine = await measure(concurrency, SECONDS / ROUNDS, ours);
          const bare = await measure(concurrency, SECONDS / ROUNDS, theirs);
          if (best.ours === undefined || mine.rate > best.ours.rate) best.ours = mine;
          if (best.theirs === undefined || bare.rate > best.theirs.rate) best.theirs = bare;
        }
        const ratio = (best.ours?.rate ?? 0) / (best.theirs?.rate ?? 1);
        // The aim is for a loaded server: a single call has one round trip more than a call of the driver.
        const missed = aims && concurrency === 16 && ratio < aim;
        if (missed) good = false;
        console.log(
          JSON.stringify({
            bench: 'tools-call',
            login: label,
            workload: name,
            concurrency,
            ratio: Number(ratio.toFixed(2)),
            ...(aims && concurrency === 16 ? { aim } : {}),
            ours: rounded(best.ours),
            driver: rounded(best.theirs),
            reply_bytes: bytes,
          }),
        );
      }
      post.close();
    }
    const { rss, heapUsed } = await server.memory();
    console.log(JSON.stringify({ bench: 'tools-call', login: label, rss_mb: mb(rss), heap_mb: mb(heapUsed) }));
  } finally {
    await driver.close();
    await server.stop();
  }
  return good;
}

const mb = (bytes: number): number => Math.round(bytes / 1_048_576);
const rounded = (measured: Measured | undefined): object => ({
  per_second: Math.round(measured?.rate ?? 0),
  p50_ms: Number((measured?.p50 ?? 0).toFixed(2)),
  p99_ms: Number((measured?.p99 ?? 0).toFixed(2)),
});

let good = true;
await withDatabase(async ({ given, reader, writer }) => {
  if (given !== undefined) await compare('as given', given, false);
  else {
    good = await compare('reads only', reader, true);
    await compare('can write, rolled back', writer, false);
  }
});
process.exit(good ? 0 : 1);
