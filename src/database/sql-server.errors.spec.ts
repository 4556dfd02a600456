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

  it.each([
    [1222, 'LOCK_TIMEOUT'],
    [3952, 'ALLOW_SNAPSHOT_ISOLATION'],
    [41332, 'WITH (SNAPSHOT)'],
    [41333, 'WITH (SNAPSHOT)'],
    [41368, 'WITH (SNAPSHOT)'],
  ])('names the way out of %i', (number, way) => {
    expect(translateSqlError(refused(number))).toMatchObject({ code: 'SQL_ERROR', hint: expect.stringContaining(way) });
  });

  it('withholds names of logins and values of rows', () => {
    for (const number of [18456, 2627, 2601, 245, 50000, 50001, 8152, 13609])
      expect(translateSqlError(refused(number)).message).not.toContain('planted');
  });

  it('shows the texts of authors only where the caller of the translation allows it, and never other texts', () => {
    const failed = (number: number) =>
      Object.assign(new Error('planted'), { code: 'EREQUEST', number, lineNumber: 3, procName: '' });
    for (const number of [50_000, 50_001, 2_147_483_647]) {
      expect(translateSqlError(failed(number), true)).toMatchObject({
        code: 'SQL_ERROR',
        message: 'planted',
        details: { number, line: 3, untrusted: true },
      });
      expect(translateSqlError(failed(number)).message).not.toContain('planted');
    }
    for (const number of [2627, 18456, 49_999, 13609])
      expect(translateSqlError(failed(number), true).message).not.toContain('planted');
  });

  it('has no line where the line belongs to a trigger, a procedure or a function', () => {
    const failed = (procName: string) =>
      Object.assign(new Error('x'), { code: 'EREQUEST', number: 208, lineNumber: 3, procName });
    expect(translateSqlError(failed('')).details).toEqual({ number: 208, line: 3 });
    expect(translateSqlError(failed('sp_executesql')).details).toEqual({ number: 208, line: 3 });
    expect(translateSqlError(failed('dbo.OrdersClosed')).details).toEqual({ number: 208 });
  });
});
