/** Calls of `tools/list` per second, beside a bare Nest route that returns the same JSON. Exit code 1 below 70 %. */
import http from 'node:http';
import { startProcess, startServer } from './bench-server.ts';

const CONNECTIONS = 50;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const ROUNDS = 3;
const AIM = 0.7;
const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
const HEADERS = {
  'content-type': 'application/json',
  'content-length': String(BODY.length),
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-06-18',
};

function call(url: string, agent: http.Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const req = http.request(url, { method: 'POST', headers: HEADERS, agent }, res => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => (text += chunk));
      res.on('end', () => resolve(text));
    });
    req.on('error', reject).end(BODY);
  });
}

async function throughput(url: string, seconds: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const started = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() - started < seconds * 1_000) {
        await call(url, agent);
        done += 1;
      }
    }),
  );
  agent.destroy();
  return done / ((performance.now() - started) / 1_000);
}

const server = await startServer();
const url = `${server.origin}/demo/sse`;
const answer = await call(url, http.globalAgent);
const bare = await startProcess('bench/bare-nest.ts', { BENCH_ANSWER: answer });
const bareUrl = `${bare.origin}/demo/sse`;
if ((await call(bareUrl, http.globalAgent)) !== answer) throw new Error('The two do not answer the same.');
const ours: number[] = [];
const theirs: number[] = [];
for (const target of [url, bareUrl]) await throughput(target, 1);
// In turns, so that a busy moment of the machine meets both.
for (let round = 0; round < ROUNDS; round += 1) {
  ours.push(await throughput(url, SECONDS));
  theirs.push(await throughput(bareUrl, SECONDS));
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
await server.stop();
await bare.stop();
process.exit(share < AIM ? 1 : 0);
