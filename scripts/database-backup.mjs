// BACKUP DATABASE … WITH COPY_ONLY, CHECKSUM, with retention; and RESTORE. Paths are the SQL Server machine's own.
import { parseArgs } from 'node:util';
import sql from 'mssql';

const HELP = `Usage: npm run database-backup -- create  --directory /var/opt/mssql/backup [--keep-days N]
       npm run database-backup -- list
       npm run database-backup -- restore --file /var/opt/mssql/backup/NAME.bak --as NAME [--replace]

Connects by MSSQL_HOST, MSSQL_PORT, MSSQL_DATABASE, MSSQL_ENCRYPT and TrustServerCertificate, with BACKUP_USER and
BACKUP_PASSWORD: a login with the role db_backupoperator (and dbcreator for restore), not the server's reading login.
  --directory DIR   on the SQL Server machine
  --keep-days N     delete this script's older backups of this database (default: keep all)
  --as NAME         restore under this name; files are placed beside the server's default ones
  --replace         overwrite a database of that name`;

/** EngineEdition 5 and 8 (sys.databases of Azure SQL): https://learn.microsoft.com/sql/t-sql/functions/serverproperty-transact-sql */
const AZURE_SQL_DATABASE = 5;
const MANAGED_INSTANCE = 8;
/** COMPRESSION is refused by Express (4); Web and Standard have it since 2008 R2. */
const EXPRESS = 4;

class Refusal extends Error {}

const [action, ...rest] = process.argv.slice(2);
const { values } = parseArgs({
  args: rest,
  options: {
    directory: { type: 'string' },
    'keep-days': { type: 'string' },
    file: { type: 'string' },
    as: { type: 'string' },
    replace: { type: 'boolean', default: false },
  },
});

const yes = value => /^(1|true|yes|on)$/i.test(value ?? '');

async function connect() {
  const {
    MSSQL_HOST,
    MSSQL_PORT = '1433',
    MSSQL_DATABASE,
    BACKUP_USER,
    BACKUP_PASSWORD,
    MSSQL_ENCRYPT = 'yes',
    TrustServerCertificate,
  } = process.env;
  const missing = Object.entries({ MSSQL_HOST, MSSQL_DATABASE, BACKUP_USER, BACKUP_PASSWORD }).filter(
    ([, value]) => !value,
  );
  if (missing.length) throw new Refusal(`not set in the environment: ${missing.map(([name]) => name).join(', ')}`);
  return new sql.ConnectionPool({
    server: MSSQL_HOST,
    port: Number(MSSQL_PORT),
    user: BACKUP_USER,
    password: BACKUP_PASSWORD,
    database: 'master',
    requestTimeout: 6 * 3600_000,
    pool: { max: 1 },
    options: {
      encrypt: yes(MSSQL_ENCRYPT),
      trustServerCertificate: yes(TrustServerCertificate),
      appName: 'mssql-mcp-backup',
    },
  }).connect();
}

const quoted = name => `[${name.replaceAll(']', ']]')}]`;
const literal = text => `N'${text.replaceAll("'", "''")}'`;

async function edition(pool) {
  const { recordset } = await pool.request().query("SELECT CAST(SERVERPROPERTY('EngineEdition') AS int) AS edition");
  return recordset[0].edition;
}

async function create(pool) {
  const database = process.env.MSSQL_DATABASE;
  if (!values.directory?.startsWith('/') && !/^[A-Za-z]:\\|^\\\\/.test(values.directory ?? ''))
    throw new Refusal('--directory must be an absolute path on the SQL Server machine');
  const engine = await edition(pool);
  if (engine === AZURE_SQL_DATABASE)
    throw new Refusal(
      'this is Azure SQL Database: it has no BACKUP DATABASE. Use its automatic point-in-time restore, or export a .bacpac (SqlPackage /Action:Export)',
    );
  if (engine === MANAGED_INSTANCE)
    throw new Refusal(
      'this is Azure SQL Managed Instance: it backs up to a URL only. Use BACKUP DATABASE … TO URL, or its automatic backups',
    );
  const separator = values.directory.includes('\\') ? '\\' : '/';
  const safe = database.replace(/[^A-Za-z0-9_-]/g, '_');
  const file = `${values.directory.replace(/[\\/]+$/, '')}${separator}mcp_${safe}_${new Date().toISOString().replace(/[-:]|\..*/g, '')}.bak`;
  const options = ['COPY_ONLY', 'CHECKSUM', 'INIT', ...(engine === EXPRESS ? [] : ['COMPRESSION'])];
  await pool
    .request()
    .query(
      `BACKUP DATABASE ${quoted(database)} TO DISK = ${literal(file)} WITH ${options.join(', ')}, NAME = ${literal(`mssql-mcp ${database}`)}`,
    );
  await pool.request().query(`RESTORE VERIFYONLY FROM DISK = ${literal(file)} WITH CHECKSUM`);
  console.log(file);
  if (values['keep-days'] !== undefined) await removeOlderThan(pool, Number(values['keep-days']));
}

/** Only files that msdb knows as this script's backups of this database. */
async function removeOlderThan(pool, days) {
  if (!(days >= 1)) throw new Refusal('--keep-days must be at least 1');
  const { recordset } = await backups(pool);
  for (const { file, finished } of recordset) {
    if (Date.now() - finished.getTime() < days * 86_400_000) continue;
    // xp_delete_file takes a backup (0), checks its header, and needs sysadmin.
    await pool.request().input('file', sql.NVarChar, file).query('EXEC master.sys.xp_delete_file 0, @file');
    console.log(`removed ${file}`);
  }
}

const backups = pool =>
  pool
    .request()
    .input('name', sql.NVarChar, `mssql-mcp ${process.env.MSSQL_DATABASE}`)
    .query(
      `SELECT f.physical_device_name AS [file], s.backup_finish_date AS finished, s.backup_size AS bytes
       FROM msdb.dbo.backupset s JOIN msdb.dbo.backupmediafamily f ON f.media_set_id = s.media_set_id
       WHERE s.name = @name ORDER BY s.backup_finish_date`,
    );

async function list(pool) {
  for (const { file, finished, bytes } of (await backups(pool)).recordset)
    console.log(`${finished.toISOString()}  ${bytes}  ${file}`);
}

async function restore(pool) {
  if (!values.file || !values.as) throw new Refusal('--file and --as are needed');
  const { recordset: files } = await pool.request().query(`RESTORE FILELISTONLY FROM DISK = ${literal(values.file)}`);
  const { recordset: paths } = await pool
    .request()
    .query(
      "SELECT CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(400)) AS data, CAST(SERVERPROPERTY('InstanceDefaultLogPath') AS nvarchar(400)) AS log",
    );
  const moves = files.map(({ LogicalName, Type }, index) => {
    const target = `${Type === 'L' ? paths[0].log : paths[0].data}${values.as}_${index}${Type === 'L' ? '.ldf' : '.mdf'}`;
    return `MOVE ${literal(LogicalName)} TO ${literal(target)}`;
  });
  await pool
    .request()
    .query(
      `RESTORE DATABASE ${quoted(values.as)} FROM DISK = ${literal(values.file)} WITH CHECKSUM, ${[...moves, ...(values.replace ? ['REPLACE'] : [])].join(', ')}`,
    );
  console.log(`restored as ${values.as}`);
}

const actions = { create, list, restore };
if (!(action in actions)) {
  console.error(HELP);
  process.exit(2);
}
let pool;
try {
  pool = await connect();
  await actions[action](pool);
} catch (error) {
  console.error(`database-backup: ${error.message}`);
  process.exitCode = error instanceof Refusal ? 2 : 1;
} finally {
  await pool?.close();
}
