import { describe, expect, it } from '@jest/globals';
import type { TenantConfig } from '../../config/tenants/tenant.config.js';
import { AppError } from '../../common/app-error.js';
import type { CatalogRunner, Rows } from '../../database/connection/catalog-runner.js';
import { testTenant } from '../../../test/support/database.js';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import { ValueRules } from './value-rules.js';

/** The sandbox has no permissions on columns, so the rows of the query are given here. */
const against = (answer: Rows | AppError, settings: Partial<TenantConfig> = {}) => {
  const read = () =>
    answer instanceof AppError ? Promise.reject(answer) : Promise.resolve({ sets: [answer], cut: false });
  const rules = new ValueRules({ read } as unknown as CatalogRunner);
  return rules.databaseAgainst(testTenant(new DatabaseConfig(), settings), {});
};

describe('the rules for values', () => {
  it.each<readonly [string, Rows | AppError, RegExp | undefined]>([
    ['allow values where nothing tells persons apart', [[0, 0, 1]], undefined],
    ['refuse them with row-level security', [[1, 0, 1]], /row-level security/],
    ['refuse them with permissions on columns', [[0, 2, 1]], /single columns/],
    ['refuse them for a login that could not see either', [[0, 0, 0]], /VIEW DEFINITION/],
    ['refuse them where the server does not tell', new AppError('SQL_ERROR', 'no such view'), /VIEW DEFINITION/],
  ])('%s', async (_what, answer, expected) => {
    const reason = await against(answer);
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(expected);
    expect(await against(answer, { valueSearch: 'always' })).toBeUndefined();
  });
});
