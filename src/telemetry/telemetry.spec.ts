import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { startTelemetry } from './telemetry.js';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

afterEach(() => {
  delete process.env[ENDPOINT];
});

it('exports spans without the texts of statements', async () => {
  const bodies: string[] = [];
  const collector = createServer((req, res) => {
    let body = '';
    req.setEncoding('latin1').on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      bodies.push(body);
      res.end();
    });
  });
  await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
  process.env[ENDPOINT] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const stop = startTelemetry({ serviceName: 'a-name' });
  const attributes = { 'db.statement': 'SELECT planted', 'db.query.text': 'SELECT planted', kept: 'shown' };
  trace.getTracer('test').startSpan('a span', { attributes }).end();
  await stop();
  await new Promise(resolve => collector.close(resolve));
  const sent = bodies.join('');
  expect(sent).toContain('a span');
  expect(sent).toContain('shown');
  expect(sent).toContain('a-name');
  expect(sent).not.toContain('planted');
});
