import { randomBytes } from 'node:crypto';
import { Drain } from '../../src/common/drain.js';
import { HELD, type HandlesServer, type Person, personOf, startHandlesServer } from '../support/handles-server.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { RunningStatements } from '../support/running-statements.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { describeWith } from '../support/system-programs.js';

const PROGRAM = 'mssql-mcp-server/demo';

describeWith('redis-server', 'a handle with two processes behind one address', () => {
  let redis: TestRedis;
  let here: HandlesServer;
  let there: StartedServer;
  let running: RunningStatements;
  /** The same person with the same token, at each process. */
  let ann: { readonly here: Person; readonly there: Person };

  beforeAll(async () => {
    redis = await startRedis();
    const env = {
      STATE_STORE: redis.url,
      STATE_KEY: randomBytes(32).toString('base64'),
      LONG_QUERIES: '10m',
      ANSWER_WITHIN: '1s',
      LOCK_TIMEOUT: '0',
    };
    here = await startHandlesServer({ env });
    there = await startServer({
      database: here.database,
      env: { ...env, USERS_FILE: `${here.directory}/users.json`, PUBLIC_URL: here.url },
    });
    running = await RunningStatements.open(here.database);
    const person = await here.person();
    ann = { here: person, there: await personOf(here, {}, `${there.url}/demo/sse`) };
  }, 60_000);
  beforeEach(() => here.held.lock());
  afterEach(() => here.held.release());
  afterAll(async () => {
    await running.close();
    await here.close();
    await redis.stop();
  });

  const begin = async (person: Person): Promise<string> => {
    const { handle } = await person.call('execute_sql', { query: HELD });
    expect(handle).toEqual(expect.any(String));
    return handle as string;
  };

  it('is waited for, and its result fetched, at the other process', async () => {
    const handle = await begin(ann.here);
    expect(await ann.there.call('get_result', { handle })).toMatchObject({ handle, running: true });
    await here.held.release();
    expect(await ann.there.fetch(handle)).toMatchObject({ rows: [[1], [2], [3]] });
  });

  it('is cancelled at the other process', async () => {
    const handle = await begin(ann.here);
    await running.count(1, PROGRAM);
    expect(await ann.there.call('get_result', { handle, cancel: true })).toEqual({ handle, cancelled: true });
    await running.count(0, PROGRAM);
  });

  // The last one, because it stops the other process.
  it('outlives its process as a result, but a statement that was running has expired', async () => {
    const ended = await begin(ann.there);
    await here.held.release();
    expect(await ann.there.fetch(ended)).toMatchObject({ rows: [[1], [2], [3]] });
    await here.held.lock();
    const stopped = await begin(ann.there);
    there.app.get(Drain).begin();
    await running.count(0, PROGRAM);
    await there.close();
    expect(await ann.here.fetch(ended)).toMatchObject({ rows: [[1], [2], [3]] });
    expect(await ann.here.fetch(stopped)).toMatchObject({
      error: { code: 'HANDLE_EXPIRED', message: expect.stringContaining('restarted') },
    });
  });
});
