import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { ChangesService } from '../../src/mcp/cluster/changes.service.js';
import { UserDirectory } from '../../src/oauth/identity/user-directory.js';
import { putUser, readUsersFile } from '../../src/oauth/identity/users-file.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { BrowserPerson } from '../support/browser-person.js';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { modernRequest, post, rpc } from '../support/conformance/wire.js';
import { type SignedIn, signIn, tokenRequest } from '../support/oauth-login.js';
import { addUser, DEMO_USER } from '../support/oauth-server.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';

/** Issue H1: a stream ends within this time after its grant, person or tenant is revoked. */
const LIMIT_MS = 5_000;
const WATCHED = 'test://watched-resource';
const DATABASE = { host: '127.0.0.1', port: 1, user: 'nobody', password: 'nothing', database: 'none' };

const KINDS = {
  '2024-11-05': { accept: 'text/event-stream' },
  '2025-06-18': { accept: 'text/event-stream', 'mcp-protocol-version': '2025-06-18' },
  '2026-07-28': {},
} as const;

function streams(storeOf: (directory: string) => string): void {
  let directory: string;
  let usersFile: string;
  let here: FixtureServer;
  let there: FixtureServer;
  const open: OpenStream[] = [];
  const tenantsFile = (access: readonly object[]) =>
    writeFileSync(
      path.join(directory, 'tenants.yaml'),
      stringify({ tenants: [{ path: '/demo', database: DATABASE, access }] }),
    );
  const ana = { ...DEMO_USER, username: 'ana' };
  const RULES = [{ user: 'demo' }, { user: 'ana' }];

  beforeAll(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-revoked-'));
    usersFile = path.join(directory, 'users.json');
    tenantsFile(RULES);
    const env = {
      STATE_STORE: storeOf(directory),
      STATE_KEY: randomBytes(32).toString('base64'),
      USERS_FILE: usersFile,
      TENANTS_FILE: path.join(directory, 'tenants.yaml'),
      ENVIRONMENT_PATH: '',
      MSSQL_HOST: '',
      ALLOW_UNAUTH_METHODS: 'false',
      ALLOW_UNAUTH_TOOLS_CALL: 'false',
      REFRESH_REUSE_GRACE: '0',
    };
    here = await startFixtureServer(env);
    there = await startFixtureServer({ ...env, PUBLIC_URL: here.origin });
    await addUser(usersFile, 'ana', ana.password);
  });
  beforeEach(async () => {
    tenantsFile(RULES);
    await addUser(usersFile, DEMO_USER.username, DEMO_USER.password);
    const rulesOf = ({ app }: FixtureServer) => app.get(TenantsService).byName('demo')?.access ?? [];
    await until('the rules hold again', () =>
      [here, there].every(server => rulesOf(server).some(({ user, tools }) => user === 'demo' && tools === undefined)),
    );
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  afterAll(async () => {
    await there.close();
    await here.close();
  });

  const login = (user = DEMO_USER): Promise<SignedIn> => signIn({ url: here.origin, tenant: 'demo', ...user });

  async function streamOf(server: FixtureServer, kind: keyof typeof KINDS, token: string): Promise<OpenStream> {
    const authorization = `Bearer ${token}`;
    const notifications = { resourceSubscriptions: [WATCHED] };
    const { body, headers } = modernRequest('subscriptions/listen', { notifications }, { id: 'listen' });
    const stream =
      kind === '2026-07-28'
        ? await OpenStream.open(
            server.url,
            {
              ...headers,
              authorization,
              'content-type': 'application/json',
              accept: 'application/json, text/event-stream',
            },
            JSON.stringify(body),
          )
        : await OpenStream.open(server.url, { ...KINDS[kind], authorization, 'user-agent': kind });
    expect(stream.status).toBe(200);
    open.push(stream);
    return stream;
  }

  const eachKind = (token: string): Promise<OpenStream[]> =>
    Promise.all(
      [here, there].flatMap(server =>
        (Object.keys(KINDS) as (keyof typeof KINDS)[]).map(kind => streamOf(server, kind, token)),
      ),
    );

  const revoke = (token: string, client_id: string) =>
    fetch(`${here.origin}/demo/revoke`, { method: 'POST', body: new URLSearchParams({ token, client_id }) });

  it.each<[string, (signedIn: SignedIn) => Promise<unknown>]>([
    ['the application revokes its refresh token', ({ refreshToken, clientId }) => revoke(refreshToken, clientId)],
    ['the application revokes its access token', ({ accessToken, clientId }) => revoke(accessToken, clientId)],
    [
      'a refresh token is replayed',
      async ({ refreshToken: refresh_token, clientId: client_id }) => {
        const form = { grant_type: 'refresh_token', refresh_token, client_id };
        expect((await tokenRequest(`${here.origin}/demo`, form)).status).toBe(200);
        expect((await tokenRequest(`${here.origin}/demo`, form)).status).toBe(400);
      },
    ],
    [
      'the person revokes the application on the account page',
      async () => {
        const person = new BrowserPerson(here.origin);
        const page = await person.submit(await person.open(`${here.origin}/demo/account`), DEMO_USER);
        // The newest application stands first.
        expect((await person.submit(page, {})).text).toContain('was revoked.');
      },
    ],
    ['the person is disabled', () => new UserDirectory(usersFile).disable('demo')],
    [
      'the person loses the tenant',
      async () => {
        const user = readUsersFile(usersFile).find(({ name }) => name === 'demo');
        await putUser(usersFile, { ...user, name: 'demo', tenants: ['other'] });
      },
    ],
    ['the access rules no longer name the person', async () => tenantsFile([{ user: 'ana' }])],
    [
      'the access rules give the person less than before',
      async () => tenantsFile([{ user: 'demo', tools: ['list_tables'] }, { user: 'ana' }]),
    ],
  ])(
    'end in every process within 5 s when %s',
    async (_what, takeAway) => {
      const [kept, signedIn] = [await login(ana), await login()];
      const others = await eachKind(kept.accessToken);
      const ended = await eachKind(signedIn.accessToken);
      await takeAway(signedIn);
      await Promise.all(ended.map(stream => stream.end(LIMIT_MS)));
      expect(others.map(stream => stream.ended)).toEqual(others.map(() => false));
    },
    20_000,
  );

  it('carry no more updates after that, while those of other people do', async () => {
    const [kept, signedIn] = [await login(ana), await login()];
    const C = { 'mcp-protocol-version': '2025-06-18', 'user-agent': '2025-06-18' };
    for (const { accessToken } of [kept, signedIn]) {
      const authorization = `Bearer ${accessToken}`;
      await post(there.url, rpc('resources/subscribe', { uri: WATCHED }), { ...C, authorization });
    }
    const stays = await streamOf(there, '2025-06-18', kept.accessToken);
    const ends = await streamOf(there, '2025-06-18', signedIn.accessToken);
    const changes = there.app.get(ChangesService);
    await changes.resourceUpdated('demo', WATCHED);
    await ends.message(({ method }) => method === 'notifications/resources/updated');
    await revoke(signedIn.refreshToken, signedIn.clientId);
    await ends.end(LIMIT_MS);
    await changes.resourceUpdated('demo', WATCHED);
    await stays.message(() => stays.messages.length === 2);
    expect(ends.messages).toHaveLength(1);
  });
}

describe('the streams of two processes with one SQLite file', () => {
  streams(directory => `sqlite:${path.join(directory, 'state.db')}`);
});

describeWith('redis-server', 'the streams of two processes with Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => (redis = await startRedis()));
  afterAll(() => redis.stop());
  streams(() => redis.url);
});
