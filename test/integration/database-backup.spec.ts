import { execFile } from 'node:child_process';
import mssql from 'mssql';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

type Lines = Promise<string[]>;
type Action = (pool: unknown, database: string, options: Record<string, unknown>) => Lines;
interface Script {
  readonly create: Action;
  readonly list: Action;
  readonly restore: Action;
}
// The script is JavaScript without declarations.
const script = (await import(new URL('../../scripts/database-backup.mjs', import.meta.url).href)) as Script;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise(resolve => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env } };
    execFile(process.execPath, ['scripts/database-backup.mjs', ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}

/** A connection to a server of a given edition that records its queries. */
function serverOfEdition(edition: number, known: readonly { file: string; finished: Date; bytes: number }[] = []) {
  const asked: string[] = [];
  const answer = (text: string, inputs: Record<string, unknown>): object[] => {
    if (text.includes('EngineEdition')) return [{ edition }];
    if (text.includes('backupset')) return [...known];
    if (text.startsWith('RESTORE FILELISTONLY'))
      return [
        { LogicalName: 'Sales', Type: 'D' },
        { LogicalName: "Sales's log", Type: 'L' },
      ];
    if (text.includes('InstanceDefaultDataPath')) return [{ data: '/data/', log: '/log/' }];
    asked.push(Object.keys(inputs).length === 0 ? text : `${text} ${JSON.stringify(inputs)}`);
    return [];
  };
  const request = () => {
    const inputs: Record<string, unknown> = {};
    const made = {
      input: (name: string, _type: unknown, value: unknown) => ((inputs[name] = value), made),
      query: (text: string) => Promise.resolve({ recordset: answer(text, inputs) }),
    };
    return made;
  };
  return { asked, pool: { request } };
}

describe('npm run database-backup', () => {
  it.each([
    [[], /the action is missing: create, list or restore[\s\S]*Usage/],
    [['toString'], /the action is missing: create, list or restore/],
    [['create', '--folder', '/x'], /Unknown option '--folder'[\s\S]*Usage/],
    [['create', '--directory', '/backup'], /not set in the environment: MSSQL_HOST, MSSQL_DATABASE, BACKUP_USER/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(code).toBe(2);
  });

  it('prints its usage with --help', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--keep-days') });
  });

  it('reports an unreachable server without a stack trace or the password', async () => {
    const { code, stderr } = await run(['list'], {
      MSSQL_HOST: '127.0.0.1',
      MSSQL_PORT: '1',
      MSSQL_DATABASE: 'Sales',
      BACKUP_USER: 'operator',
      BACKUP_PASSWORD: 'planted-password',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^database-backup: Failed to connect to 127\.0\.0\.1:1/);
    expect(stderr).not.toMatch(/planted-password| {4}at /);
  });

  it.each([
    [5, /Azure SQL Database: it has no BACKUP DATABASE.*point-in-time restore/],
    [8, /Managed Instance: it backs up to a URL only/],
  ])('refuses engine edition %i without a backup statement', async (edition, message) => {
    const { asked, pool } = serverOfEdition(edition);
    await expect(script.create(pool, 'Sales', { directory: '/backup' })).rejects.toThrow(message);
    await expect(script.restore(pool, 'Sales', { file: '/b.bak', as: 'Copy' })).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });

  it.each([
    ['backup', /absolute path/],
    ['', /absolute path/],
  ])('refuses the directory %j', async (directory, message) => {
    await expect(script.create(serverOfEdition(3).pool, 'Sales', { directory })).rejects.toThrow(message);
  });

  it('makes a copy-only backup with checksums, compressed if the edition supports it, and verifies it', async () => {
    for (const [edition, compression] of [
      [2, ', COMPRESSION'],
      [3, ', COMPRESSION'],
      [4, ''],
    ] as const) {
      const { asked, pool } = serverOfEdition(edition);
      const [file] = await script.create(pool, "O'Brien]s", { directory: '/backup/' });
      expect(file).toMatch(/^\/backup\/mcp_O_Brien_s_\d{8}T\d{9}Z\.bak$/);
      expect(asked).toEqual([
        `BACKUP DATABASE [O'Brien]]s] TO DISK = N'${file}' WITH COPY_ONLY, CHECKSUM, INIT${compression}, NAME = N'mssql-mcp O''Brien]s'`,
        `RESTORE VERIFYONLY FROM DISK = N'${file}' WITH CHECKSUM`,
      ]);
    }
  });

  it('uses Windows paths for a Windows server', async () => {
    const { pool } = serverOfEdition(3);
    expect((await script.create(pool, 'Sales', { directory: 'D:\\Backup' }))[0]).toMatch(/^D:\\Backup\\mcp_Sales_/);
  });

  it('removes its own backups that are older than --keep-days after it verified the new one', async () => {
    const known = [30, 8, 1].map(days => ({
      file: `/backup/${days}.bak`,
      finished: new Date(Date.now() - days * 86_400_000),
      bytes: 1,
    }));
    const { asked, pool } = serverOfEdition(3, known);
    const lines = await script.create(pool, 'Sales', { directory: '/backup', 'keep-days': '7' });
    expect(lines.slice(1)).toEqual(['removed /backup/30.bak', 'removed /backup/8.bak']);
    expect(asked.slice(1).map(text => text.replace(/N'[^']*'/, 'N…'))).toEqual([
      'RESTORE VERIFYONLY FROM DISK = N… WITH CHECKSUM',
      'EXEC master.sys.xp_delete_file 0, @file {"file":"/backup/30.bak"}',
      'EXEC master.sys.xp_delete_file 0, @file {"file":"/backup/8.bak"}',
    ]);
    await expect(script.create(pool, 'Sales', { directory: '/backup', 'keep-days': 'x' })).rejects.toThrow(
      /--keep-days/,
    );
  });

  it('restores under another name into the default directory, and overwrites only with --replace', async () => {
    const { asked, pool } = serverOfEdition(3);
    await expect(script.restore(pool, 'Sales', { file: '/b.bak' })).rejects.toThrow(/--file and --as/);
    await script.restore(pool, 'Sales', { file: '/b.bak', as: 'Copy' });
    await script.restore(pool, 'Sales', { file: '/b.bak', as: 'Copy', replace: true });
    const text =
      "RESTORE DATABASE [Copy] FROM DISK = N'/b.bak' WITH CHECKSUM, MOVE N'Sales' TO N'/data/Copy_0.mdf', MOVE N'Sales''s log' TO N'/log/Copy_1.ldf'";
    expect(asked).toEqual([text, `${text}, REPLACE`]);
  });
});

const url = process.env['TEST_MSSQL_URL'];

// The sandbox has no files to back up; TEST_MSSQL_URL names a real server, as in .github/workflows/ci.yml.
if (url !== undefined && url !== '') {
  describe('npm run database-backup against a real SQL Server', () => {
    let database: TestDatabase;
    let environment: Record<string, string>;
    beforeAll(async () => {
      database = await openTestDatabase();
      await database.execute('CREATE TABLE dbo.Kept (id int); INSERT INTO dbo.Kept VALUES (42)');
      const { host, port, user, password, database: name } = database.config;
      environment = {
        MSSQL_HOST: host,
        MSSQL_PORT: String(port),
        MSSQL_DATABASE: name,
        BACKUP_USER: user,
        BACKUP_PASSWORD: password,
        TrustServerCertificate: 'yes',
      };
    }, 60_000);
    afterAll(() => database.close());

    it('backs up a database, lists the backup and restores it', async () => {
      const { config } = database;
      const admin = await new mssql.ConnectionPool({
        server: config.host,
        port: config.port,
        user: config.user,
        password: config.password,
        database: 'master',
        options: { encrypt: true, trustServerCertificate: true },
      }).connect();
      const copy = `${config.database}_copy`;
      try {
        const paths = await admin.query<{ data: string }>(
          "SELECT CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(400)) AS data",
        );
        const directory = paths.recordset[0]?.data ?? '';
        const made = await run(['create', '--directory', directory, '--keep-days', '1'], environment);
        expect([made.code, made.stderr]).toEqual([0, '']);
        const file = made.stdout.trim();
        expect((await run(['list'], environment)).stdout).toContain(file);
        expect(await run(['restore', '--file', file, '--as', copy], environment)).toMatchObject({ code: 0 });
        const rows = await admin.query<{ id: number }>(`SELECT id FROM [${copy}].dbo.Kept`);
        expect(rows.recordset).toEqual([{ id: 42 }]);
        expect((await run(['restore', '--file', file, '--as', copy], environment)).code).toBe(1);
      } finally {
        await admin.batch(`DROP DATABASE IF EXISTS [${copy}]`);
        await admin.close();
      }
    }, 120_000);
  });
}
