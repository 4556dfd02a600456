const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** In every database, also as dbo.sysobjects and without a schema. */
const OF_DATABASES = set(
  'sysobjects syscolumns syscomments sysindexes sysindexkeys sysforeignkeys systypes sysusers sysconstraints sysdepends ' +
    'sysfilegroups sysfiles sysfulltextcatalogs sysmembers syspermissions sysprotects sysreferences',
);
/** Outside master only as sys.sysdatabases. */
const OF_MASTER = set(
  'sysdatabases sysaltfiles syscacheobjects syscharsets sysconfigures syscurconfigs sysdevices syslanguages syslockinfo ' +
    'syslogins sysmessages sysoledbusers sysopentapes sysperfinfo sysprocesses sysremotelogins sysservers',
);

/** Whether the name, in lower case, is that of a compatibility view in that place. */
export function isCompatibilityView(schema: string | undefined, name: string, database: string): boolean {
  const place = schema?.toLowerCase() ?? '';
  if (!['', 'dbo', 'sys'].includes(place)) return false;
  return OF_DATABASES.has(name) || (OF_MASTER.has(name) && (place === 'sys' || database.toLowerCase() === 'master'));
}
