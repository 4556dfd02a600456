/** Compares `tools/list` with a bare Nest route that returns the same JSON. The exit code is 1 below 70 % of it. */
import { startProcess, startServer } from './bench-server.ts';
import { RepeatedPost } from './http-client.ts';

const CONNECTIONS = 50;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const ROUNDS = 3;
const AIM = 0.7;
const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
const HEADERS = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-06-18' };

async function throughput(target: RepeatedPost, seconds: number): Promise<number> {
  const started = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() - started < seconds * 1_000) {
        await target.send();
        done += 1;
      }
    }),
  );
  return done / ((performance.now() - started) / 1_000);
}

const server = await startServer();
const mcp = new RepeatedPost(`${server.origin}/demo/sse`, HEADERS, BODY);
const answer = (await mcp.send()).toString('utf8');
const bare = await startProcess('bench/bare-nest.ts', { BENCH_ANSWER: answer });
const bareNest = new RepeatedPost(`${bare.origin}/demo/sse`, HEADERS, BODY);
if ((await bareNest.send()).toString('utf8') !== answer) throw new Error('The two servers return different bodies.');
const ours: number[] = [];
const theirs: number[] = [];
for (const target of [mcp, bareNest]) await throughput(target, 1);
// Both run in turns, so that other load on the machine affects both.
for (let round = 0; round < ROUNDS; round += 1) {
  ours.push(await throughput(mcp, SECONDS));
  theirs.push(await throughput(bareNest, SECONDS));
}
const best = { mcp: Math.round(Math.max(...ours)), bareNest: Math.round(Math.max(...theirs)) };
const share = best.mcp / best.bareNest;
console.log(
  JSON.stringify({
    bench: 'tools-list',
    perSecond: best,
    share: Number(share.toFixed(2)),
    aim: AIM,
    bytes: answer.length,
  }),
);
mcp.close();
bareNest.close();
await server.stop();
await bare.stop();
process.exit(share < AIM ? 1 : 0);
