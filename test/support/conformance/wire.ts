import http from 'node:http';

export interface WireReply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON, or the last message of an event stream; an empty object if it is neither. */
  readonly json: RpcBody;
}

/** The type allows everything, because the tests check the contents. */
export interface RpcBody {
  readonly id?: unknown;
  readonly result?: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Record<string, unknown> };
}

/** A header with the value '' or undefined is left out. */
type Headers = Readonly<Record<string, string | undefined>>;
const JSON_POST = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** Sends one request with exactly these headers; fetch would refuse or change some of them. */
export function send(url: string, method: string, headers: Headers, body?: string | Buffer): Promise<WireReply> {
  return new Promise((resolve, reject) => {
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '' && value !== undefined));
    const req = http.request(url, { method, headers: sent, agent: false }, res => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        // The server answers with a stream when a call takes long, as each does on a busy machine.
        const streamed = res.headers['content-type']?.startsWith('text/event-stream') === true;
        const body = streamed ? eventsOf(text).at(-1)?.data : text;
        let json = {};
        try {
          json = JSON.parse(body ?? '') as RpcBody;
        } catch {
          // The body is not JSON.
        }
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json });
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

export function postRaw(url: string, body: string | Buffer, headers: Headers = {}): Promise<WireReply> {
  return send(url, 'POST', { ...JSON_POST, ...headers }, body);
}

export function rpc(method: string, params?: object, id: unknown = 1): object {
  return { jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) };
}

export function post(url: string, message: unknown, headers: Headers = {}): Promise<WireReply> {
  return postRaw(url, JSON.stringify(message), headers);
}

/** Sends a request of a revision with a handshake. */
export function legacy(url: string, revision: string, method: string, params?: object): Promise<WireReply> {
  return post(url, rpc(method, params), { 'mcp-protocol-version': revision });
}

const META = 'io.modelcontextprotocol/';

function envelope(capabilities: object = {}, more: object = {}): object {
  return {
    [`${META}protocolVersion`]: '2026-07-28',
    [`${META}clientCapabilities`]: capabilities,
    [`${META}clientInfo`]: { name: 'test', version: '1' },
    ...more,
  };
}

export interface ModernOptions {
  readonly capabilities?: object;
  readonly meta?: object;
  readonly headers?: Headers;
  readonly id?: unknown;
}

/** The headers and body of a request of 2026-07-28. */
export function modernRequest(method: string, params: object = {}, options: ModernOptions = {}) {
  const named = params as { name?: string; uri?: string; taskId?: string };
  const mentions = /^tasks\/|^tools\/call$|^prompts\/get$|^resources\/read$/.test(method)
    ? (named.name ?? named.uri ?? named.taskId)
    : undefined;
  return {
    body: rpc(method, { ...params, _meta: envelope(options.capabilities, options.meta) }, options.id ?? 1),
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(mentions === undefined ? {} : { 'mcp-name': mentions }),
      ...options.headers,
    },
  };
}

export function modern(url: string, method: string, params?: object, options?: ModernOptions): Promise<WireReply> {
  const { body, headers } = modernRequest(method, params, options);
  return post(url, body, headers);
}

/** The events of a stream that has ended. */
export function eventsOf(text: string): { event: string; data: string }[] {
  return text
    .split('\n\n')
    .map(block => ({
      event: /^event: (.*)$/m.exec(block)?.[1] ?? 'message',
      data: /^data: (.*)$/m.exec(block)?.[1] ?? '',
    }))
    .filter(({ data }) => data !== '');
}

export function messagesOf(
  reply: WireReply,
): Record<string, any>[] /* eslint-disable-line @typescript-eslint/no-explicit-any */ {
  return eventsOf(reply.text).map(({ data }) => JSON.parse(data) as Record<string, unknown>);
}
