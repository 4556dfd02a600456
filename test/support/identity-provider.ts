import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from './ports.js';

export interface IdentityProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

/** Starts a real OpenID provider with its development pages. Any login can sign in, and it decides the groups. */
export async function startIdentityProvider(redirectUri: string): Promise<IdentityProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'mcp',
        client_secret: 'upstream-secret',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub', 'name', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['k'], names: { session: 'idp_s', interaction: 'idp_i', resume: 'idp_r' } },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        name: `Person ${id}`,
        groups: id.startsWith('analyst') ? ['analysts'] : ['others'],
      }),
    }),
  });
  const listener = createServer(provider.callback());
  await new Promise<void>(resolve => listener.listen(port, '127.0.0.1', resolve));
  return { issuer, close: () => closed(listener) };
}

export interface Tampering {
  /** Changes the claims of the ID token. */
  claims?(claims: Record<string, unknown>): Record<string, unknown>;
  readonly algorithm?: 'none' | 'foreign key' | 'changed signature';
  /** Redirects with this error instead of a code. */
  readonly error?: string;
  /** Leaves the ID token out. */
  readonly withoutIdToken?: boolean;
}

/** Starts a provider that signs in one person without asking, and sends faulty responses as `tampering` says. */
export async function startTamperingProvider(): Promise<IdentityProvider & { tampering: Tampering; person: string }> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const keys = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const requests = new Map<string, URLSearchParams>();
  const state = { tampering: {} as Tampering, person: 'analyst-1' };

  const listener = createServer((req, res) => {
    void (async () => {
      const url = new URL(req.url ?? '/', issuer);
      switch (url.pathname) {
        case '/.well-known/openid-configuration':
          return json(res, {
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            jwks_uri: `${issuer}/jwks`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['ES256'],
          });
        case '/jwks':
          return json(res, {
            keys: [{ ...keys[0]?.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' }],
          });
        case '/authorize': {
          const code = randomBytes(16).toString('base64url');
          requests.set(code, url.searchParams);
          const back = new URL(url.searchParams.get('redirect_uri') ?? '');
          back.searchParams.set('state', url.searchParams.get('state') ?? '');
          if (state.tampering.error === undefined) back.searchParams.set('code', code);
          else back.searchParams.set('error', state.tampering.error);
          return void res.writeHead(302, { location: back.href }).end();
        }
        case '/token':
          return token(req, res);
        default:
          return void res.writeHead(404).end();
      }
    })();
  });

  async function token(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of req as AsyncIterable<Buffer>) text += chunk.toString();
    const form = new URLSearchParams(text);
    const asked = requests.get(form.get('code') ?? '');
    requests.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (asked?.get('code_challenge') !== challenge) return json(res, { error: 'invalid_grant' }, 400);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: 'mcp',
      sub: state.person,
      nonce: asked.get('nonce'),
      iat: now,
      exp: now + 300,
      name: 'Person',
      groups: ['analysts'],
    };
    const { tampering } = state;
    const id_token = idToken(
      tampering.claims?.(claims) ?? claims,
      tampering.algorithm,
      keys.map(pair => pair.privateKey),
    );
    json(res, { access_token: 'x', token_type: 'Bearer', ...(tampering.withoutIdToken === true ? {} : { id_token }) });
  }

  await new Promise<void>(resolve => listener.listen(port, '127.0.0.1', resolve));
  return Object.assign(state, { issuer, close: () => closed(listener) });
}

function idToken(claims: object, algorithm: Tampering['algorithm'], [own, foreign]: readonly KeyObject[]): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  if (algorithm === 'none') return `${part({ alg: 'none' })}.${part(claims)}.`;
  const text = `${part({ alg: 'ES256', kid: 'k' })}.${part(claims)}`;
  const key = algorithm === 'foreign key' ? foreign : own;
  if (key === undefined) throw new Error('no key');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  if (algorithm === 'changed signature') signature.writeUInt8(signature.readUInt8(10) ^ 1, 10);
  return `${text}.${signature.toString('base64url')}`;
}

function json(res: ServerResponse, body: object, status = 200): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function closed(listener: ReturnType<typeof createServer>): Promise<void> {
  listener.closeAllConnections();
  return new Promise(resolve => listener.close(() => resolve()));
}
