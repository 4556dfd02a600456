import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { HELD } from '../support/handles-server.js';
import { LockedTable } from '../support/locked-table.js';
import { RunningStatements } from '../support/running-statements.js';
import { startStdio, stdioEnvironment, type StdioProcess } from '../support/stdio-process.js';

type Data = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

describe('a handle over stdio', () => {
  let database: TestDatabase;
  let held: LockedTable;
  let running: RunningStatements;
  beforeAll(async () => {
    database = await openTestDatabase();
    held = await LockedTable.open(database);
    running = await RunningStatements.open(database);
  }, 30_000);
  beforeEach(() => held.lock());
  afterEach(() => held.release());
  afterAll(async () => {
    await running.close();
    await held.close();
    await database.close();
  });

  const environment = (): Record<string, string> => ({
    ...stdioEnvironment(database),
    LONG_QUERIES: '10m',
    ANSWER_WITHIN: '1s',
    LOCK_TIMEOUT: '0',
  });
  const call = async (server: StdioProcess, name: string, args: object): Promise<Data> => {
    const { result } = await server.request('tools/call', { name, arguments: args });
    return result?.['structuredContent'] as Data;
  };

  it('gives the result later', async () => {
    const server = startStdio(environment());
    await server.initialize();
    const { handle } = await call(server, 'execute_sql', { query: HELD });
    expect(await call(server, 'get_result', { handle })).toMatchObject({ handle, running: true });
    await held.release();
    let answer = await call(server, 'get_result', { handle });
    while (answer['running'] === true) answer = await call(server, 'get_result', { handle });
    expect(answer).toMatchObject({ rows: [[1], [2], [3]] });
    server.child.stdin?.end();
    expect(await server.ended).toBe(0);
  });

  it('ends with its process, whose trail says so', async () => {
    const env = environment();
    const server = startStdio(env);
    await server.initialize();
    expect(await call(server, 'execute_sql', { query: HELD })).toMatchObject({ running: true });
    await running.count(1);
    server.child.stdin?.end();
    expect(await server.ended).toBe(0);
    await running.count(0);
    const trail = readFileSync(path.join(env['XDG_STATE_HOME'] ?? '', 'mssql-mcp', 'audit.jsonl'), 'utf8');
    const outcomes = [...trail.matchAll(/"outcome":"(\w+)"/g)].map(([, outcome]) => outcome);
    expect(outcomes).toEqual(['handed_over', 'cancelled']);
  });
});
