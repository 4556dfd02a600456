import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OpenStream } from '../support/conformance/open-stream.js';
import { post, rpc } from '../support/conformance/wire.js';
import { HELD, type HandlesServer, type Person, startHandlesServer } from '../support/handles-server.js';
import { connectClient } from '../support/official-client.js';
import { until } from '../support/until.js';

const ROWS = [[1], [2], [3]];
const UNKNOWN = { error: { code: 'HANDLE_EXPIRED', message: expect.stringContaining('no such handle') } };
const JSON_POST = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-11-25',
};

describe('a statement that takes longer than the client waits', () => {
  let server: HandlesServer;
  let ann: Person;
  beforeAll(async () => {
    server = await startHandlesServer();
    ann = await server.person();
  }, 60_000);
  beforeEach(() => server.held.lock());
  afterEach(() => server.held.release());
  afterAll(() => server.close());

  const records = (): Record<string, any>[] /* eslint-disable-line @typescript-eslint/no-explicit-any */ =>
    readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);

  const handleOf = async (person: Person, query = HELD, tool = 'execute_sql', args: object = { query }) => {
    const answer = await person.call(tool, args);
    expect(answer).toEqual({
      handle: expect.stringMatching(/^[\w-]{12}\.[\w-]{24}$/),
      running: true,
      elapsed_ms: expect.any(Number),
      rows_so_far: 0,
      note: expect.stringContaining('get_result'),
    });
    return answer['handle'] as string;
  };

  it('is answered with a handle, and its result is fetched with it, also a second time', async () => {
    const handle = await handleOf(ann);
    expect(await ann.call('get_result', { handle })).toMatchObject({ handle, running: true });
    const waiting = ann.fetch(handle);
    await server.held.release();
    for (const answer of [await waiting, await ann.fetch(handle)]) {
      expect(answer).toMatchObject({ rows: ROWS, row_count: 3, truncated: false });
    }
  });

  it('is recorded when its caller gets the handle, and again when it ends', async () => {
    const handle = await handleOf(ann);
    await server.held.release();
    await ann.fetch(handle);
    const ofStatement = () => records().filter(({ tool }) => tool === 'execute_sql');
    await until('it is recorded', () => ofStatement().at(-1)?.['outcome'] === 'ok');
    const { request_id } = ofStatement().at(-1) ?? {};
    const outcomes = ofStatement().filter(record => record['request_id'] === request_id);
    expect(outcomes.map(({ type, outcome }) => [type, outcome])).toEqual([
      ['intent', undefined],
      ['outcome', 'handed_over'],
      ['outcome', 'ok'],
    ]);
    expect(outcomes[1]).not.toHaveProperty('statements');
    expect(outcomes[2]).toMatchObject({ rows: 3, statements: [{ kind: 'read', rows: 3 }] });
  });

  it('may be one that a tool makes', async () => {
    const handle = await handleOf(ann, '', 'get_table_sample', { table_name: 'dbo.Held', limit: 2 });
    await server.held.release();
    expect(await ann.fetch(handle)).toMatchObject({ row_count: 2 });
  });

  it('is fetched page by page, as any result', async () => {
    const handle = await handleOf(ann, HELD, 'execute_sql', { query: HELD, max_rows: 2, format: 'csv' });
    await server.held.release();
    const page = await ann.fetch(handle);
    expect(page).toMatchObject({ rows: ROWS.slice(0, 2), truncated_by: 'rows', next_cursor: expect.any(String) });
    const { next_cursor: cursor } = page;
    expect(await ann.call('execute_sql', { query: HELD, max_rows: 2, cursor })).toMatchObject({ rows: ROWS.slice(2) });
  });

  it('fits the output schemas, as the official client checks them', async () => {
    const client = await connectClient(server.endpoint, ann.headers);
    const { tools } = await client.listTools();
    const entry = tools.find(({ name }) => name === 'get_result');
    expect(entry?.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(JSON.stringify({ ...entry, outputSchema: undefined }).length).toBeLessThanOrEqual(900);
    const call = async (name: string, args: object) =>
      (await client.callTool({ name, arguments: { ...args } })).structuredContent as Record<string, unknown>;
    const { handle } = await call('execute_sql', { query: HELD });
    expect(await call('get_result', { handle })).toMatchObject({ running: true });
    const sample = await call('get_table_sample', { table_name: 'dbo.Held' });
    expect(await call('get_result', { handle: sample['handle'], cancel: true })).toMatchObject({ cancelled: true });
    await server.held.release();
    let answer = await call('get_result', { handle });
    while (answer['running'] === true) answer = await call('get_result', { handle });
    expect(answer).toMatchObject({ rows: ROWS });
    await client.close();
  });

  it('looks unknown to another person and to another client of the same person', async () => {
    const handle = await handleOf(ann);
    const bob = await server.person({ user: 'bob' });
    const code = await server.person({ clientId: 'https://claude.ai/oauth/claude-code-client-metadata' });
    const forged = `${handle.slice(0, -1)}${handle.endsWith('A') ? 'B' : 'A'}`;
    for (const [person, id] of [
      [bob, handle],
      [code, handle],
      [ann, forged],
      [ann, 'nonsense'],
    ] as const) {
      expect(await person.fetch(id)).toMatchObject(UNKNOWN);
      expect(await person.call('get_result', { handle: id, cancel: true })).toMatchObject(UNKNOWN);
    }
    await server.held.release();
    expect(await ann.fetch(handle)).toMatchObject({ rows: ROWS });
  });

  it('is cancelled on request, and stays cancelled', async () => {
    const handle = await handleOf(ann);
    expect(await ann.call('get_result', { handle, cancel: true })).toEqual({ handle, cancelled: true });
    expect(await ann.fetch(handle)).toMatchObject({ error: { code: 'CANCELLED' } });
    await until('it is recorded', () =>
      records().some(({ tool, outcome }) => tool === 'execute_sql' && outcome === 'cancelled'),
    );
  });

  it('is given to each call of a batch', async () => {
    const headers = { ...ann.headers, 'mcp-protocol-version': '2025-03-26' };
    const call = { name: 'execute_sql', arguments: { query: HELD } };
    const { text } = await post(server.endpoint, [rpc('tools/call', call, 1), rpc('tools/call', call, 2)], headers);
    const handles = new Set(text.match(/[\w-]{12}\.[\w-]{24}/g));
    expect(handles.size).toBe(2);
    await server.held.release();
    for (const handle of handles) expect(await ann.fetch(handle)).toMatchObject({ rows: ROWS });
  });

  it('ends in one way, also when several requests ask for it while it is cancelled', async () => {
    const handle = await handleOf(ann);
    const asked = [ann.fetch(handle), ann.fetch(handle)];
    const [, cancelled] = await Promise.all([
      server.held.release(),
      ann.call('get_result', { handle, cancel: true }),
      ann.call('get_result', { handle, cancel: true }),
    ]);
    const end = await ann.fetch(handle);
    for (const answer of await Promise.all(asked)) expect(answer).toEqual(end);
    expect(end).toMatchObject('cancelled' in cancelled ? { error: { code: 'CANCELLED' } } : { rows: ROWS });
  });

  it('gives its error to the caller who fetches its result', async () => {
    const handle = await handleOf(ann, 'SELECT 1 / (id - id) AS x FROM dbo.Held');
    await server.held.release();
    expect(await ann.fetch(handle)).toMatchObject({ error: { code: 'SQL_ERROR', details: { number: 8134 } } });
  });

  /** Sends a call, and closes its connection once it has begun. */
  const leave = async (name: string, args: object): Promise<void> => {
    const begun = () => records().filter(({ type, tool }) => type === 'intent' && tool === name).length;
    const before = begun();
    const abort = new AbortController();
    const reply = fetch(server.endpoint, {
      method: 'POST',
      headers: { ...JSON_POST, ...ann.headers },
      body: JSON.stringify(rpc('tools/call', { name, arguments: args })),
      signal: abort.signal,
    }).catch((error: unknown) => error);
    await until('the call has begun', () => begun() > before);
    abort.abort();
    await reply;
  };

  it('ends with a connection that is closed before there is a handle', async () => {
    await leave('execute_sql', { query: HELD });
    await until('it is cancelled', () => records().at(-1)?.['outcome'] === 'cancelled');
  });

  it('goes on when the connection that fetches its result is closed', async () => {
    const handle = await handleOf(ann);
    await leave('get_result', { handle });
    await server.held.release();
    expect(await ann.fetch(handle)).toMatchObject({ rows: ROWS });
  });

  it('reports the rows so far as the progress of get_result', async () => {
    const handle = await handleOf(ann);
    const call = { name: 'get_result', arguments: { handle }, _meta: { progressToken: 'p' } };
    const stream = await OpenStream.open(
      server.endpoint,
      { ...JSON_POST, ...ann.headers },
      JSON.stringify(rpc('tools/call', call)),
    );
    const progress = await stream.message(({ method }) => method === 'notifications/progress');
    expect(progress['params']).toMatchObject({ progressToken: 'p', progress: 0 });
    stream.close();
  });
});
