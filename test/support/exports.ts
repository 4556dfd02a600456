import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BrowserPerson, formOf, type Visit } from './browser-person.js';
import { signIn } from './oauth-login.js';
import { addUser, DEMO_USER } from './oauth-server.js';
import { until } from './until.js';
import { type StartedServer, startServer, type StartOptions } from './start-server.js';

export const EXPORT_SCOPES = ['sql:read', 'sql:export'];

export interface ExportAnswer {
  readonly url: string;
  readonly file_name: string;
  readonly format: string;
  readonly expires_at: string;
}

/** A person with an application that may export, and with a browser. */
export interface Exporter {
  readonly name: string;
  readonly token: string;
  readonly browser: BrowserPerson;
}

/** Starts the whole server with exports, and with the user `demo`. */
export async function startExportServer(options: StartOptions = {}): Promise<StartedServer> {
  const server = await startServer({ ...options, env: { EXPORTS: 'true', ...options.env } });
  await addUser(path.join(server.directory, 'users.json'), DEMO_USER.username, DEMO_USER.password);
  return server;
}

export async function exporter(server: StartedServer, name = DEMO_USER.username, tenant = 'demo'): Promise<Exporter> {
  if (name !== DEMO_USER.username) await addUser(path.join(server.directory, 'users.json'), name, DEMO_USER.password);
  const who = { username: name, password: DEMO_USER.password };
  const { accessToken } = await signIn({ url: server.url, tenant, ...who, scopes: EXPORT_SCOPES });
  const browser = new BrowserPerson(server.url);
  await browser.submit(await browser.open(`/${tenant}/account`), who);
  return { name, token: accessToken, browser };
}

/** Calls a tool over HTTP; returns its result, or the error of its text. */
export async function callTool(
  server: { readonly url: string },
  token: string,
  name: string,
  args: object,
  tenant = 'demo',
): Promise<{ readonly status: number; readonly result: unknown; readonly error: unknown; readonly challenge: string }> {
  const response = await fetch(`${server.url}/${tenant}/sse`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  });
  const body = (await response.json()) as {
    error?: unknown;
    result?: { structuredContent?: unknown; isError?: boolean; content: { text: string }[] };
  };
  const text = body.result?.content[0]?.text ?? '{}';
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    result: body.result?.structuredContent,
    error: body.result?.isError === true ? (JSON.parse(text) as { error: unknown }).error : body.error,
  };
}

export async function exportLink(
  server: StartedServer,
  { token }: Exporter,
  query: string,
  more: object = {},
  tenant = 'demo',
): Promise<ExportAnswer> {
  const { result, error } = await callTool(server, token, 'export_query', { query, format: 'csv', ...more }, tenant);
  if (result === undefined) throw new Error(`no link: ${JSON.stringify(error)}`);
  return result as ExportAnswer;
}

/** Posts the form of a download page, as a browser would, and returns the raw answer. */
export function fetchFile({ browser }: Exporter, page: Visit, headers: Record<string, string> = {}): Promise<Response> {
  const { action, fields } = formOf(page.text);
  const target = new URL(action, page.url);
  return fetch(target, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: target.origin,
      cookie: browser.jar.header(target.pathname),
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  });
}

export async function download(person: Exporter, { url }: Pick<ExportAnswer, 'url'>): Promise<Response> {
  return fetchFile(person, await person.browser.open(url));
}

export interface AuditLineOfExport {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Waits for the newest line about exports: the trail is written after the answer. */
export async function lastOfTrail(server: StartedServer, event: string): Promise<AuditLineOfExport> {
  await until(`${event} is recorded`, () => exportTrail(server).at(-1)?.event === event);
  return exportTrail(server).at(-1) ?? { event: 'none' };
}

export function exportTrail(server: StartedServer): readonly AuditLineOfExport[] {
  return readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8')
    .split('\n')
    .filter(line => line.includes('"type":"export"'))
    .map(line => JSON.parse(line) as AuditLineOfExport);
}
