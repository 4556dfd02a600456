/**
 * Measures the cost of idle GET streams in one process, and of the same streams in Node's own HTTP server
 * (bare-streams.ts): `npm run bench:streams`. BENCH_STREAMS and BENCH_SECONDS change the size. Both processes need a file
 * for each stream (`ulimit -n`). The exit code is 1 if an aim is missed.
 */
import http from 'node:http';
import { percentile, startProcess, startServer } from './bench-server.ts';

const STREAMS = Number(process.env.BENCH_STREAMS ?? 5_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 120);
const CALL_EVERY_MS = 20;
const AIMS = { heapPerStream: 25_000, rssPerStream: 60_000, p99: 50, dropped: 0 };

const server = await startServer({
  MAX_STREAMS: String(STREAMS + 10),
  MAX_STREAMS_PER_PRINCIPAL: String(STREAMS + 10),
});
const url = `${server.origin}/demo/sse`;
const calls = new http.Agent({ keepAlive: true, maxSockets: 4 });

let dropped = 0;
let comments = 0;
let measuring = true;

function openStream(from = url): Promise<void> {
  const headers = { accept: 'text/event-stream', 'mcp-protocol-version': '2025-06-18' };
  return new Promise((resolve, reject) => {
    const req = http.get(from, { headers, agent: false }, res => {
      if (res.statusCode !== 200) return reject(new Error(`A stream was answered with ${res.statusCode}.`));
      res.on('data', (chunk: Buffer) => {
        if (chunk.includes(': keep-alive')) comments += 1;
      });
      res.on('close', () => {
        if (measuring) dropped += 1;
      });
      res.on('error', () => {});
      resolve();
    });
    req.on('error', error => (measuring ? reject(error) : undefined));
  });
}

async function openStreams(from: string): Promise<void> {
  for (let opened = 0; opened < STREAMS; opened += 100) {
    await Promise.all(Array.from({ length: Math.min(100, STREAMS - opened) }, () => openStream(from)));
  }
}

/** The resident bytes of a stream in Node's own HTTP server: what no framework over it can save. */
async function bareRssPerStream(): Promise<number> {
  const bare = await startProcess('bench/bare-streams.ts', {});
  for (let i = 0; i < 50; i += 1) await openStream(bare.origin);
  const empty = await bare.memory();
  await openStreams(bare.origin);
  const full = await bare.memory();
  await bare.stop();
  return Math.round((full.rss - empty.rss) / STREAMS);
}

function listTools(): Promise<number> {
  const started = performance.now();
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'mcp-protocol-version': '2025-06-18' };
    const req = http.request(url, { method: 'POST', headers, agent: calls }, res => {
      res.resume().on('end', () => resolve(performance.now() - started));
    });
    req.on('error', reject).end(body);
  });
}

// The first requests load and compile code, which is not a cost of a stream.
for (let i = 0; i < 500; i += 1) await listTools();
await openStream();
const before = await server.memory();
await openStreams(url);
const after = await server.memory();
const times: number[] = [];
const until = performance.now() + SECONDS * 1_000;
while (performance.now() < until) {
  times.push(await listTools());
  await new Promise(resolve => setTimeout(resolve, CALL_EVERY_MS));
}
const idle = await server.memory();
measuring = false;
await server.stop();

const result = {
  streams: STREAMS,
  seconds: SECONDS,
  heapPerStream: Math.round((Math.max(after.heapUsed, idle.heapUsed) - before.heapUsed) / STREAMS),
  rssPerStream: Math.round((Math.max(after.rss, idle.rss) - before.rss) / STREAMS),
  p50: Number(percentile(times, 0.5).toFixed(2)),
  p99: Number(percentile(times, 0.99).toFixed(2)),
  dropped,
  keepAliveComments: comments,
  bareRssPerStream: await bareRssPerStream(),
};
console.log(JSON.stringify({ bench: 'streams', ...result, aims: AIMS }));
const missed = (Object.keys(AIMS) as (keyof typeof AIMS)[]).filter(aim => result[aim] > AIMS[aim]);
if (missed.length > 0) console.error(`Missed: ${missed.join(', ')}`);
process.exit(missed.length > 0 ? 1 : 0);
