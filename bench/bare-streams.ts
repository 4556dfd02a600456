import http from 'node:http';

// The floor for streams.ts: Node's own HTTP server, which answers each GET with an event stream and keeps nothing else.
const server = http.createServer((req, res) => {
  if (req.url === '/health/live') {
    res.end();
    return;
  }
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  res.flushHeaders();
});
server.listen(Number(process.env.SERVER_PORT), '127.0.0.1');
