// Puts load on one tool of a running server and measures requests/s and latency. Time and count are limited, and the
// server must be on this machine unless --remote is set.
//   MCP_TOKEN=… npm run loadtest -- --url http://127.0.0.1:8008/demo/sse --query 'SELECT 1' --concurrency 16 --seconds 10
import http from 'node:http';
import https from 'node:https';
import { readOptions, refuse as refuseWith } from './options.mjs';

const HELP = `Usage: MCP_TOKEN=… npm run loadtest -- --url URL [options]
  --url URL          the MCP endpoint, for example http://127.0.0.1:8008/demo/sse
  --tool NAME        calls this tool (default execute_sql)
  --query SQL        the statement for execute_sql (default SELECT 1 AS one)
  --arguments JSON   the arguments for another tool
  --concurrency N    calls at the same time, 1 to 1000 (default 16)
  --seconds S        duration, 1 to 600 (default 10)
  --max-requests N   stops after N calls (default 1000000)
  --remote           allows a server that is not on this machine`;

const values = readOptions(
  {
    url: { type: 'string' },
    tool: { type: 'string', default: 'execute_sql' },
    query: { type: 'string', default: 'SELECT 1 AS one' },
    arguments: { type: 'string' },
    concurrency: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '10' },
    'max-requests': { type: 'string', default: '1000000' },
    remote: { type: 'boolean', default: false },
  },
  HELP,
);

const refuse = message => refuseWith(message, HELP);

if (!URL.canParse(values.url ?? '')) refuse('--url is missing or is not a URL');
const url = new URL(values.url);
const concurrency = Number(values.concurrency);
const seconds = Number(values.seconds);
const maxRequests = Number(values['max-requests']);
if (!(concurrency >= 1 && concurrency <= 1000)) refuse('--concurrency must be 1 to 1000');
if (!(seconds >= 1 && seconds <= 600)) refuse('--seconds must be 1 to 600');
if (!(maxRequests >= 1)) refuse('--max-requests must be at least 1');
if (!/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname) && !values.remote)
  refuse(`${url.hostname} is not this machine: add --remote if its owner agrees to the load`);

let toolArguments = { query: values.query };
if (values.arguments !== undefined) {
  try {
    toolArguments = JSON.parse(values.arguments);
  } catch {
    refuse('--arguments is not JSON');
  }
}
const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: values.tool, arguments: toolArguments },
});
const client = url.protocol === 'https:' ? https : http;
const agent = new client.Agent({ keepAlive: true, maxSockets: concurrency });
const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-06-18',
  'content-length': Buffer.byteLength(body),
  ...(process.env.MCP_TOKEN ? { authorization: `Bearer ${process.env.MCP_TOKEN}` } : {}),
};

/** Resolves with the outcome: 'ok', 'tool error', 'HTTP 429', or the error code of the connection. */
function call() {
  return new Promise(resolve => {
    const request = client.request(url, { method: 'POST', agent, headers, timeout: 60_000 }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', chunk => (text += chunk));
      response.on('end', () => resolve({ outcome: outcomeOf(response.statusCode, text), bytes: text.length }));
      response.on('error', error => resolve({ outcome: error.code ?? 'ECUT', bytes: 0 }));
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    request.on('error', error => resolve({ outcome: error.code ?? 'EUNKNOWN', bytes: 0 }));
    request.end(body);
  });
}

function outcomeOf(status, text) {
  if (status !== 200) return `HTTP ${status}`;
  return text.includes('"isError":true') ? 'tool error' : text.includes('"error":{"code"') ? 'JSON-RPC error' : 'ok';
}

const latencies = [];
const outcomes = new Map();
let bytes = 0;
let started = 0;
const begin = performance.now();
const end = begin + seconds * 1000;

async function worker() {
  while (performance.now() < end && started < maxRequests) {
    started++;
    const at = performance.now();
    const result = await call();
    latencies.push(performance.now() - at);
    bytes += result.bytes;
    outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
  }
}

await Promise.all(Array.from({ length: concurrency }, worker));
const elapsed = (performance.now() - begin) / 1000;
latencies.sort((a, b) => a - b);
const percentile = share => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))].toFixed(1);
console.log(
  `${latencies.length} calls in ${elapsed.toFixed(1)} s at ${concurrency} connections: ${(latencies.length / elapsed).toFixed(0)}/s, ${(bytes / latencies.length).toFixed(0)} bytes each`,
);
console.log(
  `latency ms: p50 ${percentile(0.5)}  p90 ${percentile(0.9)}  p99 ${percentile(0.99)}  max ${latencies.at(-1).toFixed(1)}`,
);
console.log(`outcomes: ${[...outcomes].map(([name, count]) => `${name} ${count}`).join(', ')}`);
agent.destroy();
process.exit([...outcomes.keys()].every(name => name === 'ok') ? 0 : 1);
