import { BrowserPerson, type Visit } from '../support/browser-person.js';
import {
  type IdentityProvider,
  type Tampering,
  startIdentityProvider,
  startTamperingProvider,
} from '../support/identity-provider.js';
import { REDIRECT_URI, authorizeUrl, pkce, registeredClient, tokenRequest } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';
import { changeUsersFile } from '../../src/oauth/identity/users-file.js';

const tenant = (issuer: string): Record<string, unknown> => ({
  path: '/demo',
  access: [{ group: 'analysts', scope: 'sql:read', schemas: ['sales'], attributes: { region: 'EMEA' } }],
  upstream: { issuer, client_id: 'mcp', client_secret: 'upstream-secret', groups_claim: 'groups', label: 'Contoso' },
});

async function authorization(server: OAuthServer): Promise<{ url: string; client_id: string; verifier: string }> {
  const base = `${server.url}/demo`;
  const client_id = await registeredClient(base);
  const { verifier, challenge } = pkce();
  return { url: authorizeUrl(base, { client_id, code_challenge: challenge, scope: 'sql:read' }), client_id, verifier };
}

function linkOf(page: Visit): string {
  const href = /<a class="button primary" href="([^"]*)"/.exec(page.text)?.[1];
  if (href === undefined) throw new Error(`no link on ${page.text.slice(0, 300)}`);
  return new URL(href, page.url).href;
}

describe('sign-in at a real OpenID provider', () => {
  let server: OAuthServer;
  let idp: IdentityProvider;
  beforeAll(async () => {
    const port = await freePort();
    idp = await startIdentityProvider(`http://127.0.0.1:${port}/demo/login/upstream/callback`);
    server = await startOAuthServer({ port, tenants: [tenant(idp.issuer)] });
  });
  afterAll(async () => {
    await server.close();
    await idp.close();
  });

  async function throughProvider(person: BrowserPerson, page: Visit, login: string): Promise<Visit> {
    let there = await person.open(linkOf(page));
    there = await person.submit(there, { login, password: 'x' });
    return person.submit(there, {});
  }

  it('names the client before the sign-in at the provider, and shows our own consent page after it', async () => {
    const { url, client_id, verifier } = await authorization(server);
    const person = new BrowserPerson(server.url, {}, [idp.issuer]);
    const first = await person.open(url);
    expect(first.text).toContain('Test client');
    expect(first.text).toContain('Contoso');
    expect(first.text).not.toContain('name="password"');
    const consent = await throughProvider(person, first, 'analyst-7');
    expect(consent.text).toContain('Person analyst-7');
    const end = await person.submit(consent, { decision: 'approve' });
    const answer = await tokenRequest(`${server.url}/demo`, {
      grant_type: 'authorization_code',
      code: new URL(end.url).searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: REDIRECT_URI,
      client_id,
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    const me = (): Promise<Response> =>
      fetch(`${server.url}/demo/sse`, { headers: { authorization: `Bearer ${access_token}` } });
    const subject = `${idp.issuer}|analyst-7`;
    expect(await (await me()).json()).toMatchObject({
      subject,
      access: { schemas: ['sales'] },
      attributes: { region: 'EMEA' },
      highestScope: 'sql:read',
    });
    // A local row by that name ends it.
    await changeUsersFile(server.usersFile, users => [...users, { name: subject, disabled: true }]);
    expect((await me()).status).toBe(401);
  });

  it('limits the sign-ins that one address may start', async () => {
    const from = { 'x-forwarded-for': '203.0.113.12' };
    let begun = 0;
    for (let turn = 0; turn < 660; turn++) {
      const answer = await fetch(`${server.url}/demo/login/upstream`, { redirect: 'manual', headers: from });
      if (answer.status === 303) begun++;
      else expect(answer.status).toBe(429);
    }
    expect(begun).toBeLessThan(660);
  });

  it('shows the account page to a person of the provider', async () => {
    const person = new BrowserPerson(server.url, {}, [idp.issuer]);
    const page = await throughProvider(person, await person.open(`${server.url}/demo/account`), 'analyst-8');
    expect(page.text).toContain('Person analyst-8');
  });

  it.each([
    [`downloads/${'x'.repeat(43)}`, `/demo/downloads/${'x'.repeat(43)}`],
    ['https://evil.example', '/demo/account'],
    ['downloads/../../evil', '/demo/account'],
  ])('leads a person who was asked to sign in for %s back to %s', async (next, path) => {
    const person = new BrowserPerson(server.url, {}, [idp.issuer]);
    const account = await person.open(`${server.url}/demo/account`);
    const asked = { ...account, text: account.text.replace('next=account', `next=${next}`) };
    const end = await throughProvider(person, asked, 'analyst-9');
    expect(end.url).toBe(server.url + path);
  });

  it('rejects a person whom no access rule names', async () => {
    const { url } = await authorization(server);
    const person = new BrowserPerson(server.url, {}, [idp.issuer]);
    const end = await throughProvider(person, await person.open(url), 'stranger');
    expect(end.response.status).toBe(403);
    expect(end.text).toContain('no access here');
  });

  it('accepts no local password in such a tenant', async () => {
    const { url } = await authorization(server);
    const person = new BrowserPerson(server.url);
    const page = await person.open(url);
    const forged: Visit = { ...page, text: `<form action="${new URL(page.url).pathname}/login"></form>` };
    expect((await person.submit(forged, DEMO_USER)).response.status).toBe(403);
    expect(
      (await person.submit({ ...forged, text: '<form action="/demo/account/sign-in"></form>' }, DEMO_USER)).response
        .status,
    ).toBe(404);
  });
});

describe('answers of a provider that were tampered with', () => {
  let server: OAuthServer;
  let idp: Awaited<ReturnType<typeof startTamperingProvider>>;
  beforeAll(async () => {
    idp = await startTamperingProvider();
    server = await startOAuthServer({ tenants: [tenant(idp.issuer)] });
  });
  afterAll(async () => {
    await server.close();
    await idp.close();
  });

  async function attempt(tampering: Tampering): Promise<Visit> {
    idp.tampering = tampering;
    const { url } = await authorization(server);
    const person = new BrowserPerson(server.url, {}, [idp.issuer]);
    return person.open(linkOf(await person.open(url)));
  }

  it('are accepted without tampering', async () => {
    const page = await attempt({});
    expect(page.text).toContain('name="decision"');
  });

  const rows: [string, Tampering][] = [
    ['the nonce of another sign-in', { claims: claims => ({ ...claims, nonce: 'other' }) }],
    ['no nonce', { claims: ({ nonce: _nonce, ...claims }) => claims }],
    ['an ID token for another client', { claims: claims => ({ ...claims, aud: 'somebody-else' }) }],
    ['an ID token of another issuer', { claims: claims => ({ ...claims, iss: 'https://evil.example' }) }],
    ['an expired ID token', { claims: claims => ({ ...claims, iat: 1, exp: 2 }) }],
    ['an ID token without a subject', { claims: ({ sub: _sub, ...claims }) => claims }],
    ['an unsigned ID token', { algorithm: 'none' }],
    ['an ID token signed with another key', { algorithm: 'foreign key' }],
    ['an ID token whose signature was changed', { algorithm: 'changed signature' }],
    ['no ID token', { withoutIdToken: true }],
    ['an error', { error: 'access_denied' }],
    [
      'a list of groups too long to send',
      { claims: ({ groups: _groups, ...claims }) => ({ ...claims, _claim_names: { groups: 'src1' } }) },
    ],
  ];
  it.each(rows)('are rejected with %s', async (_what, tampering) => {
    const page = await attempt(tampering);
    expect(page.response.status).toBe(403);
    expect(page.text).not.toContain('name="decision"');
    expect(page.text).not.toMatch(/nonce|evil|stack|jose|oauth4webapi/i);
  });

  it('are rejected in another browser', async () => {
    idp.tampering = {};
    const { url } = await authorization(server);
    const victim = new BrowserPerson(server.url);
    const attacker = new BrowserPerson(server.url);
    const away = await attacker.open(linkOf(await attacker.open(url)));
    const back = await fetch(away.url, { redirect: 'manual' });
    const callback = back.headers.get('location') ?? '';
    expect((await victim.open(callback)).response.status).toBe(400);
    // Nor under a state of the victim's own.
    const own = await victim.open(linkOf(await victim.open((await authorization(server)).url)));
    expect(own.url).toContain(idp.issuer);
    expect((await victim.open(callback)).response.status).toBe(400);
  });

  it('are accepted once', async () => {
    idp.tampering = {};
    const { url } = await authorization(server);
    const person = new BrowserPerson(server.url);
    const away = await person.open(linkOf(await person.open(url)));
    const callback = (await fetch(away.url, { redirect: 'manual' })).headers.get('location') ?? '';
    expect((await person.open(callback)).text).toContain('name="decision"');
    expect((await person.open(callback)).response.status).toBe(400);
  });

  it('are rejected in a browser that started no sign-in', async () => {
    const page = await new BrowserPerson(server.url).open((await authorization(server)).url);
    const stranger = await fetch(linkOf(page), { redirect: 'manual' });
    expect(stranger.status).toBe(400);
  });
});

describe('a provider that is unavailable', () => {
  it('is reported as unavailable, and asked again by the next sign-in', async () => {
    const port = await freePort();
    const server = await startOAuthServer({ tenants: [tenant(`http://127.0.0.1:${port}`)] });
    try {
      const { url } = await authorization(server);
      const person = new BrowserPerson(server.url);
      const page = await person.open(linkOf(await person.open(url)));
      expect(page.response.status).toBe(503);
      expect(page.text).toContain('does not answer');
    } finally {
      await server.close();
    }
  });
});
