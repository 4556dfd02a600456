// Runs BACKUP DATABASE … WITH COPY_ONLY, CHECKSUM and removes old backups, or runs RESTORE. All paths are paths on the
// SQL Server machine.
import sql from 'mssql';
import { isStarted, readOptions, refuse, secret } from './options.mjs';

const HELP = `Usage: npm run database-backup -- create  --directory /var/opt/mssql/backup [--keep-days N]
       npm run database-backup -- list
       npm run database-backup -- restore --file /var/opt/mssql/backup/NAME.bak --as NAME [--replace]

Connects with MSSQL_HOST, MSSQL_PORT, MSSQL_DATABASE, MSSQL_ENCRYPT and TrustServerCertificate, as BACKUP_USER with
BACKUP_PASSWORD (or BACKUP_PASSWORD_FILE): a login with the role db_backupoperator (and dbcreator for restore), not the server's reading login.
  --directory DIR   writes the backup to this directory on the SQL Server machine
  --keep-days N     deletes older backups that this script made of this database (default: keeps all; needs sysadmin)
  --file FILE       restores this backup, a path on the SQL Server machine
  --as NAME         restores under this name; the files go to the server's default directories
  --replace         overwrites a database of that name`;

/** EngineEdition: https://learn.microsoft.com/sql/t-sql/functions/serverproperty-transact-sql */
const REFUSED_EDITIONS = {
  5: 'this is Azure SQL Database: it has no BACKUP DATABASE. Use its automatic point-in-time restore, or export a .bacpac (SqlPackage /Action:Export)',
  8: 'this is Azure SQL Managed Instance: it backs up to a URL only. Use BACKUP DATABASE … TO URL, or its automatic backups',
};
/** Express (4) refuses COMPRESSION; Web and Standard support it since 2008 R2. */
const EXPRESS = 4;

/** An error that the operator can correct. */
export class Refusal extends Error {}

const quoted = name => `[${name.replaceAll(']', ']]')}]`;
const literal = text => `N'${text.replaceAll("'", "''")}'`;
const label = database => `mssql-mcp ${database}`;

async function refuseEdition(pool) {
  const { recordset } = await pool.request().query("SELECT CAST(SERVERPROPERTY('EngineEdition') AS int) AS edition");
  const { edition } = recordset[0];
  if (edition in REFUSED_EDITIONS) throw new Refusal(REFUSED_EDITIONS[edition]);
  return edition;
}

/** Makes and verifies a backup, then removes backups that are too old. Returns the lines to print. */
export async function create(pool, database, { directory = '', 'keep-days': keepDays }) {
  if (!directory.startsWith('/') && !/^[A-Za-z]:\\|^\\\\/.test(directory))
    throw new Refusal('--directory must be an absolute path on the SQL Server machine');
  if (keepDays !== undefined && !(Number(keepDays) >= 1)) throw new Refusal('--keep-days must be at least 1');
  const edition = await refuseEdition(pool);
  const separator = directory.includes('\\') ? '\\' : '/';
  const safe = database.replace(/[^A-Za-z0-9_-]/g, '_');
  const stamp = new Date().toISOString().replace(/[-:.]/g, '');
  const file = `${directory.replace(/[\\/]+$/, '')}${separator}mcp_${safe}_${stamp}.bak`;
  const options = ['COPY_ONLY', 'CHECKSUM', 'INIT', ...(edition === EXPRESS ? [] : ['COMPRESSION'])];
  await pool
    .request()
    .query(
      `BACKUP DATABASE ${quoted(database)} TO DISK = ${literal(file)} WITH ${options.join(', ')}, NAME = ${literal(label(database))}`,
    );
  await pool.request().query(`RESTORE VERIFYONLY FROM DISK = ${literal(file)} WITH CHECKSUM`);
  return [file, ...(keepDays === undefined ? [] : await removeOlderThan(pool, database, Number(keepDays)))];
}

/** Removes only files that msdb lists as backups of this database by this script. */
async function removeOlderThan(pool, database, days) {
  const removed = [];
  for (const { file, finished } of await backups(pool, database)) {
    if (Date.now() - finished.getTime() < days * 86_400_000) continue;
    // xp_delete_file deletes a backup (0) after checking its header, and needs sysadmin. A missing file is no error.
    await pool.request().input('file', sql.NVarChar, file).query('EXEC master.sys.xp_delete_file 0, @file');
    removed.push(`removed ${file}`);
  }
  return removed;
}

async function backups(pool, database) {
  const { recordset } = await pool
    .request()
    .input('name', sql.NVarChar, label(database))
    .query(
      `SELECT f.physical_device_name AS [file], s.backup_finish_date AS finished, s.backup_size AS bytes
       FROM msdb.dbo.backupset s JOIN msdb.dbo.backupmediafamily f ON f.media_set_id = s.media_set_id
       WHERE s.name = @name ORDER BY s.backup_finish_date`,
    );
  return recordset;
}

export async function list(pool, database) {
  const found = await backups(pool, database);
  return found.map(({ file, finished, bytes }) => `${finished.toISOString()}  ${bytes}  ${file}`);
}

export async function restore(pool, _database, { file, as, replace = false }) {
  if (!file || !as) throw new Refusal('restore needs --file and --as');
  await refuseEdition(pool);
  const { recordset: files } = await pool.request().query(`RESTORE FILELISTONLY FROM DISK = ${literal(file)}`);
  const { recordset: paths } = await pool
    .request()
    .query(
      "SELECT CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(400)) AS data, CAST(SERVERPROPERTY('InstanceDefaultLogPath') AS nvarchar(400)) AS log",
    );
  const safe = as.replace(/[^A-Za-z0-9_-]/g, '_');
  const moves = files.map(({ LogicalName, Type }, index) => {
    const target = `${Type === 'L' ? paths[0].log : paths[0].data}${safe}_${index}${Type === 'L' ? '.ldf' : '.mdf'}`;
    return `MOVE ${literal(LogicalName)} TO ${literal(target)}`;
  });
  await pool
    .request()
    .query(
      `RESTORE DATABASE ${quoted(as)} FROM DISK = ${literal(file)} WITH CHECKSUM, ${[...moves, ...(replace ? ['REPLACE'] : [])].join(', ')}`,
    );
  return [`restored as ${as}`];
}

async function connect() {
  const { MSSQL_HOST, MSSQL_PORT = '1433', MSSQL_DATABASE, BACKUP_USER } = process.env;
  const BACKUP_PASSWORD = secret('BACKUP_PASSWORD');
  const needed = { MSSQL_HOST, MSSQL_DATABASE, BACKUP_USER, BACKUP_PASSWORD };
  const missing = Object.keys(needed).filter(name => !needed[name]);
  if (missing.length) throw new Refusal(`not set in the environment: ${missing.join(', ')}`);
  const yes = value => /^(1|true|yes|on)$/i.test(value ?? '');
  return new sql.ConnectionPool({
    server: MSSQL_HOST,
    port: Number(MSSQL_PORT),
    user: BACKUP_USER,
    password: BACKUP_PASSWORD,
    database: 'master',
    connectionTimeout: 15_000,
    requestTimeout: 6 * 3600_000,
    pool: { max: 1 },
    options: {
      encrypt: yes(process.env.MSSQL_ENCRYPT ?? 'yes'),
      trustServerCertificate: yes(process.env.TrustServerCertificate),
      appName: 'mssql-mcp-backup',
    },
  }).connect();
}

async function main() {
  const [action, ...rest] = process.argv.slice(2);
  const options = {
    directory: { type: 'string' },
    'keep-days': { type: 'string' },
    file: { type: 'string' },
    as: { type: 'string' },
    replace: { type: 'boolean', default: false },
  };
  const values = readOptions(options, HELP, action?.startsWith('-') ? [action] : rest);
  const actions = { create, list, restore };
  if (!Object.hasOwn(actions, action ?? '')) refuse('the action is missing: create, list or restore', HELP);
  let pool;
  try {
    pool = await connect();
    for (const line of await actions[action](pool, process.env.MSSQL_DATABASE, values)) console.log(line);
  } catch (error) {
    console.error(`database-backup: ${error.message}`);
    process.exitCode = error instanceof Refusal ? 2 : 1;
  } finally {
    await pool?.close();
  }
}

if (isStarted(import.meta.filename)) await main();
