import { type Attack, type Outcome, errorOf } from '../attacks/attack.js';
import { AUTHORIZE } from '../attacks/authorize.attacks.js';
import { BEARER, CROSS_TENANT, HEADERS } from '../attacks/bearer.attacks.js';
import { DOCUMENTS } from '../attacks/documents.attacks.js';
import { Lab } from '../attacks/lab.js';
import { CONSENT, SIGN_IN } from '../attacks/pages.attacks.js';
import { REGISTRATION } from '../attacks/registration.attacks.js';
import { TOKEN } from '../attacks/token.attacks.js';
import { startOAuthServer } from '../support/oauth-server.js';

const TABLE: readonly Attack[] = [
  ...REGISTRATION,
  ...AUTHORIZE,
  ...TOKEN,
  ...BEARER,
  ...CROSS_TENANT,
  ...HEADERS,
  ...SIGN_IN,
  ...CONSENT,
  ...DOCUMENTS,
];

// Each address has its own limits; so that the table's own length is no flood, every row comes from another customer.
let lab: Lab;
let customer = 0;
const { fetch: plainFetch } = globalThis;
beforeAll(async () => {
  lab = new Lab(await startOAuthServer());
  globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    if (!headers.has('x-forwarded-for')) headers.set('x-forwarded-for', `198.18.${customer >> 8}.${customer & 255}`);
    return plainFetch(input, { ...init, headers });
  };
});
afterAll(async () => {
  globalThis.fetch = plainFetch;
  await lab.server.close();
});

describe.each([...new Set(TABLE.map(attack => attack.area))])('%s', area => {
  const rows = TABLE.filter(attack => attack.area === area);
  it.each(rows.map(row => [row.sent, row] as const))('withstands %s', async (_sent, { send, expected, afterwards }) => {
    customer++;
    const outcome = await send(lab);
    if (![expected.status].flat().includes(statusOf(outcome))) {
      throw new Error(
        `${outcome.status} ${outcome.location ?? ''} instead of ${expected.status}: ${outcome.text.slice(0, 600)}`,
      );
    }
    if (expected.error !== undefined) expect(errorOf(outcome)).toBe(expected.error);
    if (expected.redirects === false) expect(outcome.location).toBeUndefined();
    for (const text of expected.has ?? []) expect(outcome.text).toContain(text);
    for (const text of expected.lacks ?? []) expect(outcome.text).not.toContain(text);
    if (expected.header !== undefined) expect(outcome.headers.get(expected.header[0])).toMatch(expected.header[1]);
    expectNothingLeaks(outcome);
    await afterwards?.(lab, outcome);
  });
});

it('the table has at least 80 rows, and none twice', () => {
  const rows = TABLE.map(attack => `${attack.area} ${attack.sent}`);
  expect(rows.length).toBeGreaterThanOrEqual(80);
  expect(new Set(rows).size).toBe(rows.length);
});

/** A redirect to the client, however a test came to it, counts as 303. */
function statusOf(outcome: Outcome): number {
  return outcome.location === undefined ? outcome.status : 303;
}

function expectNothingLeaks({ text }: Outcome): void {
  expect(text).not.toMatch(/\bat .*\.(?:js|ts):\d+/);
  expect(text).not.toMatch(/node_modules|oidc-provider|SQLITE|argon2/);
}
