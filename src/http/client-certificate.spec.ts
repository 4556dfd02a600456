import http from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { callerFacts } from './caller-facts.js';
import { CERTIFICATE_HEADER, certificateOf, clientCertificate } from './client-certificate.js';

const SHA1 = '0123456789abcdef0123456789abcdef01234567';
const SHA256 = SHA1 + 'f'.repeat(24);

/** A real server that tells what the middleware made of a request from 127.0.0.1. */
async function stating(values: readonly string[], trusted: string): Promise<Record<string, unknown>> {
  const app = express();
  app.use(clientCertificate([trusted]));
  app.use((req, res) => {
    res.json({ certificate: certificateOf(req), facts: callerFacts(req), left: req.headers[CERTIFICATE_HEADER] });
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = values.length === 0 ? {} : { [CERTIFICATE_HEADER]: [...values] };
  const [reply] = (await once(http.get({ port, headers, agent: false }), 'response')) as [http.IncomingMessage];
  const body = (await reply.setEncoding('utf8').toArray()).join('');
  server.close();
  return { status: reply.statusCode, ...(JSON.parse(body) as object) };
}

describe('the certificate of a client', () => {
  it.each([SHA1, SHA256, SHA1.toUpperCase()])('is what a trusted proxy states: %s', async stated => {
    const certificate = stated.toLowerCase();
    expect(await stating([stated], '127.0.0.0/8')).toEqual({
      status: 200,
      certificate,
      facts: { remote_address: 'unknown', client_certificate: certificate },
    });
  });

  it('is not what anybody else states, and nothing behind sees the header', async () => {
    const ignored = { status: 200, facts: { remote_address: 'unknown' } };
    expect(await stating([SHA1], '10.0.0.0/8')).toEqual(ignored);
    expect(await stating(['rubbish'], '10.0.0.0/8')).toEqual(ignored);
  });

  it('is absent when the proxy states none', async () => {
    expect(await stating([], '127.0.0.1')).toMatchObject({ status: 200, facts: {} });
  });

  it.each([[['']], [['SUCCESS']], [[SHA1, SHA1]], [[`${SHA1}0`]], [[`${SHA1}, ${SHA1}`]], [['SHA1:' + SHA1]]])(
    'is refused when a trusted proxy states %j',
    async stated => expect(await stating(stated, '127.0.0.1')).toMatchObject({ status: 400, error: 'BAD_REQUEST' }),
  );
});
