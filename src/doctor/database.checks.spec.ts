import { AppError } from '../common/app-error.js';
import { diagnose } from './database.checks.js';

/** TypeORM and mssql wrap the driver's error twice. */
const wrapped = (error: object) =>
  new AppError('DATABASE_UNAVAILABLE', 'masked', {
    cause: Object.assign(new Error('outer'), { originalError: Object.assign(new Error('inner'), error) }),
  });

describe('the doctor on a database that does not answer', () => {
  it.each([
    [{ code: 'ENOTFOUND' }, /not known to DNS/, /MSSQL_HOST/],
    [{ code: 'EFEDAUTH', message: 'planted: connect ECONNREFUSED' }, /no access token/, /MSSQL_AUTHENTICATION/],
    [{ code: 'EFEDAUTH', message: 'The server asked for a token of another service.' }, /not for a database/, /HOST/],
    [{ code: 'ECONNREFUSED' }, /nothing listens/, /MSSQL_PORT/],
    [{ code: 'ETIMEOUT' }, /no connection/, /firewall/],
    [{ code: 'ESOCKET', message: 'Failed to connect: self-signed certificate' }, /not trusted/, /NODE_EXTRA_CA_CERTS/],
    [{ code: 'ELOGIN', number: 18456, message: "Login failed for user 'planted'." }, /18456/, /MSSQL_PASSWORD/],
    [{ code: 'ELOGIN', number: 4060, message: 'Cannot open database "planted"' }, /4060/, /MSSQL_DATABASE/],
    [
      { code: 'ELOGIN', number: 911, message: 'database "planted" does not exist' },
      /no such database/,
      /MSSQL_DATABASE/,
    ],
    [{ code: 'EENCRYPT', message: 'Server did not negotiate encryption' }, /no TLS/, /MSSQL_ENCRYPT=no/],
    [{ code: 'EENCRYPT', message: 'Server requires encryption' }, /requires TLS/, /MSSQL_ENCRYPT=yes/],
    [{ code: 'EINSTLOOKUP' }, /Browser/, /1434/],
    [{ code: 'EOTHER' }, /can not be reached/, /server’s log.*error_code/],
  ])('explains %j and names a remedy, without the text of the driver', (error, text, todo) => {
    const finding = diagnose('demo: database', 'db:1433', wrapped(error));
    expect(finding.level).toBe('fault');
    expect(finding.text).toMatch(text);
    expect(finding.todo).toMatch(todo);
    expect(JSON.stringify(finding)).not.toContain('planted');
  });
});
