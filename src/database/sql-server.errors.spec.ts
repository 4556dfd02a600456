import { describe, expect, it } from '@jest/globals';
import { translateSqlError } from './sql-server.errors.js';

/** A refused login as mssql wraps the driver's error when the pool opens a connection. */
const refused = (number: number) =>
  Object.assign(new Error("Login failed for user 'planted'."), {
    code: 'ELOGIN',
    originalError: Object.assign(new Error("Login failed for user 'planted'."), { code: 'ELOGIN', number }),
  });

describe('the translation of SQL Server errors', () => {
  it.each([18456, 40613, 4060, 927])('says that the statement is not at fault for %i', number => {
    expect(translateSqlError(refused(number))).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.not.stringMatching(/refused the statement/),
      hint: expect.stringContaining('not a fault of the statement'),
      details: { number },
    });
  });

  it('withholds names of logins and values of rows', () => {
    for (const number of [18456, 2627, 2601, 245, 50000, 50001, 8152, 13609])
      expect(translateSqlError(refused(number)).message).not.toContain('planted');
  });
});
