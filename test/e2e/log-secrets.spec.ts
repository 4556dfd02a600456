import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BrowserPerson } from '../support/browser-person.js';
import { modern, post, postRaw, rpc } from '../support/conformance/wire.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import {
  pkce,
  REDIRECT_URI,
  register,
  signIn,
  type SignedIn,
  tokenRequest,
  authorizeUrl,
} from '../support/oauth-login.js';
import { addUser } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';
import { serverEnvironment } from '../support/server-environment.js';
import { type ServerProcess, startProcess } from '../support/server-process.js';

const C = { 'mcp-protocol-version': '2025-11-25' };

/** A text that occurs nowhere else. */
const planted = (what: string): string => `planted-${what}-${randomBytes(9).toString('hex')}`;

describe('the log of a whole run at the level trace', () => {
  const secrets = {
    databasePassword: planted('database'),
    refusedDatabasePassword: planted('refused'),
    upstreamSecret: planted('upstream'),
    stateKey: randomBytes(32).toString('base64'),
    password: planted('password'),
    mistypedPassword: planted('mistyped'),
    passwordAsName: planted('name'),
    clientSecret: planted('client'),
    bearer: planted('bearer'),
    tokenInUrl: planted('url'),
    cookie: planted('cookie'),
    authorizationCode: planted('code'),
    body: planted('body'),
    header: planted('header'),
  };
  /** The values that people have in their tables and write into their statements. */
  const values = {
    stored: planted('row'),
    duplicate: planted('key'),
    written: planted('written'),
    literal: planted('literal'),
    resource: planted('resource'),
    parameter: planted('parameter'),
    name: planted('identifier'),
    printed: planted('printed'),
    argument: planted('argument'),
    attribute: planted('attribute'),
  };
  const known: Record<string, string> = {};
  let database: TestDatabase;
  let directory: string;
  let base: string;
  let metrics: string;
  let output: string;
  let audit: string;
  let exported: string;
  let signedIn: SignedIn;

  const answered: string[] = [];
  async function call(query: string, more: object = {}): Promise<void> {
    const params = { name: 'execute_sql', arguments: { query, ...more } };
    const { text } = await post(`${base}/sse`, rpc('tools/call', params), {
      ...C,
      authorization: `Bearer ${signedIn.accessToken}`,
    });
    answered.push(text);
  }

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`
      CREATE TABLE dbo.People (Name nvarchar(100) NOT NULL PRIMARY KEY, Age int NULL CHECK (Age > 0))
      GO
      INSERT INTO dbo.People VALUES (N'${values.stored}', 1), (N'${values.duplicate}', 2)
      GO
      CREATE LOGIN refused_login WITH PASSWORD = N'Aa1!something_else'`);
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-secrets-'));
    const [port, metricsPort, nowhere] = [await freePort(), await freePort(), await freePort()];
    const { host, port: databasePort, user, password, database: name } = database.config;
    const server = { host, port: databasePort, database: name, trust_server_certificate: true };
    writeFileSync(
      path.join(directory, 'tenants.json'),
      JSON.stringify({
        tenants: [
          {
            path: '/demo',
            database: { ...server, user, password: database.sandbox ? secrets.databasePassword : password },
            read_only: false,
            access: [{ user: 'ana', scope: 'sql:write', attributes: { region: values.attribute } }],
          },
          {
            path: '/refused',
            database: { ...server, user: 'refused_login', password: secrets.refusedDatabasePassword },
          },
          {
            path: '/away',
            database: { ...server, user, password: secrets.databasePassword, port: nowhere },
            upstream: {
              issuer: `http://127.0.0.1:${nowhere}`,
              client_id: 'mcp',
              client_secret: secrets.upstreamSecret,
              label: 'Away',
            },
          },
        ],
      }),
    );
    const usersFile = path.join(directory, 'users.json');
    await addUser(usersFile, 'ana', secrets.password);
    const url = `http://127.0.0.1:${port}`;
    base = `${url}/demo`;
    metrics = `http://127.0.0.1:${metricsPort}/metrics`;
    const child = await startProcess(
      'dist/main.js',
      {
        ...serverEnvironment(directory),
        SERVER_PORT: String(port),
        METRICS_PORT: String(metricsPort),
        TENANTS_FILE: path.join(directory, 'tenants.json'),
        STATE_KEY: secrets.stateKey,
        LOG_LEVEL: 'trace',
      },
      `${url}/health/live`,
    );
    await useServer(url);
    exported = await (await fetch(metrics)).text();
    await finish(child);
    audit = readFileSync(path.join(directory, 'audit.jsonl'), 'utf8');
  }, 120_000);

  afterAll(() => database.close());

  async function finish(child: ServerProcess): Promise<void> {
    expect(await child.stop()).toBe(0);
    output = child.output();
  }

  /** Sends correct and faulty requests of people, clients and strangers. */
  async function useServer(url: string): Promise<void> {
    signedIn = await signIn({
      url,
      tenant: 'demo',
      username: 'ana',
      password: secrets.password,
      scopes: ['sql:read', 'sql:write'],
      grant: 'sql:write',
    });
    known['accessToken'] = signedIn.accessToken;
    known['refreshToken'] = signedIn.refreshToken;
    await statements();
    await strangers(url);
    await tokens();
  }

  async function statements(): Promise<void> {
    await call('SELECT * FROM dbo.People');
    await call(`SELECT '${values.literal}' AS a`);
    await call('SELECT @p AS a', { parameters: { p: values.parameter } });
    // Errors with values in their texts: conversion, overflow, duplicate key, check, truncation, a name, syntax, RAISERROR.
    await call('SELECT CAST(Name AS int) FROM dbo.People');
    await call(`SELECT CAST('${values.literal}' AS date)`);
    await call(`SELECT CAST(@p AS int)`, { parameters: { p: values.parameter } });
    await call(`INSERT INTO dbo.People VALUES (N'${values.written}', 3)`);
    await call(`INSERT INTO dbo.People VALUES (N'${values.duplicate}', 3)`);
    await call(`UPDATE dbo.People SET Age = -1 WHERE Name = N'${values.written}'`);
    await call(`UPDATE dbo.People SET Name = REPLICATE(N'${values.written}', 20) WHERE Age = 1`);
    await call(`SELECT [${values.name}] FROM dbo.People`);
    await call(`SELECT * FROM dbo.[${values.name}]`);
    await call(`SELEC '${values.literal}' FROM`);
    await call(`PRINT '${values.printed}'`);
    await call(`EXEC dbo.[${values.name}] '${values.literal}'`);
    await call(`SELECT '${values.literal}`);
    await call('SELECT @p', { parameters: { p: { type: values.argument, value: values.parameter } } });
    await call('SELECT 1', { [values.argument]: values.argument });
    await call(values.argument);
  }

  async function strangers(url: string): Promise<void> {
    const endpoint = `${url}/demo/sse`;
    const list = rpc('tools/list');
    await post(endpoint, list, { ...C, authorization: `Bearer ${secrets.bearer}` });
    await post(endpoint, list, { ...C, authorization: `Basic ${secrets.bearer}`, cookie: `session=${secrets.cookie}` });
    await post(`${endpoint}?access_token=${secrets.tokenInUrl}`, list, C);
    await post(`${url}/${secrets.tokenInUrl}/sse`, list, C);
    await post(endpoint, list, { ...C, origin: `https://${secrets.header}.example`, 'mcp-session-id': secrets.header });
    const authorization = `Bearer ${signedIn.accessToken}`;
    await postRaw(endpoint, `{"jsonrpc":"2.0","id":1,"method":"${secrets.body}"`, { ...C, authorization });
    await post(endpoint, rpc(secrets.body, { password: secrets.body }), { ...C, authorization });
    await post(endpoint, rpc('tools/call', { name: 'no_such_tool', arguments: { x: secrets.body } }), {
      ...C,
      authorization,
    });
    await modern(
      endpoint,
      'resources/read',
      { uri: `mssql://table/${values.resource}` },
      { headers: { authorization } },
    );
    const person = new BrowserPerson(url);
    const account = await person.open(`${base}/account`);
    await person.submit(account, { username: 'ana', password: secrets.mistypedPassword });
    await person.submit(account, { username: secrets.passwordAsName, password: secrets.passwordAsName });
    for (const tenant of ['refused', 'away']) {
      await fetch(`${url}/${tenant}/health`);
      await person.open(authorizeUrl(`${url}/${tenant}`, { client_id: 'not-registered', scope: 'sql:read' }));
    }
    await person.open(`${url}/away/account`);
  }

  async function tokens(): Promise<void> {
    const client_id = signedIn.clientId;
    const refresh = { grant_type: 'refresh_token', refresh_token: signedIn.refreshToken, client_id };
    const rotated = (await (await tokenRequest(base, refresh)).json()) as Record<string, string>;
    known['nextAccessToken'] = String(rotated['access_token']);
    known['nextRefreshToken'] = String(rotated['refresh_token']);
    await tokenRequest(base, refresh);
    const used = await tokenRequest(base, { ...refresh, refresh_token: String(rotated['refresh_token']) });
    known['lastRefreshToken'] = String(((await used.json()) as Record<string, string>)['refresh_token']);
    await tokenRequest(base, refresh);
    await tokenRequest(base, { ...refresh, client_secret: secrets.clientSecret });
    await tokenRequest(base, {
      grant_type: 'authorization_code',
      code: secrets.authorizationCode,
      code_verifier: pkce().verifier,
      redirect_uri: REDIRECT_URI,
      client_id,
    });
    await tokenRequest(base, { grant_type: 'password', username: 'ana', password: secrets.password, client_id });
    // The log and the trail name the address and the client's id of a refusal (docs/oauth.md), so neither is a secret here.
    await register(base, { client_name: secrets.clientSecret, redirect_uris: ['ftp://refused.example'] });
  }

  it('covers answers, refusals and failures', () => {
    const all = answered.join('\n');
    for (const value of [values.stored, values.literal, values.parameter]) expect(all).toContain(value);
    for (const code of ['SQL_ERROR', 'STATEMENT_REFUSED', 'INVALID_ARGUMENT']) expect(all).toContain(code);
    for (const line of [
      '"listening"',
      'could not be reached',
      '"stopped"',
      '"method":"POST","path":"/demo/sse","status":200,"whole":true',
      '"path":"/demo/interaction/…"',
    ])
      expect(output).toContain(line);
    for (const event of ['"sign_in"', '"sign_in_failed"', '"token_refused"', '"code_reused"'])
      expect(audit).toContain(event);
    expect(Object.values(known).every(token => token.length > 20)).toBe(true);
  });

  it('contains no password, key or token', () => {
    for (const [what, secret] of Object.entries({ ...secrets, ...known })) {
      expect([what, output.includes(secret)]).toEqual([what, false]);
    }
  });

  it('contains no statement and no value of a row', () => {
    for (const [what, value] of Object.entries(values)) expect([what, output.includes(value)]).toEqual([what, false]);
    expect(output).not.toMatch(/\b(?:SELECT|INSERT INTO|UPDATE dbo)\b/);
  });

  it('is accompanied by metrics that contain none of these texts', () => {
    expect(exported).toContain('mcp_');
    for (const [what, text] of Object.entries({ ...secrets, ...known, ...values })) {
      expect([what, exported.includes(text)]).toEqual([what, false]);
    }
  });

  it('leaves statements to the audit trail, which contains no secrets and no rows either', () => {
    // The trail names the statement and the resource that were asked for.
    for (const asked of [values.literal, values.resource]) expect(audit).toContain(asked);
    for (const [what, text] of Object.entries({
      ...secrets,
      ...known,
      stored: values.stored,
      parameter: values.parameter,
    })) {
      expect([what, audit.includes(text)]).toEqual([what, false]);
    }
  });
});
