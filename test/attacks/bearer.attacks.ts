import type { Attack } from './attack.js';
import { later, withUser } from './token.attacks.js';

const challenge = [
  'www-authenticate',
  /^Bearer .*resource_metadata="http:\/\/127\.0\.0\.1:\d+\/\.well-known\/oauth-protected-resource\/demo\/sse"/,
] as const;
const refused = { status: 401, header: challenge } as const;

const jwt = (header: object, payload: object, signature = ''): string =>
  [header, payload].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + `.${signature}`;

export const BEARER: readonly Attack[] = [
  { area: 'bearer', sent: 'nothing', send: lab => lab.bearer(undefined), expected: refused },
  {
    area: 'bearer',
    sent: 'nothing, by POST',
    send: lab => lab.post(`${lab.demo}/sse/x`, '{}'),
    expected: { status: 401, header: ['www-authenticate', /scope="sql:read"/] },
  },
  { area: 'bearer', sent: 'rubbish', send: lab => lab.bearer('Bearer rubbish'), expected: refused },
  {
    area: 'bearer',
    sent: 'a well-formed guess',
    send: lab => lab.bearer(`Bearer ${'A'.repeat(43)}`),
    expected: { ...refused, header: ['www-authenticate', /error="invalid_token"/] },
  },
  {
    area: 'bearer',
    sent: 'an unsigned JWT (alg none)',
    send: lab => lab.bearer(`Bearer ${jwt({ alg: 'none' }, { sub: 'demo', aud: `${lab.demo}/sse`, iss: lab.demo })}`),
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a JWT signed with HS256 and a guess',
    send: lab => lab.bearer(`Bearer ${jwt({ alg: 'HS256' }, { sub: 'demo', iss: lab.demo }, 'c2ln')}`),
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a refresh token',
    send: async lab => lab.bearer(`Bearer ${(await lab.signIn()).refreshToken}`),
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'an authorization code',
    send: async lab => lab.bearer(`Bearer ${(await lab.code()).code}`),
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'an ID token',
    send: async lab => {
      const { code, verifier, clientId } = await codeWithOpenId(lab);
      const answer = await lab.redeem({ code, verifier, clientId });
      const { id_token } = JSON.parse(answer.text) as { id_token?: string };
      expect(id_token).toBeDefined();
      return lab.bearer(`Bearer ${id_token}`);
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a sound token in the query',
    send: async lab => lab.bearer(undefined, `/demo/sse?access_token=${(await lab.signIn()).accessToken}`),
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a sound token in a cookie',
    send: async lab => lab.get(`${lab.demo}/sse`, { cookie: `access_token=${(await lab.signIn()).accessToken}` }),
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a sound token in the header and another in the query',
    send: async lab => lab.bearer(`Bearer ${(await lab.signIn()).accessToken}`, '/demo/sse?access_token=x'),
    expected: { status: 400 },
  },
  {
    area: 'bearer',
    sent: 'two Authorization headers',
    send: async lab => {
      const { accessToken } = await lab.signIn();
      return lab.raw('/demo/sse', {
        headers: { authorization: [`Bearer ${accessToken}`, 'Bearer x'] as unknown as string },
      });
    },
    expected: { status: 400 },
  },
  { area: 'bearer', sent: 'Bearer without a token', send: lab => lab.bearer('Bearer'), expected: { status: 400 } },
  { area: 'bearer', sent: 'Bearer with two tokens', send: lab => lab.bearer('Bearer a b'), expected: { status: 400 } },
  {
    area: 'bearer',
    sent: 'Bearer with forbidden characters',
    send: lab => lab.bearer('Bearer a"b'),
    expected: { status: 400 },
  },
  { area: 'bearer', sent: 'Basic credentials', send: lab => lab.bearer('Basic ZGVtbzpkZW1v'), expected: refused },
  {
    area: 'bearer',
    sent: 'a sound token with one letter changed',
    send: async lab => {
      const { accessToken } = await lab.signIn();
      const last = accessToken.endsWith('A') ? 'B' : 'A';
      return lab.bearer(`Bearer ${accessToken.slice(0, -1)}${last}`);
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a token after an hour and a second',
    send: async lab => {
      const { accessToken } = await lab.signIn();
      expect((await lab.bearer(`Bearer ${accessToken}`)).status).toBe(200);
      return later(3_601, () => lab.bearer(`Bearer ${accessToken}`));
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a token a moment after it was revoked',
    send: async lab => {
      const { accessToken, clientId } = await lab.signIn();
      expect((await lab.bearer(`Bearer ${accessToken}`)).status).toBe(200);
      await lab.post(`${lab.demo}/revoke`, new URLSearchParams({ token: accessToken, client_id: clientId }));
      return lab.bearer(`Bearer ${accessToken}`);
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'an access token a moment after its refresh token was revoked',
    send: async lab => {
      const { accessToken, refreshToken, clientId } = await lab.signIn();
      expect((await lab.bearer(`Bearer ${accessToken}`)).status).toBe(200);
      await lab.post(`${lab.demo}/revoke`, new URLSearchParams({ token: refreshToken, client_id: clientId }));
      return lab.bearer(`Bearer ${accessToken}`);
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a token a moment after its person was disabled by the command, in another process',
    send: async lab => {
      const { runUsers } = await import('../../src/cli/users-commands.js');
      const { accessToken } = await withUser(lab, 'disabled-by-command', user => lab.signIn(user));
      expect((await lab.bearer(`Bearer ${accessToken}`)).status).toBe(200);
      await runUsers(['disable', 'disabled-by-command'], lab.server.usersFile, async () => '');
      return lab.bearer(`Bearer ${accessToken}`);
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a token a moment after the tenant was taken from its person',
    send: async lab => {
      const { changeUsersFile } = await import('../../src/oauth/identity/users-file.js');
      const { accessToken } = await withUser(lab, 'moved-away', user => lab.signIn(user));
      expect((await lab.bearer(`Bearer ${accessToken}`)).status).toBe(200);
      await changeUsersFile(lab.server.usersFile, users =>
        users.map(user => (user.name === 'moved-away' ? { ...user, tenants: ['workshop'] } : user)),
      );
      return lab.bearer(`Bearer ${accessToken}`);
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a token from before the person’s password was changed, of the same second too',
    send: async lab => {
      const { UsersService } = await import('../../src/oauth/identity/users.service.js');
      const { accessToken } = await withUser(lab, 'password-changed', user => lab.signIn(user));
      await lab.server.app.get(UsersService).setPassword('password-changed', 'another long password');
      const fresh = await lab.signIn({ username: 'password-changed', password: 'another long password' });
      expect((await lab.bearer(`Bearer ${fresh.accessToken}`)).status).toBe(200);
      return lab.bearer(`Bearer ${accessToken}`);
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a token of a person who was disabled since, and enabled again',
    send: async lab => {
      const { runUsers } = await import('../../src/cli/users-commands.js');
      const { accessToken } = await withUser(lab, 'enabled-again', user => lab.signIn(user));
      for (const command of ['disable', 'enable'])
        await runUsers([command, 'enabled-again'], lab.server.usersFile, async () => '');
      const fresh = await lab.signIn({ username: 'enabled-again', password: lab.user.password });
      expect((await lab.bearer(`Bearer ${fresh.accessToken}`)).status).toBe(200);
      return lab.bearer(`Bearer ${accessToken}`);
    },
    expected: refused,
  },
  {
    area: 'bearer',
    sent: 'a token of 6 kB',
    send: lab => lab.bearer(`Bearer ${'a'.repeat(6_000)}`),
    expected: refused,
  },
];

export const CROSS_TENANT: readonly Attack[] = [
  {
    area: 'cross-tenant',
    sent: 'a token of tenant demo at tenant workshop',
    send: async lab => lab.bearer(`Bearer ${(await lab.signIn()).accessToken}`, '/workshop/sse'),
    expected: { status: 401, header: ['www-authenticate', /\/workshop\/sse"/] },
  },
  {
    area: 'cross-tenant',
    sent: 'a code of tenant demo at tenant workshop',
    send: async lab => lab.redeem(await lab.code(), {}, lab.workshop),
    expected: { status: 401, error: 'invalid_client' },
  },
  {
    area: 'cross-tenant',
    sent: 'a refresh token of tenant demo at tenant workshop',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn();
      return lab.refresh(refreshToken, clientId, {}, lab.workshop);
    },
    expected: { status: 401, error: 'invalid_client' },
  },
  {
    area: 'cross-tenant',
    sent: 'a client of tenant demo at tenant workshop',
    send: async lab => lab.get(await lab.authorizeUrl({}, lab.workshop)),
    expected: { status: 400, error: 'invalid_client', redirects: false },
  },
  {
    area: 'cross-tenant',
    sent: 'the browser session of tenant demo at tenant workshop’s account page',
    send: async lab => {
      const { person, page } = await lab.atSignIn();
      await person.submit(page, lab.user);
      const { response, text } = await person.open(`${lab.workshop}/account`);
      return { status: response.status, headers: response.headers, text };
    },
    expected: { status: 200, has: ['name="password"'] },
  },
  {
    area: 'cross-tenant',
    sent: 'the browser session of tenant demo under the name of tenant workshop’s cookie',
    send: async lab => {
      const { person, page } = await lab.atSignIn();
      await person.submit(page, lab.user);
      const cookie = person.jar.header('/demo/account');
      expect((await lab.get(`${lab.demo}/account`, { cookie })).text).not.toContain('name="password"');
      return lab.get(`${lab.workshop}/account`, { cookie: cookie.replaceAll('demo_s', 'workshop_s') });
    },
    expected: { status: 200, has: ['name="password"'] },
  },
  {
    area: 'cross-tenant',
    sent: 'a token of tenant demo to tenant workshop’s introspection',
    send: async lab => {
      const { confidentialClient } = await import('../support/oauth-login.js');
      const { clientId: client_id, clientSecret: client_secret } = await confidentialClient(lab.workshop);
      const { accessToken } = await lab.signIn();
      const form = { token: accessToken, client_id, client_secret };
      return lab.post(`${lab.workshop}/introspect`, new URLSearchParams(form));
    },
    expected: { status: 200, has: ['"active":false'], lacks: ['demo'] },
  },
  {
    area: 'cross-tenant',
    sent: 'a token of another client to introspection',
    send: async lab => {
      const { register } = await import('../support/oauth-login.js');
      const spy = (await (
        await register(lab.demo, { token_endpoint_auth_method: 'client_secret_post' })
      ).json()) as Record<string, string>;
      const { accessToken } = await lab.signIn();
      const form = {
        token: accessToken,
        client_id: String(spy['client_id']),
        client_secret: String(spy['client_secret']),
      };
      return lab.post(`${lab.demo}/introspect`, new URLSearchParams(form));
    },
    expected: { status: 200, has: ['"active":false'] },
  },
  {
    area: 'bearer',
    sent: 'a token to introspection, by the public client that it was issued to (RFC 7662 §2.1)',
    send: async lab => {
      const { accessToken, clientId: client_id } = await lab.signIn();
      return lab.post(`${lab.demo}/introspect`, new URLSearchParams({ token: accessToken, client_id }));
    },
    expected: { status: 401, has: ['"error":"invalid_client"'], lacks: ['active', '"demo"'] },
  },
  {
    area: 'bearer',
    sent: 'the tokens of a disabled person to introspection',
    send: async lab => {
      const { UsersService } = await import('../../src/oauth/identity/users.service.js');
      const { confidentialClient } = await import('../support/oauth-login.js');
      const client = await confidentialClient(lab.demo);
      const { accessToken, refreshToken } = await withUser(lab, 'introspected', user =>
        lab.signIn({ ...user, ...client }),
      );
      const credentials = { client_id: client.clientId, client_secret: client.clientSecret };
      const active = (token: string) =>
        lab.post(`${lab.demo}/introspect`, new URLSearchParams({ token, ...credentials }));
      expect((await active(accessToken)).text).toContain('"active":true');
      await lab.server.app.get(UsersService).disable('introspected');
      expect((await active(refreshToken)).text).toBe('{"active":false}');
      return active(accessToken);
    },
    expected: { status: 200, has: ['{"active":false}'] },
  },
  {
    area: 'cross-tenant',
    sent: 'a token of another client to revocation',
    send: async lab => {
      const { registeredClient } = await import('../support/oauth-login.js');
      const { accessToken } = await lab.signIn();
      await lab.post(
        `${lab.demo}/revoke`,
        new URLSearchParams({ token: accessToken, client_id: await registeredClient(lab.demo) }),
      );
      return lab.bearer(`Bearer ${accessToken}`);
    },
    expected: { status: 200 },
  },
  {
    area: 'cross-tenant',
    sent: 'tenant demo in upper case',
    send: async lab => lab.bearer(`Bearer ${(await lab.signIn()).accessToken}`, '/DEMO/sse'),
    expected: { status: 404 },
  },
  {
    area: 'cross-tenant',
    sent: 'a look for one signing key at both tenants',
    send: async lab => {
      const [one, two] = await Promise.all([lab.get(`${lab.demo}/jwks`), lab.get(`${lab.workshop}/jwks`)]);
      const key = (text: string) => (JSON.parse(text) as { keys: { kid: string; d?: string }[] }).keys[0];
      expect(key(one.text)?.kid).not.toBe(key(two.text)?.kid);
      expect(key(one.text)).not.toHaveProperty('d');
      return one;
    },
    expected: { status: 200, lacks: ['"d"'] },
  },
];

export const HEADERS: readonly Attack[] = [
  ...(
    [
      ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example' }],
      ['X-Forwarded-Proto and -Port', { 'x-forwarded-proto': 'https', 'x-forwarded-port': '1' }],
      ['Forwarded', { forwarded: 'host=evil.example;proto=https' }],
      ['X-Original-URL', { 'x-original-url': '/evil', 'x-rewrite-url': '/evil' }],
    ] as const
  ).flatMap(([what, headers]): Attack[] => [
    {
      area: 'headers',
      sent: `${what} to discovery`,
      send: lab => lab.raw('/.well-known/oauth-authorization-server/demo', { headers }),
      expected: { status: 200, lacks: ['evil', 'https://127'] },
      afterwards: async (lab, outcome) => {
        const sound = await lab.get(`${lab.server.url}/.well-known/oauth-authorization-server/demo`);
        expect(outcome.text).toBe(sound.text);
      },
    },
  ]),
  ...[
    '/.well-known/oauth-authorization-server/demo',
    '/demo/authorize',
    '/demo/token',
    '/demo/sse',
    '/demo/account',
  ].map((path): Attack => ({
    area: 'headers',
    sent: `a foreign Host to ${path}`,
    send: lab => lab.raw(path, { headers: { host: 'evil.example' } }),
    expected: { status: 403, lacks: ['evil'] },
  })),
  {
    area: 'headers',
    sent: 'a foreign X-Forwarded-Host to /authorize',
    send: async lab => {
      const url = new URL(await lab.authorizeUrl());
      return lab.raw(url.pathname + url.search, { headers: { 'x-forwarded-host': 'evil.example' } });
    },
    expected: { status: 303, lacks: ['evil'] },
    afterwards: async (lab, outcome) => {
      expect(new URL(outcome.location ?? '', lab.demo).origin).toBe(lab.server.url);
      expect(outcome.headers.getSetCookie().join()).not.toContain('evil');
    },
  },
  {
    area: 'headers',
    sent: 'an absolute request target',
    send: lab => lab.raw('http://evil.example/demo/.well-known/oauth-authorization-server'),
    expected: { status: 400, lacks: ['evil'] },
  },
  {
    area: 'headers',
    sent: 'a path that climbs into another tenant',
    send: lab => lab.raw('/demo/../workshop/token', { method: 'POST' }),
    expected: { status: 400 },
  },
  {
    area: 'headers',
    sent: 'an encoded climb',
    send: lab => lab.raw('/demo/%2e%2e/workshop/token', { method: 'POST' }),
    expected: { status: 400 },
  },
  {
    area: 'headers',
    sent: 'a double slash before the tenant',
    send: lab => lab.raw('//demo/token', { method: 'POST' }),
    expected: { status: 400 },
  },
  {
    area: 'headers',
    sent: 'X-Environment-Path that contradicts the path',
    send: lab => lab.raw('/demo/token', { method: 'POST', headers: { 'x-environment-path': '/workshop' } }),
    expected: { status: 400 },
  },
  {
    area: 'headers',
    sent: 'X-Environment-Path twice',
    send: lab =>
      lab.raw('/token', {
        method: 'POST',
        headers: { 'x-environment-path': ['/demo', '/workshop'] as unknown as string },
      }),
    expected: { status: 400 },
  },
  {
    area: 'headers',
    sent: 'a foreign Origin to /token: answered, but without credentials',
    send: async lab =>
      lab.post(`${lab.demo}/token`, new URLSearchParams({ grant_type: 'x' }), { origin: 'https://evil.example' }),
    expected: { status: 400, header: ['access-control-allow-origin', /^\*$/] },
    afterwards: (_lab, outcome) => expect(outcome.headers.get('access-control-allow-credentials')).toBeNull(),
  },
  {
    area: 'headers',
    sent: 'a preflight with a foreign Origin to /token',
    send: lab =>
      lab.raw('/demo/token', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://evil.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-evil',
        },
      }),
    expected: { status: 204, header: ['access-control-allow-origin', /^\*$/] },
    afterwards: (_lab, outcome) => expect(outcome.headers.get('access-control-allow-headers')).not.toContain('x-evil'),
  },
  {
    area: 'headers',
    sent: 'a foreign Origin to /authorize: no CORS at all',
    send: async lab => lab.get(await lab.authorizeUrl(), { origin: 'https://evil.example' }),
    expected: { status: 303 },
    afterwards: (_lab, outcome) => expect(outcome.headers.get('access-control-allow-origin')).toBeNull(),
  },
];

async function codeWithOpenId(lab: Parameters<Attack['send']>[0]) {
  const { BrowserPerson } = await import('../support/browser-person.js');
  const { authorizeAs, pkce } = await import('../support/oauth-login.js');
  const { verifier, challenge } = pkce();
  const url = await lab.authorizeUrl({ code_challenge: challenge, scope: 'openid sql:read', nonce: 'n' });
  const end = await authorizeAs(new BrowserPerson(lab.server.url), url, lab.user);
  return { code: new URL(end.url).searchParams.get('code') ?? '', verifier, clientId: await lab.clientId() };
}
