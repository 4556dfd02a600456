import { describe, expect, it } from '@jest/globals';
import { translateSqlError } from './sql-server.errors.js';

/** As mssql wraps what the driver says of a login, when the pool opens one more connection. */
const refused = (number: number) =>
  Object.assign(new Error("Login failed for user 'planted'."), {
    code: 'ELOGIN',
    originalError: Object.assign(new Error("Login failed for user 'planted'."), { code: 'ELOGIN', number }),
  });

describe('errors of the server', () => {
  it.each([18456, 40613, 4060, 927])('%i is no fault of the statement', number => {
    expect(translateSqlError(refused(number))).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.not.stringMatching(/refused the statement/),
      hint: expect.stringContaining('not a fault of the statement'),
      details: { number },
    });
  });

  it('keep names of logins and values of rows to themselves', () => {
    for (const number of [18456, 2627, 2601, 245, 50000, 50001, 8152, 13609])
      expect(translateSqlError(refused(number)).message).not.toContain('planted');
  });
});
