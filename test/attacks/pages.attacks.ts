import { BrowserPerson, formOf } from '../support/browser-person.js';
import type { Attack, Outcome } from './attack.js';
import { type Lab, seen } from './lab.js';
import { withUser } from './token.attacks.js';

const WRONG = 'do not match, or this person has no access here';

async function attempt(
  lab: Lab,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Outcome> {
  const { person, page } = await lab.atSignIn();
  return seen(await person.submit(page, fields, headers), lab.server.url);
}

export const SIGN_IN: readonly Attack[] = [
  {
    area: 'sign-in',
    sent: 'a wrong password',
    send: lab => attempt(lab, { username: 'demo', password: 'not the password' }),
    expected: { status: 401, has: [WRONG], lacks: ['not the password'] },
  },
  {
    area: 'sign-in',
    sent: 'a name nobody has: the same answer, byte for byte',
    send: lab => attempt(lab, { username: 'nobody', password: 'x' }),
    expected: { status: 401, has: [WRONG] },
    afterwards: async (lab, outcome) => {
      const wrong = await attempt(lab, { username: 'demo', password: 'x' });
      const plain = (text: string) => text.replace(/value="(nobody|demo|[\w.-]{30})"|interaction\/[\w-]+/g, '');
      expect(plain(outcome.text)).toBe(plain(wrong.text));
    },
  },
  {
    area: 'sign-in',
    sent: 'a disabled person’s right password: the same answer',
    send: lab =>
      withUser(lab, 'disabled-person', async user => {
        const { UsersService } = await import('../../src/oauth/identity/users.service.js');
        await lab.server.app.get(UsersService).disable('disabled-person');
        return attempt(lab, user);
      }),
    expected: { status: 401, has: [WRONG] },
  },
  {
    area: 'sign-in',
    sent: 'a person of other tenants’ right password: the same answer',
    send: async lab => {
      const { putUser } = await import('../../src/oauth/identity/users-file.js');
      const { hashPassword } = await import('../../src/oauth/identity/password.js');
      const password = await hashPassword('a password of mine');
      await putUser(lab.server.usersFile, { name: 'elsewhere', password, tenants: ['workshop'] });
      return attempt(lab, { username: 'elsewhere', password: 'a password of mine' });
    },
    expected: { status: 401, has: [WRONG] },
  },
  {
    area: 'sign-in',
    sent: 'eleven guesses, then the right password',
    send: lab =>
      withUser(lab, 'guessed', async user => {
        for (let guess = 0; guess < 10; guess++) await attempt(lab, { ...user, password: `guess ${guess}` });
        return attempt(lab, user);
      }),
    expected: { status: 429, has: ['Too many attempts'] },
  },
  {
    area: 'sign-in',
    sent: 'eleven guesses at a name nobody has: the same limit',
    send: async lab => {
      for (let guess = 0; guess < 10; guess++)
        await attempt(lab, { username: 'no-such-person', password: `guess ${guess}` });
      return attempt(lab, { username: 'no-such-person', password: 'x' });
    },
    expected: { status: 429, has: ['Too many attempts'] },
  },
  {
    area: 'sign-in',
    sent: 'a right password between guesses, which does not open the limit anew',
    send: lab =>
      withUser(lab, 'guessed-between', async user => {
        for (let guess = 0; guess < 9; guess++) await attempt(lab, { ...user, password: `guess ${guess}` });
        expect((await attempt(lab, user)).status).toBe(200);
        await attempt(lab, { ...user, password: 'guess 10' });
        return attempt(lab, { ...user, password: 'guess 11' });
      }),
    expected: { status: 429 },
  },
  {
    area: 'sign-in',
    sent: 'sixteen right passwords in a row, which are no attack',
    send: lab =>
      withUser(lab, 'busy', async user => {
        for (let turn = 0; turn < 15; turn++) expect((await attempt(lab, user)).status).toBe(200);
        return attempt(lab, user);
      }),
    expected: { status: 200 },
  },
  {
    area: 'sign-in',
    sent: 'twenty guesses at once',
    send: async lab => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_x, guess) => attempt(lab, { username: 'at-once', password: `guess ${guess}` })),
      );
      expect(outcomes.filter(outcome => outcome.status === 401).length).toBeLessThanOrEqual(10);
      return attempt(lab, { username: 'at-once', password: 'x' });
    },
    expected: { status: 429 },
  },
  {
    area: 'sign-in',
    sent: '130 guesses from one address, which shut the person out nowhere else',
    send: lab =>
      withUser(lab, 'wanted-elsewhere', async user => {
        const person = new BrowserPerson(lab.server.url);
        const page = await person.open(`${lab.demo}/account`);
        const signIn = async (password: string, address: string): Promise<Outcome> =>
          seen(
            await person.submit(page, { username: user.username, password }, { 'x-forwarded-for': address }),
            lab.server.url,
          );
        const seenStatuses: number[] = [];
        for (let guess = 0; guess < 130; guess++)
          seenStatuses.push((await signIn(`guess ${guess}`, '203.0.113.9')).status);
        expect(seenStatuses.filter(status => status === 401)).toHaveLength(10);
        return signIn(user.password, '203.0.113.77');
      }),
    expected: { status: 200, has: ['wanted-elsewhere'] },
  },
  {
    area: 'sign-in',
    sent: 'markup as user name',
    send: lab => attempt(lab, { username: '"><script>alert(1)</script>', password: 'x' }),
    expected: { status: 401, lacks: ['<script>'] },
  },
  {
    area: 'sign-in',
    sent: '__proto__ as user name',
    send: lab => attempt(lab, { username: '__proto__', password: 'x' }),
    expected: { status: 401 },
  },
  {
    area: 'sign-in',
    sent: 'a password of 15 kB',
    send: lab => attempt(lab, { username: 'demo-long', password: 'a'.repeat(15_000) }),
    expected: { status: 401 },
  },
  {
    area: 'sign-in',
    sent: 'a form of 100 kB',
    send: lab => attempt(lab, { username: 'demo-long', password: 'a'.repeat(100_000) }),
    expected: { status: 413 },
  },
  {
    area: 'sign-in',
    sent: 'the form from another browser',
    send: async lab => {
      const { page } = await lab.atSignIn();
      return seen(await new BrowserPerson(lab.server.url).submit(page, lab.user), lab.server.url);
    },
    expected: { status: 400, error: 'expired' },
  },
  {
    area: 'sign-in',
    sent: 'the form without its token',
    send: lab => attempt(lab, { ...lab.user, csrf: '' }),
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'sign-in',
    sent: 'the form with the token of another sign-in',
    send: async lab => {
      const other = await lab.atSignIn();
      return attempt(lab, { ...lab.user, csrf: formOf(other.page.text).fields['csrf'] ?? '' });
    },
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'sign-in',
    sent: 'the form from another site',
    send: lab => attempt(lab, lab.user, { origin: 'https://evil.example' }),
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'sign-in',
    sent: 'the form from a sandboxed frame (Origin: null)',
    send: lab => attempt(lab, lab.user, { origin: 'null' }),
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'sign-in',
    sent: 'the form from a page of another program on this machine',
    send: lab => attempt(lab, lab.user, { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }),
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'sign-in',
    sent: 'the form from this server by its other name, localhost: no attack',
    send: async lab => {
      const host = `localhost:${new URL(lab.server.url).port}`;
      const person = new BrowserPerson(lab.server.url);
      const { csrf = '' } = formOf((await person.open(`${lab.demo}/account`)).text).fields;
      return lab.raw('/demo/account/sign-in', {
        method: 'POST',
        headers: {
          host,
          cookie: person.jar.header('/demo/account'),
          origin: `http://${host}`,
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ ...lab.user, csrf }).toString(),
      });
    },
    expected: { status: 303 },
  },
  {
    area: 'sign-in',
    sent: 'the addresses of forms without a form, as a browser that restores its tabs',
    send: async lab => {
      const { person, page } = await lab.atSignIn();
      const wrong = await person.submit(page, { username: 'demo-restored', password: 'x' });
      expect((await person.open(wrong.url)).text).toContain('name="password"');
      expect((await lab.get(`${lab.demo}/account/sign-in`)).text).toContain('name="password"');
      const consent = await person.submit(page, lab.user);
      const restored = await person.open(new URL(formOf(consent.text).action, consent.url).href);
      return seen(await person.submit(restored, { decision: 'approve' }), lab.server.url);
    },
    expected: { status: 303 },
    afterwards: (_lab, { location }) => expect(location).toContain('code='),
  },
  {
    area: 'sign-in',
    sent: 'a session id chosen beforehand',
    send: lab =>
      withUser(lab, 'fixated', async user => {
        // The attacker's own session, planted in the browser at which another person then signs in.
        const { person } = await account(lab, lab.user);
        const planted = person.jar.header('/demo/account');
        const consent = await person.submit(await person.open(await lab.authorizeUrl({ prompt: 'login' })), user);
        expect(consent.text).toContain('fixated');
        const other = await account(lab, lab.user);
        const plantedToo = other.person.jar.header('/demo/account');
        await other.person.submit(other.signIn, user);
        expect((await other.person.open(`${lab.demo}/account`)).text).toContain('fixated');
        expect((await lab.get(`${lab.demo}/account`, { cookie: plantedToo })).text).not.toContain('fixated');
        return lab.get(`${lab.demo}/account`, { cookie: planted });
      }),
    expected: { status: 200, has: ['name="password"'], lacks: ['fixated'] },
  },
  {
    area: 'sign-in',
    sent: 'a session cookie with a changed signature',
    send: async lab => {
      const { person } = await lab.atConsent();
      const cookie = person.jar.header('/demo/account').replace(/(demo_s\.sig=)./, '$1~');
      return lab.get(`${lab.demo}/account`, { cookie });
    },
    expected: { status: 200, has: ['name="password"'] },
  },
  {
    area: 'sign-in',
    sent: 'the account sign-in form from another site',
    send: lab =>
      lab.post(`${lab.demo}/account/sign-in`, new URLSearchParams(lab.user), { origin: 'https://evil.example' }),
    expected: { status: 403 },
  },
  {
    area: 'sign-in',
    sent: 'the account sign-in form without its token',
    send: async lab => {
      const person = new BrowserPerson(lab.server.url);
      return seen(
        await person.submit(await person.open(`${lab.demo}/account`), { ...lab.user, csrf: '' }),
        lab.server.url,
      );
    },
    expected: { status: 403, lacks: ['name="grant"'] },
  },
  {
    area: 'sign-in',
    sent: 'the account sign-in form with the token of another browser',
    send: async lab => {
      const page = await new BrowserPerson(lab.server.url).open(`${lab.demo}/account`);
      const victim = new BrowserPerson(lab.server.url);
      await victim.open(`${lab.demo}/account`);
      return seen(await victim.submit(page, lab.user), lab.server.url);
    },
    expected: { status: 403, lacks: ['name="grant"'] },
  },
];

export const CONSENT: readonly Attack[] = [
  {
    area: 'consent',
    sent: 'consent without its token',
    send: async lab => {
      const { person, page } = await lab.atConsent();
      return seen(await person.submit(page, { decision: 'approve', csrf: '' }), lab.server.url);
    },
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'consent',
    sent: 'consent with the token of the sign-in form',
    send: async lab => {
      const { person, page } = await lab.atSignIn();
      const csrf = formOf(page.text).fields['csrf'] ?? '';
      const consent = await person.submit(page, lab.user);
      return seen(await person.submit(consent, { decision: 'approve', csrf }), lab.server.url);
    },
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'consent',
    sent: 'consent from another site',
    send: async lab => {
      const { person, page } = await lab.atConsent();
      return seen(
        await person.submit(page, { decision: 'approve' }, { origin: 'https://evil.example' }),
        lab.server.url,
      );
    },
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'consent',
    sent: 'consent that a browser marks as cross-site',
    send: async lab => {
      const { person, page } = await lab.atConsent();
      return seen(
        await person.submit(page, { decision: 'approve' }, { 'sec-fetch-site': 'cross-site' }),
        lab.server.url,
      );
    },
    expected: { status: 403, error: 'FORBIDDEN' },
  },
  {
    area: 'consent',
    sent: 'consent from another person’s browser',
    send: async lab => {
      const { page } = await lab.atConsent();
      const { person: other } = await lab.atConsent();
      return seen(await other.submit(page, { decision: 'approve' }), lab.server.url);
    },
    expected: { status: 400, error: 'expired' },
  },
  {
    area: 'consent',
    sent: 'consent before signing in',
    send: async lab => {
      const { person, page } = await lab.atSignIn();
      const { action, fields } = formOf(page.text);
      const form = new URLSearchParams({ ...fields, decision: 'approve' });
      const answer = await person.open(new URL(action.replace(/login$/, 'consent'), page.url).href, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      });
      return seen(answer, lab.server.url);
    },
    expected: { status: 400, error: 'expired' },
  },
  {
    area: 'consent',
    sent: 'the same consent twice',
    send: async lab => {
      const { person, page } = await lab.atConsent();
      await person.submit(page, { decision: 'approve' });
      return seen(await person.submit(page, { decision: 'approve' }), lab.server.url);
    },
    expected: { status: 400, error: 'expired' },
  },
  {
    area: 'consent',
    sent: 'an answer that is neither yes nor no',
    send: async lab => {
      const { person, page } = await lab.atConsent();
      return seen(await person.submit(page, { decision: 'maybe' }), lab.server.url);
    },
    expected: { status: 400, error: 'BAD_REQUEST' },
  },
  {
    area: 'consent',
    sent: 'write, where only read was asked for',
    send: async lab => {
      const signedIn = await lab.signIn({ tenant: 'workshop', scopes: ['sql:read'], grant: 'sql:write' });
      expect(signedIn.scope).toBe('sql:read');
      return lab.bearer(`Bearer ${signedIn.accessToken}`, '/workshop/sse');
    },
    expected: { status: 200, lacks: ['sql:write"]'] },
  },
  {
    area: 'consent',
    sent: 'the page in a frame',
    send: async lab => seen((await lab.atConsent()).page, lab.server.url),
    expected: { status: 200, header: ['content-security-policy', /frame-ancestors 'none'/] },
    afterwards: (_lab, { headers }) => expect(headers.get('x-frame-options')).toBe('DENY'),
  },
  {
    area: 'consent',
    sent: 'a script in the page',
    send: async lab => seen((await lab.atConsent()).page, lab.server.url),
    expected: {
      status: 200,
      header: ['content-security-policy', /^default-src 'none'; style-src 'sha256-/],
      lacks: ['<script', 'onclick'],
    },
  },
  {
    area: 'consent',
    sent: 'the page to a shared cache',
    send: async lab => seen((await lab.atConsent()).page, lab.server.url),
    expected: { status: 200, header: ['cache-control', /no-store/] },
  },
  {
    area: 'consent',
    sent: 'the sign-in, error and account pages in a frame',
    send: async lab => {
      for (const url of [`${lab.demo}/account`, `${lab.demo}/authorize?client_id=x`, `${lab.demo}/docs`]) {
        expect((await lab.get(url)).headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      }
      return seen((await lab.atSignIn()).page, lab.server.url);
    },
    expected: { status: 200, header: ['content-security-policy', /frame-ancestors 'none'/] },
  },
  {
    area: 'consent',
    sent: 'another person’s grant to the account page’s revocation',
    send: lab =>
      withUser(lab, 'owner-of-grant', async user => {
        const { accessToken } = await lab.signIn(user);
        const owner = await account(lab, user);
        const grant = formOf(owner.page.text).fields['grant'] ?? '';
        expect(grant).not.toBe('');
        const thief = await account(lab, lab.user);
        const csrf = formOf(thief.page.text).fields['csrf'] ?? '';
        const tried = await thief.person.open(`${lab.demo}/account/revoke`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ csrf, grant }).toString(),
        });
        // Taken as the thief's own form, and without effect.
        expect(tried.url).toBe(`${lab.demo}/account`);
        return lab.bearer(`Bearer ${accessToken}`);
      }),
    expected: { status: 200 },
  },
  {
    area: 'consent',
    sent: 'the account page’s revocation without its token',
    send: async lab => {
      await lab.signIn();
      const { person, page } = await account(lab, lab.user);
      return seen(await person.submit(page, { csrf: 'x' }), lab.server.url);
    },
    expected: { status: 403 },
  },
  {
    area: 'consent',
    sent: 'a consent whose person was disabled meanwhile',
    send: lab =>
      withUser(lab, 'disabled-at-consent', async user => {
        const { UsersService } = await import('../../src/oauth/identity/users.service.js');
        const { person, page } = await lab.atSignIn();
        const consent = await person.submit(page, user);
        await lab.server.app.get(UsersService).disable('disabled-at-consent');
        return seen(await person.submit(consent, { decision: 'approve' }), lab.server.url);
      }),
    expected: { status: 303, error: 'access_denied' },
  },
];

async function account(lab: Lab, user: { username: string; password: string }) {
  const person = new BrowserPerson(lab.server.url);
  const signIn = await person.open(`${lab.demo}/account`);
  const page = await person.submit(signIn, user);
  return { person, page, signIn };
}
