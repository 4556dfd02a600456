// `node bench/semi-space.mjs`: the processor time of a call and the peak memory of `mssql-mcp demo` with several sizes of
// V8's young generation. Needs Linux (/proc) and a build.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';

const PORT = 18_240;
const CALLS = 4_000;
const WARM_UP = 1_500;
const CONCURRENCY = 16;
const TICK_MS = 10;
const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'execute_sql', arguments: { query: 'SELECT TOP 100 * FROM sales.Orders' } },
});
const agent = new http.Agent({ keepAlive: true, maxSockets: CONCURRENCY });

function call() {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const request = http.request({ port: PORT, path: '/demo/mcp', method: 'POST', agent, headers }, reply => {
      reply.resume().on('end', () => (reply.statusCode === 200 ? resolve() : reject(new Error(reply.statusMessage))));
    });
    request.on('error', reject).end(body);
  });
}

async function calls(count) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** User and system time of a process so far, in ms: fields 14 and 15 of proc(5). */
function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

for (const flags of [[], ['--max-semi-space-size=32'], ['--max-semi-space-size=2']]) {
  const env = {
    ...process.env,
    SERVER_PORT: String(PORT),
    ALLOW_UNAUTH_METHODS: 'true',
    ALLOW_UNAUTH_TOOLS_CALL: 'true',
  };
  const server = spawn(process.execPath, [...flags, 'dist/cli/bin.js', 'demo'], { env, stdio: ['ignore', 'pipe', 2] });
  await once(server.stdout, 'data');
  await calls(WARM_UP);
  const before = processorTime(server.pid);
  await calls(CALLS);
  const ms = (processorTime(server.pid) - before) / CALLS;
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
  console.log(JSON.stringify({ flags, cpu_ms_per_call: Number(ms.toFixed(2)), peak_mb: Math.round(peak) }));
  server.kill('SIGTERM');
  await once(server, 'exit');
}
agent.destroy();
