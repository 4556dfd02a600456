import { readConnectionString } from './connection-string.js';
import { endpointOf, completeDatabase } from './database.config.js';
import { Faults } from '../faults.js';
import { readConfig } from '../read-config.js';

function read(text: string) {
  const faults = new Faults();
  const settings = readConnectionString(text, 'MSSQL_CONNECTION_STRING', faults);
  return { settings, faults: faults.all };
}

describe('a connection string', () => {
  it.each([
    [
      'Server=tcp:sql.example.com,1435;Initial Catalog=Sales;User ID=reader;Password="p;=x";Encrypt=True;TrustServerCertificate=False',
      {
        host: 'sql.example.com',
        port: 1435,
        database: 'Sales',
        user: 'reader',
        password: 'p;=x',
        encrypt: true,
        trustServerCertificate: false,
      },
    ],
    [
      "Data Source=db\\ENV1;Database=Sales;UID=reader;PWD='it''s'",
      { host: 'db\\ENV1', database: 'Sales', user: 'reader', password: "it's" },
    ],
    ['Server=.\\X , 1500;Database=d', { host: '.\\X', port: 1500, database: 'd' }],
    ['Server=h;Encrypt=Strict', { host: 'h', encrypt: 'strict' }],
    ['Server=h;Encrypt=Mandatory;Encrypt=Optional', { host: 'h', encrypt: false }],
    [
      'Server=h;ApplicationIntent=ReadOnly;MultiSubnetFailover=Yes',
      { host: 'h', applicationIntent: 'readonly', multiSubnetFailover: true },
    ],
    ['Server=h;Authentication=Active Directory Service Principal', { host: 'h', authentication: 'entra' }],
    ['Server=h;Authentication=ActiveDirectoryMSI', { host: 'h', authentication: 'managed-identity' }],
    [
      'Server=h;Authentication="Active Directory Workload Identity";User Id=u',
      { host: 'h', authentication: 'workload-identity', user: 'u' },
    ],
    ['Server=h;Connect Timeout=5;Pooling=true;Application Name=x;Integrated Security=false', { host: 'h' }],
    [
      'mssql://reader:p%40ss@sql.example.com:1435/Sales?encrypt=false',
      {
        host: 'sql.example.com',
        port: 1435,
        user: 'reader',
        password: 'p@ss',
        database: 'Sales',
        encrypt: false,
      },
    ],
    ['mssql://u:p@[::1]/d', { host: '::1', user: 'u', password: 'p', database: 'd' }],
  ])('%s', (text, settings) => {
    expect(read(text)).toEqual({ settings, faults: [] });
  });

  it.each([
    ['Server=h;Trusted_Connection=yes', /"trusted_connection" is not available: .*SQL login/],
    ['Server=h;Integrated Security=SSPI', /"integrated security" is not available/],
    ['Server=np:h;Database=d', /TCP only/],
    ['Server=,1433', /must be a host/],
    ['Server=h;Authentication=Active Directory Interactive', /"authentication" is not supported: use one of/],
    ['Server=h;Encrypt=perhaps', /"encrypt" must be True or False/],
    ['Server=h;AttachDbFilename=x.mdf', /"attachdbfilename" attaches a file, .*name it as the database/],
    ['Server=h;Failover Partner=planted', /"failover partner" names a mirror, .*listener/],
    ['Server=h;Column Encryption Setting=enabled', /Always Encrypted/],
    ['Server=h;Bogus=planted', /"bogus" is a keyword that this server does not know/],
    ['jdbc:sqlserver://planted:1433;databaseName=planted', /is a JDBC URL\. Write Server=tcp:/],
    ['planted', /neither an ADO.NET connection string/],
    ['=planted', /neither/],
    ['mssql://:planted', /neither/],
  ])('is refused with the keyword and without a value: %s', (text, fault) => {
    const { faults } = read(`${text}${text.includes('=') && !text.startsWith('=') ? ';Password=planted' : ''}`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
    expect(faults[0]).not.toContain('planted');
  });

  it('must not give what a setting gives as well', () => {
    const faults = new Faults();
    const settings = { connectionString: 'Server=h;Password=planted', host: 'other' };
    completeDatabase(settings, name => name, faults);
    expect(faults.all).toEqual(['host is set twice, by itself and in connectionString. Remove one of them.']);
  });

  it('stands for the single settings of the environment', () => {
    const { tenants } = readConfig({
      STATE_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64'),
      MSSQL_CONNECTION_STRING: 'Server=db,1435;Database=Sales;User ID=u;Password=p;Encrypt=Strict',
    });
    expect(tenants[0]?.database).toMatchObject({ host: 'db', port: 1435, database: 'Sales', encrypt: 'strict' });
  });
});

describe('the endpoint of a database', () => {
  it.each([
    [{ host: 'db' }, { host: 'db', port: 1433 }],
    [
      { host: 'db', port: 1435 },
      { host: 'db', port: 1435 },
    ],
    [{ host: 'db\\ENV1' }, { host: 'db', instance: 'ENV1' }],
    [
      { host: '10.0.0.5\\ENV1', port: 1435 },
      { host: '10.0.0.5', port: 1435 },
    ],
  ])('of %j is %j', (given, endpoint) => {
    expect(endpointOf(given)).toEqual(endpoint);
  });
});
