import http from 'node:http';
import { DocumentFetcher } from '../../src/oauth/authorization-server/clients/document-fetcher.js';
import { BrowserPerson, type Visit } from '../support/browser-person.js';
import {
  REDIRECT_URI,
  authorizeAs,
  authorizeUrl,
  pkce,
  register,
  registeredClient,
  signIn,
  type SignedIn,
  type SignInOptions,
} from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, addUser } from '../support/oauth-server.js';
import type { Outcome } from './attack.js';

export interface Code {
  readonly code: string;
  readonly verifier: string;
  readonly clientId: string;
}

/** A server with two tenants, a registered client and a user, and the requests that attacks are made of. */
export class Lab {
  readonly demo: string;
  readonly workshop: string;
  readonly user = DEMO_USER;
  private client: Promise<string> | undefined;

  constructor(readonly server: OAuthServer) {
    this.demo = `${server.url}/demo`;
    this.workshop = `${server.url}/workshop`;
  }

  /** A public client of tenant demo. */
  clientId(): Promise<string> {
    return (this.client ??= registeredClient(this.demo));
  }

  async register(metadata: object, base = this.demo): Promise<Outcome> {
    return outcomeOf(await register(base, metadata));
  }

  async post(url: string, body: string | URLSearchParams, headers: Record<string, string> = {}): Promise<Outcome> {
    return outcomeOf(await fetch(url, { method: 'POST', body, headers, redirect: 'manual' }));
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Outcome> {
    return outcomeOf(await fetch(url, { headers, redirect: 'manual' }));
  }

  /** A sound authorization request with some parameters changed; null leaves one out. */
  async authorize(changes: Record<string, string | null>, raw = ''): Promise<Outcome> {
    return this.get((await this.authorizeUrl(changes)) + raw);
  }

  async authorizeUrl(changes: Record<string, string | null> = {}, base = this.demo): Promise<string> {
    const sound = { client_id: await this.clientId(), code_challenge: pkce().challenge, scope: 'sql:read' };
    const url = new URL(authorizeUrl(base, sound));
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return url.href;
  }

  /** A code that a person just allowed. */
  async code(clientId?: string): Promise<Code> {
    const id = clientId ?? (await this.clientId());
    const { verifier, challenge } = pkce();
    const url = authorizeUrl(this.demo, { client_id: id, code_challenge: challenge, scope: 'sql:read' });
    const end = await authorizeAs(new BrowserPerson(this.server.url), url, this.user);
    return { code: new URL(end.url).searchParams.get('code') ?? '', verifier, clientId: id };
  }

  async redeem(code: Code, changes: Record<string, string | null> = {}, base = this.demo): Promise<Outcome> {
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: code.code,
      code_verifier: code.verifier,
      redirect_uri: REDIRECT_URI,
      client_id: code.clientId,
    });
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) form.delete(name);
      else form.set(name, value);
    }
    return this.post(`${base}/token`, form);
  }

  async signIn(options: Partial<SignInOptions> = {}): Promise<SignedIn> {
    return signIn({ url: this.server.url, tenant: 'demo', ...this.user, ...options });
  }

  async refresh(
    token: string,
    clientId: string,
    changes: Record<string, string> = {},
    base = this.demo,
  ): Promise<Outcome> {
    const form = { grant_type: 'refresh_token', refresh_token: token, client_id: clientId, ...changes };
    return this.post(`${base}/token`, new URLSearchParams(form));
  }

  async bearer(authorization: string | undefined, path = '/demo/sse'): Promise<Outcome> {
    return this.get(this.server.url + path, authorization === undefined ? {} : { authorization });
  }

  /** A request as it is written, which fetch would tidy or refuse. */
  async raw(
    target: string,
    options: { method?: string; headers?: http.OutgoingHttpHeaders; body?: string } = {},
  ): Promise<Outcome> {
    const { port } = new URL(this.server.url);
    return new Promise((resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port, path: target, method: options.method ?? 'GET', headers: options.headers ?? {} },
        response => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => {
            const headers = new Headers();
            for (const [name, values] of Object.entries(response.headersDistinct)) {
              for (const value of values ?? []) headers.append(name, value);
            }
            resolve({ status: response.statusCode ?? 0, headers, text, location: response.headers.location });
          });
        },
      );
      request.on('error', reject).end(options.body);
    });
  }

  /** A browser that shows the sign-in page. */
  async atSignIn(
    changes: Record<string, string | null> = {},
    base = this.demo,
  ): Promise<{ person: BrowserPerson; page: Visit }> {
    const person = new BrowserPerson(this.server.url);
    return { person, page: await person.open(await this.authorizeUrl(changes, base)) };
  }

  /** A browser that shows the consent page. */
  async atConsent(changes: Record<string, string | null> = {}): Promise<{ person: BrowserPerson; page: Visit }> {
    const { person, page } = await this.atSignIn(changes);
    return { person, page: await person.submit(page, this.user) };
  }

  async addUser(name: string, password: string): Promise<void> {
    await addUser(this.server.usersFile, name, password);
  }

  get documents(): DocumentFetcher {
    return this.server.app.get(DocumentFetcher);
  }

  /** Serves metadata documents instead of the network; counts what was asked for. */
  async withDocuments(
    answer: (url: string) => Response | Promise<Response>,
    body: (asked: string[]) => Promise<Outcome>,
  ): Promise<Outcome> {
    const asked: string[] = [];
    const { documents } = this;
    const { send } = documents;
    documents.send = async url => {
      asked.push(String(url));
      return answer(String(url));
    };
    try {
      return await body(asked);
    } finally {
      documents.send = send;
    }
  }
}

async function outcomeOf(response: Response): Promise<Outcome> {
  return {
    status: response.status,
    headers: response.headers,
    text: await response.text(),
    location: response.headers.get('location') ?? undefined,
  };
}

/** What a browser saw last; `location` only when it was sent to another server. */
export function seen(visit: Visit, origin: string): Outcome {
  return {
    status: visit.response.status,
    headers: visit.response.headers,
    text: visit.text,
    location: visit.url.startsWith(origin) ? undefined : visit.url,
  };
}
