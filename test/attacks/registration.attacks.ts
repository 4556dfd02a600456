import { generateKeyPairSync } from 'node:crypto';
import { REDIRECT_URI } from '../support/oauth-login.js';
import type { Attack } from './attack.js';

/** As deep as a key set may be. */
const PUBLIC_KEY = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  alg: 'ES256',
  x5c: ['MIIB'],
};

/** Registrations with one redirect URI that no code may ever go to. */
const FORBIDDEN_REDIRECTS: readonly [string, string][] = [
  ['a host that is not on the list', 'https://evil.example/callback'],
  ['a host that only begins like one on the list', 'https://claude.ai.evil.example/callback'],
  ['a host that only ends like one on the list', 'https://evilclaude.ai/callback'],
  ['a subdomain without a wildcard', 'https://x.claude.ai/callback'],
  ['another port of a listed host', 'https://claude.ai:8443/callback'],
  ['a listed host as user name', 'https://claude.ai@evil.example/callback'],
  ['a listed host before a backslash', 'https://claude.ai\\@evil.example/callback'],
  ['a password in the URI', 'https://a:b@claude.ai/callback'],
  ['a fragment', 'https://claude.ai/callback#x'],
  ['an empty fragment', 'https://claude.ai/callback#'],
  ['http to a listed host', 'http://claude.ai/callback'],
  ['http to a private address', 'http://192.168.0.1/callback'],
  ['http to 0.0.0.0', 'http://0.0.0.0/callback'],
  ['loopback written as a number', 'http://0x7f000001/callback'],
  ['loopback in short form', 'http://127.1/callback'],
  ['an upper-case host', 'https://CLAUDE.AI/callback'],
  ['an ideographic full stop in the host', 'https://claude。ai/callback'],
  ['a full-width host', 'https://ｃlaude.ai/callback'],
  ['a trailing dot after the host', 'https://claude.ai./callback'],
  ['a path with dots', 'https://claude.ai/a/../callback'],
  ['an encoded tab', 'https://claude.ai/\tcallback'],
  ['javascript:', 'javascript:alert(1)'],
  ['data:', 'data:text/html,x'],
  ['a custom scheme that is not configured', 'zed://mcp/oauth/callback'],
  ['a known scheme with another address', 'cursor://evil.example/oauth/callback'],
  ['a loopback address without a path, in upper case', 'http://LOCALHOST:1'],
  ['no scheme', '//claude.ai/callback'],
  ['3 kB', `https://claude.ai/${'a'.repeat(3_000)}`],
];

export const REGISTRATION: readonly Attack[] = [
  ...FORBIDDEN_REDIRECTS.map(([what, uri]): Attack => ({
    area: 'registration',
    sent: `a redirect URI with ${what}`,
    send: lab => lab.register({ redirect_uris: [uri] }),
    expected: { status: 400, error: 'invalid_redirect_uri' },
  })),
  {
    area: 'registration',
    sent: 'one allowed and two forbidden redirect URIs',
    send: lab => lab.register({ redirect_uris: ['https://evil.example/', REDIRECT_URI, 'cursor://x/y'] }),
    expected: { status: 201, has: [REDIRECT_URI], lacks: ['evil.example', 'cursor:'] },
  },
  {
    area: 'registration',
    sent: 'no redirect URI',
    send: lab => lab.register({ redirect_uris: [] }),
    expected: { status: 400 },
  },
  {
    area: 'registration',
    sent: '1,000 redirect URIs',
    send: lab => lab.register({ redirect_uris: Array.from({ length: 1_000 }, (_x, n) => `https://claude.ai/${n}`) }),
    expected: { status: 400, error: 'invalid_redirect_uri' },
  },
  {
    area: 'registration',
    sent: 'a name of 50 kB',
    send: lab => lab.register({ client_name: 'a'.repeat(50_000) }),
    expected: { status: 400, error: 'invalid_client_metadata' },
  },
  {
    area: 'registration',
    sent: 'a name that turns the reading direction',
    send: lab => lab.register({ client_name: 'Claude\u202egpj.exe' }),
    expected: { status: 400, error: 'invalid_client_metadata' },
  },
  {
    area: 'registration',
    sent: 'a name with line breaks',
    send: lab => lab.register({ client_name: 'a\r\nSet-Cookie: x=y' }),
    expected: { status: 400, error: 'invalid_client_metadata' },
  },
  ...[
    ['spaces alone', ' \u00a0\u3000'],
    ['letters nobody sees', '\u3164\u115f'],
    ['an empty Braille cell', '\u2800'],
    ['marks piled over the lines around it', `Z${'\u0338\u0322'.repeat(40)}`],
    ['tags', 'Claude\u{e0041}'],
  ].map(([what, client_name]): Attack => ({
    area: 'registration',
    sent: `a name of ${what}`,
    send: lab => lab.register({ client_name }),
    expected: { status: 400, error: 'invalid_client_metadata' },
  })),
  {
    area: 'registration',
    sent: 'a name in another script, with an accent and an emblem',
    send: lab => lab.register({ client_name: 'Ти\u0301хий क्लाइंट ❤\ufe0f' }),
    expected: { status: 201 },
  },
  {
    area: 'registration',
    sent: 'keys nested 5,000 levels deep',
    send: lab =>
      lab.post(
        `${lab.demo}/register`,
        `{"redirect_uris":["${REDIRECT_URI}"],"jwks":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_001)}`,
        { 'content-type': 'application/json' },
      ),
    expected: { status: 400, error: 'invalid_client_metadata' },
  },
  {
    area: 'registration',
    sent: 'a contact of 40 kB, to fill the store',
    send: lab => lab.register({ contacts: [`${'a'.repeat(40_000)}@example.com`] }),
    expected: { status: 201, lacks: ['contacts', 'aaaa'] },
  },
  {
    area: 'registration',
    sent: 'a key with its certificates',
    send: lab => lab.register({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [PUBLIC_KEY] } }),
    expected: { status: 201 },
  },
  {
    area: 'registration',
    sent: 'a name that is an object',
    send: lab => lab.register({ client_name: { toString: 'x' } }),
    expected: { status: 400, error: 'invalid_client_metadata' },
  },
  {
    area: 'registration',
    sent: 'the implicit flow',
    send: lab => lab.register({ response_types: ['token'], grant_types: ['implicit'] }),
    expected: { status: 400, error: 'invalid_client_metadata' },
  },
  {
    area: 'registration',
    sent: 'the password and client credentials grants',
    send: lab => lab.register({ grant_types: ['password', 'client_credentials'] }),
    expected: { status: 400, error: 'invalid_client_metadata' },
  },
  {
    area: 'registration',
    sent: 'addresses for the server to call, and a logo',
    send: lab =>
      lab.register({
        sector_identifier_uri: 'http://127.0.0.1:6379/',
        initiate_login_uri: 'https://evil.example/',
        logo_uri: 'https://evil.example/pixel.png',
        request_uris: ['http://127.0.0.1/'],
      }),
    expected: { status: 201, lacks: ['6379', 'evil.example', 'request_uris'] },
  },
  {
    area: 'registration',
    sent: 'an address of keys for the server to call',
    send: lab => lab.register({ jwks_uri: 'http://169.254.169.254/latest/meta-data' }),
    expected: { status: 400, error: 'invalid_client_metadata', has: ['jwks_uri'], lacks: ['169.254'] },
  },
  ...(
    [
      ['the method', { token_endpoint_auth_method: 'client_secret_jwt' }],
      ['the method, as a list', { token_endpoint_auth_method: ['none'] }],
      ['the keys', { token_endpoint_auth_method: 'private_key_jwt', jwks: 'keys' }],
      ['the keys, of which there are none', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } }],
    ] as const
  ).map(([what, metadata]): Attack => ({
    area: 'registration',
    sent: `a fault in ${what} of its authentication, which must not become another authentication`,
    send: lab => lab.register(metadata),
    expected: { status: 400, error: 'invalid_client_metadata' },
  })),
  {
    area: 'registration',
    sent: 'a name that imitates a known client by a Cyrillic letter',
    send: lab => lab.register({ client_name: '\u0421laude' }),
    expected: { status: 400, error: 'invalid_client_metadata', has: ['Claude'] },
  },
  {
    area: 'registration',
    sent: 'the name of a known client for an address of somebody else',
    send: lab =>
      lab.register({ client_name: 'Claude', redirect_uris: ['https://global.consent.azure-apim.net/redirect/evil'] }),
    expected: { status: 400, error: 'invalid_client_metadata' },
  },
  {
    area: 'registration',
    sent: 'a client id and secret of its own choice',
    send: lab => lab.register({ client_id: 'chosen', client_secret: 'chosen', token_endpoint_auth_method: 'none' }),
    expected: { status: 201, lacks: ['"chosen"'] },
  },
  {
    area: 'registration',
    sent: '__proto__ and constructor keys',
    send: lab =>
      lab.post(
        `${lab.demo}/register`,
        `{"redirect_uris":["${REDIRECT_URI}"],"__proto__":{"application_type":"x"},"constructor":{"prototype":{"x":1}},"token_endpoint_auth_method":"none"}`,
        { 'content-type': 'application/json' },
      ),
    expected: { status: 201 },
    afterwards: () => expect(({} as Record<string, unknown>)['x']).toBeUndefined(),
  },
  {
    area: 'registration',
    sent: 'an array',
    send: lab => lab.post(`${lab.demo}/register`, '[1]', { 'content-type': 'application/json' }),
    expected: { status: 400, error: 'invalid_request' },
  },
  {
    area: 'registration',
    sent: 'broken JSON',
    send: lab => lab.post(`${lab.demo}/register`, '{"redirect_uris":[', { 'content-type': 'application/json' }),
    expected: { status: 400, error: 'invalid_request', lacks: ['position', 'at JSON'] },
  },
  {
    area: 'registration',
    sent: 'a form instead of JSON',
    send: lab => lab.post(`${lab.demo}/register`, new URLSearchParams({ redirect_uris: REDIRECT_URI })),
    expected: { status: 400, error: 'invalid_request' },
  },
  {
    area: 'registration',
    sent: 'a body of 200 kB',
    send: lab => lab.register({ client_uri: `https://claude.ai/${'a'.repeat(200_000)}` }),
    expected: { status: 413, error: 'invalid_request' },
  },
  {
    area: 'registration',
    sent: 'a GET for somebody else’s registration',
    send: async lab => lab.get(`${lab.demo}/register/${await lab.clientId()}`),
    expected: { status: 404 },
  },
];
