/**
 * Compares the processor time of a call, and the rate, with those of another version of the server: BENCH_OTHER names its
 * dist/main.js, built in a checkout of its own. Both run the same statements with sign-in, policy and audit on the same
 * sandbox, in turns. The login can't write. BENCH_CALLS and BENCH_ROUNDS change the size. It has no aim.
 */
import { STATEMENTS, withDatabase } from './bench-database.ts';
import { cpuPerCall, load, median } from './bench-load.ts';
import { type McpServer, startMcp } from './bench-mcp.ts';
import type { RepeatedPost } from './http-client.ts';

const CALLS = Number(process.env.BENCH_CALLS ?? 4_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
const CONNECTIONS = 16;
const OTHER = process.env.BENCH_OTHER;

const WORKLOADS = [
  { name: 'SELECT 1', query: STATEMENTS.one, calls: CALLS },
  { name: '100 rows', query: STATEMENTS.hundred, calls: Math.ceil(CALLS / 4) },
];

interface Round {
  readonly cpu: number;
  readonly rate: number;
}

async function round(server: McpServer, post: RepeatedPost, calls: number): Promise<Round> {
  const began = performance.now();
  const cpu = await cpuPerCall(server, post, calls, CONNECTIONS);
  return { cpu, rate: (calls * 1_000) / (performance.now() - began) };
}

async function compare(ours: McpServer, other: McpServer): Promise<void> {
  for (const { name, query, calls } of WORKLOADS) {
    const [mine, theirs] = [ours.toolsCall(query), other.toolsCall(query)];
    for (const post of [mine, theirs]) await load(post, calls, CONNECTIONS);
    const rounds: { ours: Round; other: Round }[] = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const first = await round(ours, mine, calls);
      rounds.push({ ours: first, other: await round(other, theirs, calls) });
    }
    mine.close();
    theirs.close();
    const ratioOf = (key: keyof Round) =>
      Number(median(rounds.map(each => each.ours[key] / each.other[key])).toFixed(2));
    console.log(
      JSON.stringify({
        bench: 'versions',
        workload: name,
        connections: CONNECTIONS,
        cpu_ratio: ratioOf('cpu'),
        rate_ratio: ratioOf('rate'),
        ours_ms: Number(median(rounds.map(each => each.ours.cpu)).toFixed(4)),
        other_ms: Number(median(rounds.map(each => each.other.cpu)).toFixed(4)),
      }),
    );
  }
}

if (OTHER === undefined) throw new Error('Set BENCH_OTHER to the dist/main.js of the other version.');
await withDatabase(async ({ reader }) => {
  const ours = await startMcp(reader);
  const other = await startMcp(reader, OTHER).catch(async (error: unknown) => {
    await ours.stop();
    throw error;
  });
  try {
    await compare(ours, other);
  } finally {
    await ours.stop();
    await other.stop();
  }
});
process.exit(0);
