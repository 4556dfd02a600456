import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { LOOPBACK_HOSTS } from '../common/loopback.js';
import type { ProxyConfig } from '../config/namespaces/proxy.config.js';
import { addressList } from './address-list.js';

/** A response with these has no body (Fetch §2.2.3). */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

/** Decides which requests go through HTTPS_PROXY or HTTP_PROXY, and sends them. */
export class OutboundProxy {
  private readonly agents = new Map<string, http.Agent | https.Agent>();

  constructor(private readonly config: Pick<ProxyConfig, 'httpsProxy' | 'httpProxy' | 'noProxy'>) {}

  /** The proxy for an address; undefined: none. This machine is never asked through a proxy. */
  proxyFor(url: URL): string | undefined {
    const proxy = url.protocol === 'https:' ? this.config.httpsProxy : this.config.httpProxy;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (proxy === undefined || LOOPBACK_HOSTS.has(url.hostname)) return undefined;
    return this.config.noProxy.some(entry => isExcepted(entry, host, url)) ? undefined : proxy;
  }

  /** A `fetch` for libraries that take one. Redirects are not followed through a proxy. */
  readonly fetch = (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input);
    const proxy = this.proxyFor(url);
    return proxy === undefined ? fetch(url, init) : this.send(proxy, url, init);
  };

  /** For https the proxy sees a CONNECT to host and port, and nothing of the request. */
  async send(proxy: string, url: URL, init: RequestInit): Promise<Response> {
    // The dispatcher is one of undici, and would not go through the proxy.
    const request = new Request(url, { ...init, dispatcher: undefined } as RequestInit);
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const options: https.RequestOptions = {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      agent: this.agentOf(proxy, url),
      signal: request.signal,
    };
    return new Promise((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? https : http).request(url, options, answer =>
        resolve(responseOf(answer)),
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  private agentOf(proxy: string, url: URL): http.Agent | https.Agent {
    const known = this.agents.get(url.protocol);
    if (known !== undefined) return known;
    const agent =
      url.protocol === 'https:'
        ? new https.Agent({ proxyEnv: { HTTPS_PROXY: proxy } })
        : new http.Agent({ proxyEnv: { HTTP_PROXY: proxy } });
    this.agents.set(url.protocol, agent);
    return agent;
  }
}

function responseOf(answer: http.IncomingMessage): Response {
  const status = answer.statusCode ?? 502;
  const headers = new Headers();
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2)
    headers.append(answer.rawHeaders[i] ?? '', answer.rawHeaders[i + 1] ?? '');
  if (WITHOUT_BODY.has(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers });
}

/** `example.com` and `.example.com` also mean its subdomains; `host:port`, addresses and ranges, and `*` for all. */
function isExcepted(entry: string, host: string, url: URL): boolean {
  if (entry === '*') return true;
  if (isIP(entry.split('/')[0] ?? '') !== 0) return isIP(host) !== 0 && addressList([entry])(host);
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase().replace(/^\*?\./, '')) ?? [];
  const asked = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (port !== undefined && port !== asked) return false;
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}
