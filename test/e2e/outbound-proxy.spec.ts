import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as client from 'openid-client';
import { OutboundProxy } from '../../src/http/outbound-proxy.js';
import { assertPublic, guardedFetch } from '../../src/oauth/authorization-server/bridge/guarded-fetch.js';
import { trustedCertificate } from '../support/certificate.js';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.js';
import { describeWith } from '../support/system-programs.js';

/** An address of the internet, which the proxy of this test has at 127.0.0.1. */
const PUBLIC = '93.184.215.14';

async function startTarget(name: string) {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-proxy-'));
  await trustedCertificate(directory, name);
  const [key = '', cert = ''] = ['privkey.pem', 'fullchain.pem'].map(file => readFileSync(path.join(directory, file)));
  const seen: string[] = [];
  const target = createServer({ key, cert }, (req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      seen.push(`${req.method} ${req.url} ${body}`);
      if (req.url === '/away') return void res.writeHead(302, { location: 'https://10.0.0.5/' }).end();
      res.setHeader('content-type', 'application/json');
      const issuer = `https://${name}`;
      res.end(JSON.stringify({ issuer, authorization_endpoint: `${issuer}/a`, token_endpoint: `${issuer}/t` }));
    });
  });
  await new Promise<void>(resolve => target.listen(0, '127.0.0.1', resolve));
  return { seen, target, port: (target.address() as AddressInfo).port };
}

describeWith(['openssl'], 'requests through a forward proxy', () => {
  let target: Awaited<ReturnType<typeof startTarget>>;
  let proxy: ConnectProxy;
  const noProxy: string[] = [];
  const proxies = () => new OutboundProxy({ httpsProxy: proxy.url, httpProxy: proxy.url, noProxy });

  beforeAll(async () => {
    target = await startTarget('idp.example.test');
    proxy = await startConnectProxy(target.port);
  });
  afterAll(async () => {
    await proxy.close();
    target.target.closeAllConnections();
    target.target.close();
  });

  it('reach an https host by CONNECT, with method, headers and body', async () => {
    const body = new URLSearchParams({ grant_type: 'x' });
    const response = await proxies().fetch('https://idp.example.test/token', { method: 'POST', body });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toMatchObject({ issuer: 'https://idp.example.test' });
    expect(proxy.asked.at(-1)).toBe('CONNECT idp.example.test:443');
    expect(target.seen.at(-1)).toBe('POST /token grant_type=x');
  });

  it('discover the identity provider of a tenant', async () => {
    const configuration = await client.discovery(new URL('https://idp.example.test'), 'mcp', 'x', undefined, {
      [client.customFetch]: proxies().fetch as client.CustomFetch,
    });
    expect(configuration.serverMetadata().token_endpoint).toBe('https://idp.example.test/t');
  });

  it('give the proxy the user and the password of its URL', async () => {
    const url = proxy.url.replace('//', '//ana:pass%40word@');
    await new OutboundProxy({ httpsProxy: url, httpProxy: undefined, noProxy: [] }).fetch('https://idp.example.test/');
    expect(Buffer.from(proxy.credentials.at(-1)?.slice('Basic '.length) ?? '', 'base64').toString()).toBe(
      'ana:pass@word',
    );
  });

  it('are aborted by their signal', async () => {
    const asked = proxies().fetch('https://idp.example.test/', { signal: AbortSignal.abort(new Error('enough')) });
    await expect(asked).rejects.toThrow();
  });

  it.each([
    ['https://a.example.com/', ['example.com'], undefined],
    ['https://example.com/', ['.example.com'], undefined],
    ['https://example.com/', ['*'], undefined],
    ['https://notexample.com/', ['example.com'], 'proxy'],
    ['https://example.com:8443/', ['example.com:443'], 'proxy'],
    ['https://example.com/', ['EXAMPLE.com:443'], undefined],
    ['https://10.1.2.3/', ['10.0.0.0/8'], undefined],
    ['https://11.1.2.3/', ['10.0.0.0/8'], 'proxy'],
    ['https://[fd00::1]/', ['fd00::/8'], undefined],
    ['https://127.0.0.1:8443/', [], undefined],
    ['https://localhost/', [], undefined],
    ['http://example.com/', [], undefined],
  ])('go to %s with NO_PROXY %j and HTTPS_PROXY by %s', (url, exceptions, expected) => {
    const settings = { httpsProxy: 'proxy', httpProxy: undefined, noProxy: exceptions };
    expect(new OutboundProxy(settings).proxyFor(new URL(url))).toBe(expected);
  });
});

describeWith(['openssl'], 'documents that strangers name, through a forward proxy', () => {
  let target: Awaited<ReturnType<typeof startTarget>>;
  let proxy: ConnectProxy;
  const before = process.env['HTTPS_PROXY'];

  beforeAll(async () => {
    target = await startTarget(PUBLIC);
    proxy = await startConnectProxy(target.port);
    process.env['HTTPS_PROXY'] = proxy.url;
  });
  afterAll(async () => {
    if (before === undefined) delete process.env['HTTPS_PROXY'];
    else process.env['HTTPS_PROXY'] = before;
    await proxy.close();
    target.target.closeAllConnections();
    target.target.close();
  });

  it('are fetched from a public address', async () => {
    expect((await guardedFetch(`https://${PUBLIC}/doc`, {})).status).toBe(200);
    expect(proxy.asked).toEqual([`CONNECT ${PUBLIC}:443`]);
  });

  it('are not followed to another address', async () => {
    expect((await guardedFetch(`https://${PUBLIC}/away`, {})).status).toBe(302);
    expect(proxy.asked.filter(line => line.includes('10.0.0.5'))).toEqual([]);
  });

  it.each([
    '10.0.0.5',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '[::ffff:10.0.0.5]',
    '[fd00::1]',
    '[64:ff9b::a00:5]',
  ])('are not asked of %s: the proxy gets no request', async host => {
    const count = proxy.asked.length;
    await expect(guardedFetch(`https://${host}/doc`, {})).rejects.toThrow('special-use');
    expect(proxy.asked).toHaveLength(count);
  });

  it('are not asked of this machine, of another port or without TLS', () => {
    for (const url of ['https://127.0.0.1/', 'https://localhost/', `https://${PUBLIC}:8443/`, `http://${PUBLIC}/`])
      expect(() => guardedFetch(url, {})).toThrow('unguarded');
  });

  it('are not asked of a name that has a private address among its addresses, or none', async () => {
    const found =
      (...addresses: readonly string[]) =>
      async () =>
        addresses.map(address => ({ address }));
    await expect(assertPublic('x.example', found(PUBLIC, '2606:2800::1'))).resolves.toBeUndefined();
    await expect(assertPublic('x.example', found(PUBLIC, '10.0.0.1'))).rejects.toThrow('special-use');
    await expect(assertPublic('x.example', found())).rejects.toThrow('special-use');
  });
});
