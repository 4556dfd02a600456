/*
 * Measures key lookups, joins, inserts, streaming, a cancel and a large catalog through the real driver.
 * Usage:  npm run bench -w sandbox [-- name …]
 */
import sql from 'mssql';
// The server's own queries; a bench may look at both packages.
import { TABLE, TABLES } from '../../src/database/catalog/catalog.queries.ts';
import { startSandbox } from '../src/index.ts';

interface Figure {
  readonly name: string;
  readonly aim: string;
  /** Milliseconds, or what `unit` says. */
  readonly value: number;
  readonly unit: string;
  readonly ok: boolean | undefined;
}

const figures: Figure[] = [];
const wanted = process.argv.slice(2);
const now = (): number => performance.now();
const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function report(name: string, value: number, unit: string, aim = '', ok?: boolean): void {
  figures.push({ name, value: Math.round(value * 1000) / 1000, unit, aim, ok });
}

async function measure(name: string, run: () => Promise<void>): Promise<void> {
  if (wanted.length > 0 && !wanted.some(part => name.includes(part))) return;
  try {
    await run();
  } catch (error) {
    report(`${name}: ${error instanceof Error ? error.message : String(error)}`, NaN, '', '', false);
  }
}

const started = now();
const sandbox = await startSandbox({ seed: 'sample' });
report('start with sample data', now() - started, 'ms');

const pool = await new sql.ConnectionPool({
  server: sandbox.host,
  port: sandbox.port,
  user: 'sa',
  password: 'x',
  pool: { max: 8 },
  requestTimeout: 120_000,
  validateConnection: false,
  options: { encrypt: false },
}).connect();

await measure('select', async () => {
  const rounds = 2000;
  const begin = now();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let i = 0; i < rounds / 8; i++) await pool.request().batch('SELECT 1 AS n');
    }),
  );
  report('SELECT 1, 8 connections', (rounds / (now() - begin)) * 1000, 'requests/s');
  const single: number[] = [];
  for (let i = 0; i < 300; i++) {
    const at = now();
    await pool.request().batch('SELECT 1 AS n');
    single.push(now() - at);
  }
  report('SELECT 1, one after the other (median)', median(single), 'ms');
});

async function bigTable(): Promise<void> {
  const { recordset } = await pool.request().batch("SELECT OBJECT_ID('dbo.Big') AS id");
  if (recordset[0]?.id !== null) return;
  await pool
    .request()
    .batch(
      'CREATE TABLE dbo.Big (Id int NOT NULL PRIMARY KEY, Code varchar(20) NOT NULL UNIQUE, Grp int NOT NULL, Note nvarchar(100) NULL)',
    );
  await pool
    .request()
    .batch(
      "INSERT INTO dbo.Big SELECT value, CONCAT('C', value), value % 100, N'note' FROM GENERATE_SERIES(1, 100000)",
    );
}

await measure('lookup', async () => {
  await bigTable();
  // One batch loops over lookups, so that only the engine is measured; the cost of the loop is included.
  const each = async (body: string): Promise<number> => {
    const text = `DECLARE @i int = 0, @n int; WHILE @i < 1000 BEGIN ${body} SET @i += 1; END`;
    await pool.request().batch(text);
    const at = now();
    await pool.request().batch(text);
    return (now() - at) / 1000;
  };
  const primary = await each('SELECT @n = Grp FROM dbo.Big WHERE Id = @i * 97 % 100000 + 1;');
  report('primary key lookup in 100,000 rows', primary, 'ms', '< 1 ms', primary < 1);
  const unique = await each("SELECT @n = Grp FROM dbo.Big WHERE Code = CONCAT('C', @i);");
  report('unique key lookup in 100,000 rows', unique, 'ms', '< 1 ms', unique < 1);
});

await measure('join', async () => {
  await bigTable();
  await pool.request().batch('CREATE TABLE dbo.Small (Id int NOT NULL, Other int NOT NULL)');
  await pool.request().batch('INSERT INTO dbo.Small SELECT value, value * 7 % 100000 FROM GENERATE_SERIES(1, 10000)');
  const at = now();
  await pool.request().batch('SELECT COUNT(*) AS n FROM dbo.Small s JOIN dbo.Big b ON b.Id + 0 = s.Other');
  const taken = now() - at;
  report('join 10,000 x 100,000 on equality', taken, 'ms', '< 500 ms', taken < 500);
});

await measure('insert', async () => {
  await bigTable();
  const at = now();
  for (let i = 0; i < 1000; i++) {
    await pool.request().batch(`INSERT INTO dbo.Big VALUES (${200_000 + i}, 'N${i}', 1, NULL)`);
  }
  const taken = now() - at;
  report('1,000 single inserts into 100,000 rows', taken, 'ms', '< 1000 ms', taken < 1000);
});

await measure('stream', async () => {
  const request = pool.request();
  request.stream = true;
  const at = now();
  let rows = 0;
  let peak = 0;
  const base = process.memoryUsage().rss;
  request.on('row', () => {
    if (++rows % 10_000 === 0) peak = Math.max(peak, process.memoryUsage().rss - base);
  });
  await new Promise<void>((resolve, reject) => {
    request.on('error', reject);
    request.on('done', () => resolve());
    void request.batch("SELECT value AS n, CONCAT('row ', value) AS t FROM GENERATE_SERIES(1, 1000000)");
  });
  report('1,000,000 rows streamed', now() - at, 'ms');
  report(
    'memory over the start while streaming',
    peak / 1024 / 1024,
    'MB',
    '< 150 MB',
    peak < 150 * 1024 * 1024 && rows === 1_000_000,
  );
});

await measure('cancel', async () => {
  const taken: number[] = [];
  for (let i = 0; i < 5; i++) {
    const request = pool.request();
    const running = request
      .batch(
        'SELECT COUNT(*) AS n FROM GENERATE_SERIES(1, 20000) a CROSS JOIN GENERATE_SERIES(1, 20000) b WHERE a.value + b.value < 0',
      )
      .then(
        () => undefined,
        () => undefined,
      );
    await new Promise(resolve => setTimeout(resolve, 100));
    const at = now();
    request.cancel();
    await running;
    taken.push(now() - at);
  }
  report('cancel of a computing query (median)', median(taken), 'ms', '< 200 ms', median(taken) < 200);
});

await measure('fair', async () => {
  const alone: number[] = [];
  const beside: number[] = [];
  const one = async (times: number[]): Promise<void> => {
    const at = now();
    await pool.request().batch('SELECT 1 AS n');
    times.push(now() - at);
  };
  for (let i = 0; i < 50; i++) await one(alone);
  const long = pool.request();
  const running = long
    .batch(
      'SELECT COUNT(*) AS n FROM GENERATE_SERIES(1, 20000) a CROSS JOIN GENERATE_SERIES(1, 20000) b WHERE a.value + b.value < 0',
    )
    .catch(() => undefined);
  for (let i = 0; i < 50; i++) await one(beside);
  long.cancel();
  await running;
  report('SELECT 1 alone (median)', median(alone), 'ms');
  report('SELECT 1 beside a computing query (median)', median(beside), 'ms', '< 50 ms', median(beside) < 50);
});

await measure('catalog', async () => {
  const tables = 5000;
  const description = (i: number): string =>
    `EXEC sp_addextendedproperty N'MS_Description', N'the table ${i}', N'SCHEMA', N'wide', N'TABLE', N'T${i}';`;
  await pool.request().batch('CREATE SCHEMA wide');
  const at = now();
  for (let from = 0; from < tables; from += 100) {
    const definitions = Array.from({ length: 100 }, (_, k) => {
      const i = from + k;
      const parent = i === 0 ? '' : `Parent int NULL REFERENCES wide.T${i - 1} (Id),`;
      return `CREATE TABLE wide.T${i} (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL DEFAULT N'x', ${parent}
        Price decimal(9, 2) NULL CHECK (Price > 0), Twice AS Price * 2); ${description(i)}`;
    });
    await pool.request().batch(definitions.join('\n'));
  }
  report('5,000 tables created', now() - at, 'ms');
  const { recordset } = await pool.request().query("SELECT OBJECT_ID(N'wide.T2500') AS id");
  const median20 = async (text: string): Promise<number> => {
    const taken: number[] = [];
    for (let i = 0; i < 20; i++) {
      const begin = now();
      await pool.request().input('id', recordset[0].id).input('name', 'T2500').query(text);
      taken.push(now() - begin);
    }
    return median(taken);
  };
  const described = await median20(TABLE);
  report("describe_table's query, 5,000 tables (median)", described, 'ms', '< 50 ms', described < 50);
  report("list_tables' query, 5,000 tables (median)", await median20(TABLES), 'ms');
});

await pool.close();
await sandbox.close();
console.table(figures);
if (figures.some(({ ok }) => ok === false)) process.exitCode = 1;
