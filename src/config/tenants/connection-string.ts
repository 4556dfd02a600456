import { parse } from '@tediousjs/connection-string';
import type { Faults } from '../faults.js';

/** The settings of a database that a connection string can give, before they are checked. */
type DatabaseSettings = Record<string, unknown>;

const YES = new Set(['true', 'yes', 'mandatory', 'sspi']);
const NO = new Set(['false', 'no', 'optional']);
const AUTHENTICATIONS: Readonly<Record<string, string>> = {
  sqlpassword: 'sql',
  activedirectoryserviceprincipal: 'entra',
  activedirectorymanagedidentity: 'managed-identity',
  activedirectorymsi: 'managed-identity',
  activedirectoryworkloadidentity: 'workload-identity',
  activedirectorydefault: 'default',
};

/** Keywords that change nothing here: the server has its own pool, time limits and names. */
const WITHOUT_EFFECT = new Set(
  (
    'application name,app,connect timeout,connection timeout,timeout,command timeout,connection lifetime,' +
    'load balance timeout,connectretrycount,connect retry count,connectretryinterval,connect retry interval,enlist,' +
    'max pool size,min pool size,multipleactiveresultsets,multiple active result sets,packet size,' +
    'persist security info,persistsecurityinfo,poolblockingperiod,pool blocking period,pooling,' +
    'type system version,workstation id,wsid,transparentnetworkipresolution,language,current language,' +
    'ipaddresspreference,ip address preference,driver,provider'
  ).split(','),
);

/** Keywords that this server can't follow, with the rest of the sentence that says so. */
const REFUSED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'failover partner':
      'names a mirror, which this server does not support. Name the listener of an availability group as the server',
    attachdbfilename:
      'attaches a file, which this server does not. Attach the database in SQL Server, and name it as the database',
    'extended properties':
      'attaches a file, which this server does not. Attach the database in SQL Server, and name it as the database',
    'user instance':
      'starts a user instance, which this server does not support. Name a running instance of SQL Server',
    'network library': 'chooses a protocol, but this server connects by TCP only. Remove it',
    net: 'chooses a protocol, but this server connects by TCP only. Remove it',
    'column encryption setting':
      'turns on Always Encrypted, which this server does not decrypt. Remove it; such columns stay encrypted',
  }),
);

const EXAMPLE = 'Server=tcp:sql.example.com,1433;Database=Sales;User ID=reader;Password=…;Encrypt=True';

type Reader = (value: string, settings: DatabaseSettings) => string | undefined;

const put =
  (name: string): Reader =>
  (value, settings) => {
    settings[name] = value;
    return undefined;
  };
const flag =
  (name: string): Reader =>
  (value, settings) => {
    const word = value.trim().toLowerCase();
    if (!YES.has(word) && !NO.has(word)) return 'must be True or False';
    settings[name] = YES.has(word);
    return undefined;
  };

const READERS: Readonly<Record<string, Reader>> = {
  server: readServer,
  database: put('database'),
  user: put('user'),
  password: put('password'),
  encrypt: (value, settings) => {
    if (value.trim().toLowerCase() !== 'strict') return flag('encrypt')(value, settings);
    settings['encrypt'] = 'strict';
    return undefined;
  },
  trustservercertificate: flag('trustServerCertificate'),
  multisubnetfailover: flag('multiSubnetFailover'),
  applicationintent: (value, settings) => {
    settings['applicationIntent'] = value.trim().toLowerCase();
    return undefined;
  },
  authentication: (value, settings) => {
    const known = AUTHENTICATIONS[value.replace(/[\s_]/g, '').toLowerCase()];
    if (known === undefined)
      return `is not supported: use one of Sql Password, Active Directory Service Principal, Active Directory Managed Identity, Active Directory Workload Identity or Active Directory Default`;
    settings['authentication'] = known;
    return undefined;
  },
  integratedsecurity: value =>
    NO.has(value.trim().toLowerCase())
      ? undefined
      : 'is not available: this server has no Windows integrated sign-in. Use a SQL login, an NTLM domain user or Entra ID',
};

const ALIASES: Readonly<Record<string, keyof typeof READERS>> = {
  'data source': 'server',
  addr: 'server',
  address: 'server',
  'network address': 'server',
  'initial catalog': 'database',
  'user id': 'user',
  userid: 'user',
  uid: 'user',
  pwd: 'password',
  'trust server certificate': 'trustservercertificate',
  'multi subnet failover': 'multisubnetfailover',
  'application intent': 'applicationintent',
  'integrated security': 'integratedsecurity',
  trusted_connection: 'integratedsecurity',
};

/**
 * The settings of an ADO.NET connection string or an `mssql://user:password@host:port/database` URL. A fault names the
 * keyword and never a value, which may be a secret.
 */
export function readConnectionString(text: string, setting: string, faults: Faults): DatabaseSettings {
  if (/^\s*jdbc:/i.test(text)) {
    faults.add(`${setting} is a JDBC URL. Write ${EXAMPLE}.`);
    return {};
  }
  const pairs = /^(?:mssql|sqlserver):\/\//i.test(text.trim()) ? urlPairs(text.trim()) : adoPairs(text);
  const settings: DatabaseSettings = {};
  if (pairs === undefined) {
    faults.add(
      `${setting} is neither an ADO.NET connection string, like ${EXAMPLE}, nor a URL like mssql://reader:…@sql.example.com:1433/Sales.`,
    );
    return settings;
  }
  for (const [keyword, value] of pairs) {
    const name = keyword.trim().toLowerCase();
    if (WITHOUT_EFFECT.has(name)) continue;
    const reader = READERS[ALIASES[name] ?? name];
    const fault =
      REFUSED.get(name) ??
      (reader === undefined ? 'is a keyword that this server does not know' : reader(value, settings));
    if (fault !== undefined) faults.add(`${setting}: "${keyword.slice(0, 50)}" ${fault}.`);
  }
  return settings;
}

function adoPairs(text: string): readonly (readonly [string, string])[] | undefined {
  try {
    const pairs = [...parse(text).entries()];
    return pairs.length === 0 ? undefined : pairs;
  } catch {
    return undefined;
  }
}

function urlPairs(text: string): readonly (readonly [string, string])[] | undefined {
  try {
    const url = new URL(text);
    const database = decodeURIComponent(url.pathname.slice(1));
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    return [
      ['server', url.port === '' ? host : `${host},${url.port}`],
      ...(database === '' ? [] : [['database', database] as const]),
      ...(url.username === '' ? [] : [['user', decodeURIComponent(url.username)] as const]),
      ...(url.password === '' ? [] : [['password', decodeURIComponent(url.password)] as const]),
      ...url.searchParams,
    ];
  } catch {
    return undefined;
  }
}

/** `tcp:host\instance,port`, with each part but the host optional. */
function readServer(value: string, settings: DatabaseSettings): string | undefined {
  const parts = /^(?:(tcp|np|lpc|admin):)?([^,]*?)(?:\s*,\s*(\d{1,5}))?$/i.exec(value.trim());
  const [, protocol = 'tcp', host = '', port] = parts ?? [];
  if (parts === null || host.trim() === '') return 'must be a host, host\\instance or host,port';
  if (protocol.toLowerCase() !== 'tcp') return `names the protocol "${protocol}", but this server connects by TCP only`;
  settings['host'] = host.trim();
  if (port !== undefined) settings['port'] = Number(port);
  return undefined;
}
