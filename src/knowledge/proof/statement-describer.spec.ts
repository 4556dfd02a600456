import { AppError } from '../../common/app-error.js';
import type { CatalogRunner } from '../../database/connection/catalog-runner.js';
import { testTenant } from '../../../test/support/database.js';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import { StatementDescriber } from './statement-describer.js';

const sqlError = (number: number, message = 'Text of the server.') =>
  new AppError('SQL_ERROR', message, { details: { number } });

/** An engine that answers each batch as the table says: with rows or an error. The sandbox has both ways, other engines do not. */
function engine(answers: Readonly<Record<'function' | 'procedure', readonly (readonly unknown[])[] | AppError>>) {
  const asked: string[] = [];
  const runner = {
    read: (_tenant: unknown, batch: string) => {
      const way = batch.includes('EXEC sys.') ? 'procedure' : 'function';
      asked.push(way);
      const answer = answers[way];
      return answer instanceof AppError ? Promise.reject(answer) : Promise.resolve({ sets: [answer], cut: false });
    },
  } as unknown as CatalogRunner;
  const describer = new StatementDescriber(runner);
  const tenant = testTenant(new DatabaseConfig());
  return { asked, describe: () => describer.describe(tenant, 'SELECT 1', '', new AbortController().signal) };
}

const error = (number: number, type: number, message = "Invalid column name 'x'.") => [
  [null, null, number, message, type],
];

describe('the description of a statement', () => {
  it.each([
    ['columns', [['a', 'int', null, null, null]], { state: 'proved' }],
    ['nothing', [], { state: 'broken', reason: 'The statement returns no rows.' }],
    ['an unknown column', error(207, 2), { state: 'broken', reason: "Invalid column name 'x'." }],
    ['a dynamic statement', error(11_514, 4), { state: 'unverified', reason: expect.stringContaining('11514') }],
    ['a temporary table', error(11_525, 1), { state: 'unverified', reason: expect.stringContaining('11525') }],
  ])('says of %s whether the definition fits', async (_what, rows, described) => {
    expect(await engine({ function: rows, procedure: [] }).describe()).toEqual(described);
  });

  it('asks the procedure where there is no function, and remembers it', async () => {
    const babelfish = engine({ function: sqlError(208), procedure: [['a']] });
    expect(await babelfish.describe()).toEqual({ state: 'proved' });
    expect(await babelfish.describe()).toEqual({ state: 'proved' });
    expect(babelfish.asked).toEqual(['function', 'procedure', 'procedure']);
  });

  it('takes an error of the procedure for the fault of the statement', async () => {
    const wrong = engine({ function: sqlError(208), procedure: sqlError(207, "Invalid column name 'x'.") });
    expect(await wrong.describe()).toEqual({ state: 'broken', reason: "Invalid column name 'x'." });
  });

  it('calls everything unverified where neither exists, and does not ask again', async () => {
    const neither = engine({ function: sqlError(208), procedure: sqlError(2812) });
    expect(await neither.describe()).toMatchObject({ state: 'unverified' });
    expect(await neither.describe()).toMatchObject({ state: 'unverified' });
    expect(neither.asked).toEqual(['function', 'procedure']);
  });

  it('is no verdict while the database is away', async () => {
    const away = new AppError('DATABASE_UNAVAILABLE', 'The database cannot be reached at the moment.');
    await expect(engine({ function: away, procedure: away }).describe()).rejects.toBe(away);
  });
});
