import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HTTP_CASES } from '../support/cases/http-cases.js';
import { type Expected, MORE_CALLS, STATEMENT_CASES } from '../support/cases/statement-cases.js';
import { post, rpc } from '../support/conformance/wire.js';
import { signIn } from '../support/oauth-login.js';
import { freePort } from '../support/ports.js';
import { type ServerProcess, startProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

interface Case {
  readonly id: string;
  readonly tenant: 'demo' | 'workshop';
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly setup?: readonly string[];
  readonly expect: string;
}

/** What people and clients sent to servers of this kind, with the right answer in words (`expect`). */
const CASES = JSON.parse(readFileSync(path.resolve('test/fixtures/cases.json'), 'utf8')) as readonly Case[];
const CALLS = CASES.filter(({ tool }) => tool !== 'http');
const OTHERS = CASES.filter(({ tool }) => tool === 'http');
const USER = { username: 'demo', password: 'a password of the demo' };

describe('the demo answers as the case says', () => {
  let server: ServerProcess;
  let url: string;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const environment = { SERVER_PORT: String(port), DEMO_PASSWORD: USER.password };
    server = await startProcess(['dist/cli/bin.js', 'demo'], environment, `${url}/health/ready`);
    await until('the user exists', () => server.output().includes('Sign in as'), 30_000);
    tokens.set('demo', (await signIn({ url, tenant: 'demo', ...USER })).accessToken);
    const scopes = ['sql:read', 'sql:write'];
    tokens.set('workshop', (await signIn({ url, tenant: 'workshop', ...USER, scopes })).accessToken);
  }, 60_000);
  afterAll(() => server?.stop());

  async function call(tenant: string, name: string, args: object) {
    const authorization = `Bearer ${tokens.get(tenant) ?? ''}`;
    const reply = await post(`${url}/${tenant}/mcp`, rpc('tools/call', { name, arguments: args }), { authorization });
    return reply.json;
  }

  async function check(tenant: string, tool: string, args: object, expected: Expected): Promise<void> {
    const { result, error } = await call(tenant, tool, args);
    const text = error === undefined ? String(result?.['content']?.[0]?.text) : error.message;
    const code = /^\{"error":\{"code":"(\w+)"/.exec(text)?.[1];
    expect({ code, text }).toMatchObject(expected.error === undefined ? { text } : { code: expected.error });
    if (expected.error === undefined && expected.rows !== undefined)
      expect(result?.['structuredContent']).toMatchObject({ rows: expected.rows });
    for (const pattern of expected.has ?? []) expect(text).toMatch(pattern);
    for (const pattern of expected.lacks ?? []) expect(text).not.toMatch(pattern);
    if (expected.maxBytes !== undefined) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(expected.maxBytes);
  }

  it('every case has a check, and every check has a case', () => {
    expect(Object.keys(STATEMENT_CASES).sort()).toEqual(CALLS.map(({ id }) => id).sort());
    expect(Object.keys(HTTP_CASES).sort()).toEqual(OTHERS.map(({ id }) => id).sort());
  });

  it.each(CALLS.map(each => [each.id, each] as const))('%s', async (id, { tenant, tool, arguments: args, setup }) => {
    for (const query of setup ?? []) {
      const { result } = await call(tenant, 'execute_sql', { query });
      expect(result).not.toHaveProperty('isError');
    }
    await check(tenant, tool, args, STATEMENT_CASES[id] ?? {});
  });

  it.each(MORE_CALLS)('%s', (_id, tenant, tool, args, expected) => check(tenant, tool, args, expected));

  it.each(OTHERS.map(({ id }) => id))(
    '%s',
    async id => {
      await HTTP_CASES[id]?.(url, USER);
    },
    60_000,
  );
});
