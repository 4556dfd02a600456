import { BrowserPerson } from '../support/browser-person.js';
import { registeredClient } from '../support/oauth-login.js';
import type { Attack } from './attack.js';
import { seen } from './lab.js';

const page = { redirects: false } as const;

export const AUTHORIZE: readonly Attack[] = [
  {
    area: 'authorize',
    sent: 'an unknown client',
    send: lab => lab.authorize({ client_id: 'nobody', redirect_uri: 'https://claude.ai/x' }),
    expected: { status: 400, error: 'invalid_client', ...page },
  },
  {
    area: 'authorize',
    sent: 'no client',
    send: lab => lab.authorize({ client_id: null }),
    expected: { status: 400, ...page },
  },
  {
    area: 'authorize',
    sent: 'a redirect URI the client did not register',
    send: lab => lab.authorize({ redirect_uri: 'https://claude.ai/api/mcp/auth_callback' }),
    expected: { status: 400, error: 'invalid_redirect_uri', ...page },
  },
  ...[
    ['a longer path', 'http://127.0.0.1:53682/callback/more'],
    ['another path', 'http://127.0.0.1:53682/other'],
    ['an added query', 'http://127.0.0.1:53682/callback?next=https://evil.example'],
    ['an added fragment', 'http://127.0.0.1:53682/callback#x'],
    ['dots in the path', 'http://127.0.0.1:53682/x/../callback'],
    ['a user name', 'http://evil@127.0.0.1:53682/callback'],
    ['another loopback name and another path', 'http://localhost:53682/other'],
    ['another address of this device', 'http://127.0.0.2:53682/callback'],
    ['https', 'https://127.0.0.1:53682/callback'],
    ['upper case', 'HTTP://127.0.0.1:53682/callback'],
    ['javascript', 'javascript:alert(1)'],
  ].map(([what, uri]): Attack => ({
    area: 'authorize',
    sent: `the registered redirect URI with ${what}`,
    send: lab => lab.authorize({ redirect_uri: String(uri) }),
    expected: { status: 400, error: 'invalid_redirect_uri', ...page },
  })),
  {
    area: 'authorize',
    sent: 'no redirect URI, for a client that has only one',
    send: lab => lab.authorize({ redirect_uri: null }),
    expected: { status: 400, ...page },
  },
  {
    area: 'authorize',
    sent: 'two redirect URIs',
    send: lab => lab.authorize({}, '&redirect_uri=https%3A%2F%2Fevil.example%2F'),
    expected: { status: 400, ...page },
  },
  {
    area: 'authorize',
    sent: 'two client ids',
    send: lab => lab.authorize({}, '&client_id=other'),
    expected: { status: 400, ...page },
  },
  {
    area: 'authorize',
    sent: 'response_type=token',
    send: lab => lab.authorize({ response_type: 'token' }),
    expected: { status: 303, error: 'unsupported_response_type' },
  },
  {
    area: 'authorize',
    sent: 'response_mode=form_post, which would need a script',
    send: async lab => {
      const { person, page: consent } = await lab.atConsent({ response_mode: 'form_post' });
      return seen(await person.submit(consent, { decision: 'approve' }), lab.server.url);
    },
    expected: { status: 303 },
    afterwards: (_lab, { location }) => expect(location).toMatch(/^http:\/\/127\.0\.0\.1:53682\/callback\?code=/),
  },
  {
    area: 'authorize',
    sent: 'no PKCE',
    send: lab => lab.authorize({ code_challenge: null, code_challenge_method: null }),
    expected: { status: 303, error: 'invalid_request' },
  },
  {
    area: 'authorize',
    sent: 'PKCE plain',
    send: lab => lab.authorize({ code_challenge_method: 'plain' }),
    expected: { status: 303, error: 'invalid_request' },
  },
  {
    area: 'authorize',
    sent: 'PKCE without a method, which would mean plain',
    send: lab => lab.authorize({ code_challenge_method: null }),
    expected: { status: 303, error: 'invalid_request' },
  },
  {
    area: 'authorize',
    sent: 'a code challenge of 20 characters',
    send: lab => lab.authorize({ code_challenge: 'a'.repeat(20) }),
    expected: { status: 303, error: 'invalid_request' },
  },
  {
    area: 'authorize',
    sent: 'the resource of a foreign server',
    send: lab => lab.authorize({ resource: 'https://evil.example/sse' }),
    expected: { status: 303, error: 'invalid_target' },
  },
  {
    area: 'authorize',
    sent: 'the resource of another tenant',
    send: lab => lab.authorize({ resource: `${lab.workshop}/sse` }),
    expected: { status: 303, error: 'invalid_target' },
  },
  {
    area: 'authorize',
    sent: 'a resource that is no URL',
    send: lab => lab.authorize({ resource: 'sse' }),
    expected: { status: 303, error: 'invalid_target' },
  },
  {
    area: 'authorize',
    sent: 'prompt=none without a session',
    send: lab => lab.authorize({ prompt: 'none' }),
    expected: { status: 303, error: 'login_required' },
  },
  {
    area: 'authorize',
    sent: 'prompt=none in the browser of a person who consented a moment ago',
    send: async lab => {
      const { person, page: consent } = await lab.atConsent();
      await person.submit(consent, { decision: 'approve' });
      return seen(await person.open(await lab.authorizeUrl({ prompt: 'none' })), lab.server.url);
    },
    expected: { status: 303, error: 'consent_required' },
  },
  {
    area: 'authorize',
    sent: 'a request object',
    send: lab => lab.authorize({ request: 'eyJhbGciOiJub25lIn0.e30.' }),
    expected: { status: 303, error: 'request_not_supported' },
  },
  {
    area: 'authorize',
    sent: 'a request URI of the cloud’s metadata service',
    send: lab => lab.authorize({ request_uri: 'http://169.254.169.254/' }),
    expected: { status: 303, error: 'request_uri_not_supported' },
  },
  {
    area: 'authorize',
    sent: 'a POST',
    send: async lab => lab.post(`${lab.demo}/authorize`, new URL(await lab.authorizeUrl()).searchParams),
    expected: { status: 405, header: ['allow', /GET/] },
  },
  {
    area: 'authorize',
    sent: 'a state with a line break and a header',
    send: lab => lab.authorize({ state: 'x\r\nSet-Cookie: evil=1', response_type: 'token' }),
    expected: { status: 303, error: 'unsupported_response_type' },
    afterwards: (_lab, outcome) => {
      expect(outcome.headers.getSetCookie().join()).not.toContain('evil');
      expect(outcome.location).toContain('state=x%0D%0ASet-Cookie');
    },
  },
  {
    area: 'authorize',
    sent: 'markup in a client’s name',
    send: async lab => {
      const client_id = await registeredClient(lab.demo, { client_name: '<img src=x onerror=alert(1)>"\'' });
      const person = new BrowserPerson(lab.server.url);
      return seen(await person.open(await lab.authorizeUrl({ client_id })), lab.server.url);
    },
    expected: { status: 200, has: ['&lt;img'], lacks: ['<img src=x'] },
  },
  {
    area: 'authorize',
    sent: 'markup in an error description',
    send: lab => lab.authorize({ client_id: '<script>alert(1)</script>' }),
    expected: { status: 400, lacks: ['<script'], ...page },
  },
  {
    area: 'authorize',
    sent: 'a wish for write in a tenant that only reads',
    send: async lab => {
      const { person, page: consent } = await lab.atConsent({ scope: 'sql:write' });
      expect(consent.text).not.toContain('value="sql:write"');
      return seen(await person.submit(consent, { decision: 'deny' }), lab.server.url);
    },
    expected: { status: 303, error: 'access_denied' },
  },
  {
    area: 'authorize',
    sent: 'ui_locales, as discovery offers it: the pages are in that language',
    send: async lab => {
      const { person, page } = await lab.atSignIn({ ui_locales: 'fr es-MX en' });
      expect(page.text).toContain('<html lang="es">');
      expect((await lab.atSignIn({ ui_locales: 'fr' })).page.text).toContain('<html lang="en">');
      return seen(await person.submit(page, lab.user), lab.server.url);
    },
    expected: { status: 200, has: ['<html lang="es">'] },
  },
  {
    area: 'authorize',
    sent: 'ui_locales with markup',
    send: async lab => seen((await lab.atSignIn({ ui_locales: '"><script>alert(1)</script>' })).page, lab.server.url),
    expected: { status: 200, lacks: ['<script>'] },
  },
  {
    area: 'authorize',
    sent: 'a resume address without its cookie',
    send: lab => lab.get(`${lab.demo}/authorize/abcdefghij`),
    expected: { status: 400, ...page },
  },
];
