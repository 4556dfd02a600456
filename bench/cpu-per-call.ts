/**
 * Compares the processor time that a call of a tool costs the server's process with that of the smallest server of the
 * same stack (bare-route.ts), which runs the same statement. Processor time is measured, because it does not depend on
 * what else runs on the machine as much as rates do. The login can't write. BENCH_CALLS and BENCH_ROUNDS change the size.
 * The exit code is 1 if an aim is missed.
 */
import { STATEMENTS, type Target, withDatabase } from './bench-database.ts';
import { cpuPerCall, load, median } from './bench-load.ts';
import { startMcp } from './bench-mcp.ts';
import { startProcess } from './bench-server.ts';
import { RepeatedPost } from './http-client.ts';

const CALLS = Number(process.env.BENCH_CALLS ?? 3_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const PEAK_AIM_MB = 300;
const CONNECTIONS = 16;
const HEAVY = 64;

const WORKLOADS = [
  { name: 'SELECT 1', query: STATEMENTS.one, calls: CALLS, aim: 1.6 },
  // Most of the time goes to the sandbox, which is not measured.
  { name: '100 rows', query: STATEMENTS.hundred, calls: Math.ceil(CALLS / 4), aim: 1.15 },
];

async function compare(target: Target): Promise<boolean> {
  const ours = await startMcp(target);
  const bare = await startProcess('bench/bare-route.ts', { BENCH_TARGET: JSON.stringify(target) });
  let good = true;
  try {
    for (const { name, query, calls, aim } of WORKLOADS) {
      const mine = ours.toolsCall(query);
      const theirs = new RepeatedPost(`${bare.origin}/query`, {}, JSON.stringify({ query }));
      for (const post of [mine, theirs]) await load(post, calls, CONNECTIONS);
      const rounds: { ours: number; bare: number }[] = [];
      // In turns, so that other load on the machine affects both.
      for (let round = 0; round < ROUNDS; round += 1) {
        const first = await cpuPerCall(ours, mine, calls, CONNECTIONS);
        rounds.push({ ours: first, bare: await cpuPerCall(bare, theirs, calls, CONNECTIONS) });
      }
      const ratio = median(rounds.map(round => round.ours / round.bare));
      if (ratio > aim) good = false;
      const line = {
        bench: 'cpu-per-call',
        workload: name,
        connections: CONNECTIONS,
        ratio: Number(ratio.toFixed(2)),
        aim,
        ours_ms: Number(median(rounds.map(round => round.ours)).toFixed(4)),
        bare_ms: Number(median(rounds.map(round => round.bare)).toFixed(4)),
      };
      console.log(JSON.stringify(line));
      // For the peak of the memory.
      for (const post of [mine, theirs]) await load(post, calls, HEAVY);
      mine.close();
      theirs.close();
    }
    const peaks = { ours: (await ours.used()).peakRss, bare: (await bare.used()).peakRss };
    const peak = mb(peaks.ours);
    console.log(
      JSON.stringify({ bench: 'cpu-per-call', peak_rss_mb: peak, aim: PEAK_AIM_MB, bare_peak_rss_mb: mb(peaks.bare) }),
    );
    return good && peak <= PEAK_AIM_MB;
  } finally {
    await ours.stop();
    await bare.stop();
  }
}

const mb = (bytes: number): number => Math.round(bytes / 1_048_576);

let good = true;
await withDatabase(async ({ reader }) => {
  good = await compare(reader);
});
process.exit(good ? 0 : 1);
