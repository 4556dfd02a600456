import type { Attack, Outcome } from './attack.js';
import type { Lab } from './lab.js';

const URL_ = 'https://claude.ai/oauth/test-document';
const REDIRECT = 'https://claude.ai/callback';

const document = (changes: object = {}, url = URL_): object => ({
  client_id: url,
  client_name: 'Document client',
  redirect_uris: [REDIRECT],
  token_endpoint_auth_method: 'none',
  ...changes,
});

let number = 0;
/** A fresh address each time: answers are remembered. */
const fresh = (): string => `${URL_}-${number++}`;

async function ask(
  lab: Lab,
  id: string,
  answer: (url: string) => Response | Promise<Response>,
  fetched: number,
): Promise<Outcome> {
  return lab.withDocuments(answer, async asked => {
    const outcome = await lab.authorize({ client_id: id, redirect_uri: REDIRECT });
    expect(asked).toHaveLength(fetched);
    return outcome;
  });
}

const refused = { status: 400, redirects: false } as const;

const NEVER_FETCHED: readonly [string, string][] = [
  ['http', 'http://claude.ai/oauth/x'],
  ['a host without a dot', 'https://intranet/client.json'],
  ['a name of this network', 'https://printer.local/client.json'],
  ['a name of this cloud', 'https://metadata.google.internal/client.json'],
  ['a name below localhost', 'https://app.localhost/client.json'],
  ['a trailing dot', 'https://claude.ai./client.json'],
  ['the loopback address', 'https://127.0.0.1/client.json'],
  ['the loopback address in IPv6', 'https://[::1]/client.json'],
  ['the cloud’s metadata service', 'https://169.254.169.254/latest/meta-data/'],
  ['localhost', 'https://localhost/client.json'],
  ['another port', 'https://claude.ai:8443/client.json'],
  ['a user name', 'https://claude.ai@evil.example/client.json'],
  ['no path', 'https://claude.ai/'],
  ['dots in the path', 'https://claude.ai/a/../client.json'],
  ['a fragment', 'https://claude.ai/client.json#x'],
  ['a query', 'https://claude.ai/client.json?x=1'],
  ['upper case', 'https://CLAUDE.AI/client.json'],
  ['2 kB', `https://claude.ai/${'a'.repeat(2_000)}`],
];

export const DOCUMENTS: readonly Attack[] = [
  ...NEVER_FETCHED.map(([what, id]): Attack => ({
    area: 'metadata documents',
    sent: `a client id with ${what}: nothing is fetched`,
    send: lab => ask(lab, id, () => Response.json(document({}, id)), 0),
    expected: refused,
  })),
  {
    area: 'metadata documents',
    sent: 'a document that redirects inside',
    send: lab =>
      ask(lab, fresh(), () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1/' } }), 1),
    expected: refused,
  },
  {
    area: 'metadata documents',
    sent: 'a document about another client',
    send: lab => ask(lab, fresh(), () => Response.json(document({ client_id: 'https://claude.ai/other' })), 1),
    expected: refused,
  },
  ...[
    ['as a page', 'text/html; charset=utf-8'],
    ['as plain text', 'text/plain'],
    ['as nothing in particular', ''],
    ['as a sequence of JSON texts', 'application/json-seq'],
  ].map(([what, type]): Attack => ({
    area: 'metadata documents',
    sent: `a sound document that is served ${what}`,
    send: lab => {
      const id = fresh();
      const headers = { 'content-type': String(type) };
      return ask(lab, id, () => new Response(JSON.stringify(document({}, id)), { headers }), 1);
    },
    expected: { ...refused, error: 'invalid_client' },
  })),
  {
    area: 'metadata documents',
    sent: 'a document of 11 kB, most of it of no use',
    send: lab => {
      const id = fresh();
      return ask(lab, id, () => Response.json(document({ padding: 'a'.repeat(11_000) }, id)), 1);
    },
    expected: { ...refused, error: 'invalid_client' },
  },
  {
    area: 'metadata documents',
    sent: 'thirty documents for one address: the others have some left of the minute',
    send: async lab => {
      const ids = Array.from({ length: 30 }, fresh);
      const known = (url: string) => Response.json(document({}, url));
      return lab.withDocuments(known, async asked => {
        for (const client_id of ids) await lab.authorize({ client_id, redirect_uri: REDIRECT });
        expect(asked).toHaveLength(20);
        const url = await lab.authorizeUrl({ client_id: fresh(), redirect_uri: REDIRECT });
        return lab.get(url, { 'x-forwarded-for': '203.0.113.20' });
      });
    },
    expected: { status: 303 },
  },
  {
    area: 'metadata documents',
    sent: 'a document of 1 MB',
    send: lab => ask(lab, fresh(), url => Response.json(document({ x: 'a'.repeat(1_000_000) }, url)), 1),
    expected: refused,
  },
  {
    area: 'metadata documents',
    sent: 'a document with a secret',
    send: lab => ask(lab, fresh(), url => Response.json(document({ client_secret: 'x'.repeat(32) }, url)), 1),
    expected: refused,
  },
  {
    area: 'metadata documents',
    sent: 'a document without a name',
    send: lab => ask(lab, fresh(), url => Response.json(document({ client_name: undefined }, url)), 1),
    expected: refused,
  },
  {
    area: 'metadata documents',
    sent: 'a document whose redirect URIs are all forbidden',
    send: lab =>
      ask(lab, fresh(), url => Response.json(document({ redirect_uris: ['https://evil.example/'] }, url)), 1),
    expected: refused,
  },
  {
    area: 'metadata documents',
    sent: 'a document that is no JSON',
    send: lab => ask(lab, fresh(), () => new Response('<html>'), 1),
    expected: refused,
  },
  {
    area: 'metadata documents',
    sent: 'a document that is null',
    send: lab => ask(lab, fresh(), () => Response.json(null), 1),
    expected: refused,
  },
  {
    area: 'metadata documents',
    sent: 'a document that fails, asked for five times: fetched once',
    send: async lab => {
      const id = fresh();
      return lab.withDocuments(
        () => new Response('challenge', { status: 403 }),
        async asked => {
          for (let turn = 0; turn < 4; turn++) await lab.authorize({ client_id: id, redirect_uri: REDIRECT });
          const last = await lab.authorize({ client_id: id, redirect_uri: REDIRECT });
          expect(asked).toHaveLength(1);
          return last;
        },
      );
    },
    expected: refused,
  },
  {
    area: 'metadata documents',
    sent: 'a sound document with a redirect URI it does not list',
    send: async lab => {
      const id = fresh();
      return lab.withDocuments(
        url => Response.json(document({}, url)),
        () => lab.authorize({ client_id: id, redirect_uri: 'https://claude.ai/other' }),
      );
    },
    expected: { ...refused, error: 'invalid_redirect_uri' },
  },
];
