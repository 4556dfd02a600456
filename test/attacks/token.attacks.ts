import { createHash } from 'node:crypto';
import { REDIRECT_URI, registeredClient, register } from '../support/oauth-login.js';
import type { Attack } from './attack.js';

const CODE: readonly Attack[] = [
  {
    area: 'code',
    sent: 'the wrong verifier',
    send: async lab => lab.redeem(await lab.code(), { code_verifier: 'a'.repeat(43) }),
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'no verifier',
    send: async lab => lab.redeem(await lab.code(), { code_verifier: null }),
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'the challenge instead of the verifier',
    send: async lab => {
      const code = await lab.code();
      return lab.redeem(code, { code_verifier: createHash('sha256').update(code.verifier).digest('base64url') });
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'the same code twice',
    send: async lab => {
      const code = await lab.code();
      const first = await lab.redeem(code);
      expect(first.status).toBe(200);
      const { access_token } = JSON.parse(first.text) as { access_token: string };
      expect((await lab.bearer(`Bearer ${access_token}`)).status).toBe(200);
      const second = await lab.redeem(code);
      expect((await lab.bearer(`Bearer ${access_token}`)).status).toBe(401);
      return second;
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'the code of another client',
    send: async lab => lab.redeem(await lab.code(), { client_id: await registeredClient(lab.demo) }),
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'another redirect URI',
    send: async lab => lab.redeem(await lab.code(), { redirect_uri: 'http://127.0.0.1:53683/callback' }),
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'no redirect URI, which PKCE makes needless',
    send: async lab => lab.redeem(await lab.code(), { redirect_uri: null }),
    expected: { status: 200 },
  },
  {
    area: 'code',
    sent: 'no redirect URI and no verifier',
    send: async lab => lab.redeem(await lab.code(), { redirect_uri: null, code_verifier: null }),
    expected: { status: 400 },
  },
  {
    area: 'code',
    sent: 'no redirect URI and a wrong verifier',
    send: async lab => lab.redeem(await lab.code(), { redirect_uri: null, code_verifier: 'x'.repeat(43) }),
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'a code after 61 seconds',
    send: async lab => {
      const code = await lab.code();
      return later(61, () => lab.redeem(code));
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'a guess',
    send: async lab => lab.redeem({ code: 'A'.repeat(43), verifier: 'a'.repeat(43), clientId: await lab.clientId() }),
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'code',
    sent: 'the code for a foreign resource',
    send: async lab => lab.redeem(await lab.code(), { resource: 'https://evil.example/' }),
    expected: { status: 400, error: 'invalid_target' },
  },
  {
    area: 'code',
    sent: 'the code for the resource of another tenant',
    send: async lab => lab.redeem(await lab.code(), { resource: `${lab.workshop}/sse` }),
    expected: { status: 400, error: 'invalid_target' },
  },
  {
    area: 'code',
    sent: 'an unknown client',
    send: async lab => lab.redeem(await lab.code(), { client_id: 'nobody' }),
    expected: { status: 401, error: 'invalid_client' },
  },
  {
    area: 'code',
    sent: 'a confidential client’s id with a wrong secret',
    send: async lab => {
      const client = (await (
        await register(lab.demo, { token_endpoint_auth_method: 'client_secret_post' })
      ).json()) as Record<string, string>;
      return lab.redeem(
        { code: 'x', verifier: 'a'.repeat(43), clientId: String(client['client_id']) },
        { client_secret: 'wrong' },
      );
    },
    expected: { status: 401, error: 'invalid_client' },
  },
  {
    area: 'code',
    sent: 'a confidential client’s id without its secret',
    send: async lab => {
      const client_id = await registeredClient(lab.demo, { token_endpoint_auth_method: 'client_secret_post' });
      return lab.redeem({ code: 'x', verifier: 'a'.repeat(43), clientId: client_id });
    },
    expected: { status: 401, error: 'invalid_client' },
  },
  {
    area: 'code',
    sent: 'the stored hash of a confidential client’s secret',
    send: async lab => {
      const response = await register(lab.demo, { token_endpoint_auth_method: 'client_secret_post' });
      const client = (await response.json()) as Record<string, string>;
      const { hashSecret } = await import('../../src/oauth/authorization-server/clients/client-secret.js');
      return lab.redeem(
        { code: 'x', verifier: 'a'.repeat(43), clientId: String(client['client_id']) },
        { client_secret: hashSecret(String(client['client_secret'])) },
      );
    },
    expected: { status: 401, error: 'invalid_client' },
  },
  ...[
    'password',
    'client_credentials',
    'implicit',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ].map((grant_type): Attack => ({
    area: 'code',
    sent: `grant_type=${grant_type}`,
    send: async lab =>
      lab.post(
        `${lab.demo}/token`,
        new URLSearchParams({
          grant_type,
          client_id: await lab.clientId(),
          username: 'demo',
          password: 'x',
          scope: 'sql:read',
        }),
      ),
    expected: { status: 400, error: 'unsupported_grant_type' },
  })),
  {
    area: 'code',
    sent: 'a GET with everything in the query',
    send: async lab =>
      lab.get(`${lab.demo}/token?grant_type=authorization_code&code=x&client_id=${await lab.clientId()}`),
    expected: { status: 405 },
  },
  {
    area: 'code',
    sent: 'the code twice in one body',
    send: async lab => {
      const { code, verifier, clientId } = await lab.code();
      // Sound in every other respect: the first code alone would be redeemed.
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: REDIRECT_URI,
        client_id: clientId,
      });
      form.append('code', code);
      const answer = await lab.post(`${lab.demo}/token`, form);
      form.delete('code');
      form.append('code', code);
      expect((await lab.post(`${lab.demo}/token`, form)).status).toBe(200);
      return answer;
    },
    expected: { status: 400, error: 'invalid_request' },
  },
  {
    area: 'code',
    sent: 'nested JSON',
    send: lab =>
      lab.post(`${lab.demo}/token`, '{"grant_type":{"$ne":null},"code":["x"]}', { 'content-type': 'application/json' }),
    expected: { status: 400, error: 'invalid_request' },
  },
  {
    area: 'code',
    sent: 'broken JSON',
    send: lab => lab.post(`${lab.demo}/token`, '{"grant_type":', { 'content-type': 'application/json' }),
    expected: { status: 400, error: 'invalid_request' },
  },
  {
    area: 'code',
    sent: 'a body of 200 kB',
    send: lab => lab.post(`${lab.demo}/token`, new URLSearchParams({ code: 'a'.repeat(200_000) })),
    expected: { status: 413, error: 'invalid_request' },
  },
  {
    area: 'code',
    sent: 'a code after the person was disabled',
    send: async lab => {
      const { UsersService } = await import('../../src/oauth/identity/users.service.js');
      const code = await withUser(lab, 'code-then-disabled', user => codeOf(lab, user));
      await lab.server.app.get(UsersService).disable('code-then-disabled');
      return lab.redeem(code);
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
];

const REFRESH: readonly Attack[] = [
  {
    area: 'refresh',
    sent: 'a refresh token a second time after the grace',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn();
      const first = JSON.parse((await lab.refresh(refreshToken, clientId)).text) as Record<string, string>;
      const second = await later(61, () => lab.refresh(refreshToken, clientId));
      expect((await lab.bearer(`Bearer ${first['access_token']}`)).status).toBe(401);
      expect((await lab.refresh(String(first['refresh_token']), clientId)).status).toBe(400);
      return second;
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'refresh',
    sent: 'a refresh token whose successor was used',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn();
      const first = JSON.parse((await lab.refresh(refreshToken, clientId)).text) as Record<string, string>;
      await lab.refresh(String(first['refresh_token']), clientId);
      const replay = await lab.refresh(refreshToken, clientId);
      expect((await lab.bearer(`Bearer ${first['access_token']}`)).status).toBe(401);
      return replay;
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'refresh',
    sent: 'the retired refresh token of another client within the grace',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn();
      await lab.refresh(refreshToken, clientId);
      return lab.refresh(refreshToken, await registeredClient(lab.demo));
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'refresh',
    sent: 'the refresh token of another client',
    send: async lab => lab.refresh((await lab.signIn()).refreshToken, await registeredClient(lab.demo)),
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'refresh',
    sent: 'a wider scope than was granted',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn();
      return lab.refresh(refreshToken, clientId, { scope: 'sql:read sql:write' });
    },
    expected: { status: 400, error: 'invalid_scope' },
  },
  {
    area: 'refresh',
    sent: 'the write scope that was asked for and not granted',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn({
        tenant: 'workshop',
        scopes: ['sql:write'],
        grant: 'sql:read',
      });
      return lab.refresh(refreshToken, clientId, { scope: 'sql:read sql:write' }, lab.workshop);
    },
    expected: { status: 400, error: 'invalid_scope' },
  },
  {
    area: 'refresh',
    sent: 'an access token as refresh token',
    send: async lab => {
      const { accessToken, clientId } = await lab.signIn();
      return lab.refresh(accessToken, clientId);
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'refresh',
    sent: 'a refresh token for another resource',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn();
      return lab.refresh(refreshToken, clientId, { resource: `${lab.workshop}/sse` });
    },
    expected: { status: 400, error: 'invalid_target' },
  },
  {
    area: 'refresh',
    sent: 'a refresh token after its person was disabled',
    send: async lab => {
      const { UsersService } = await import('../../src/oauth/identity/users.service.js');
      const signedIn = await withUser(lab, 'refresh-then-disabled', user => lab.signIn(user));
      await lab.server.app.get(UsersService).disable('refresh-then-disabled');
      return lab.refresh(signedIn.refreshToken, signedIn.clientId);
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'refresh',
    sent: 'a refresh token after it was revoked',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn();
      await lab.post(`${lab.demo}/revoke`, new URLSearchParams({ token: refreshToken, client_id: clientId }));
      return lab.refresh(refreshToken, clientId);
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
  {
    area: 'refresh',
    sent: 'a token refreshed every ten days, after 31 days',
    send: async lab => {
      const { refreshToken, clientId } = await lab.signIn();
      let token = refreshToken;
      for (const days of [10, 20, 29]) {
        const answer = await later(days * 86_400, () => lab.refresh(token, clientId));
        expect(answer.status).toBe(200);
        token = String((JSON.parse(answer.text) as Record<string, string>)['refresh_token']);
      }
      return later(31 * 86_400, () => lab.refresh(token, clientId));
    },
    expected: { status: 400, error: 'invalid_grant' },
  },
];

export const TOKEN: readonly Attack[] = [...CODE, ...REFRESH];

async function codeOf(lab: Parameters<Attack['send']>[0], user: { username: string; password: string }) {
  const { BrowserPerson } = await import('../support/browser-person.js');
  const { authorizeAs, pkce } = await import('../support/oauth-login.js');
  const { verifier, challenge } = pkce();
  const url = await lab.authorizeUrl({ code_challenge: challenge });
  const end = await authorizeAs(new BrowserPerson(lab.server.url), url, user);
  return { code: new URL(end.url).searchParams.get('code') ?? '', verifier, clientId: await lab.clientId() };
}

export async function withUser<T>(
  lab: Parameters<Attack['send']>[0],
  username: string,
  body: (user: { username: string; password: string }) => Promise<T>,
): Promise<T> {
  const user = { username, password: lab.user.password };
  await lab.addUser(user.username, user.password);
  return body(user);
}

/** Runs something at a later time of the server's clock. */
export async function later<T>(seconds: number, body: () => Promise<T>): Promise<T> {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
  try {
    return await body();
  } finally {
    Date.now = now;
  }
}
