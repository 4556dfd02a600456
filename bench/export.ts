/**
 * Compares the four kinds of files with the stream of the bare driver: 1,000,000 rows of 8 columns, written into a stream
 * that takes everything. All run in one process with the sandbox, and in turns: `npm run bench:export`. The exit code is 1
 * if an aim is missed.
 */
import { Writable } from 'node:stream';
import { ExportRun } from '../src/export/export-run.ts';
import { FILE_FORMATS, type TableFormat } from '../src/export/file-format.ts';
import { FileOutput } from '../src/export/file-output.ts';
import { bareDriver, bareStream } from './bare-stream.ts';
import { databaseServices } from '../test/support/database-services.ts';
import { openTestDatabase, testCall, testTenant } from '../test/support/database.ts';

const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 2);
const AIMS: Readonly<Record<TableFormat, number>> = { csv: 0.8, ndjson: 0.7, xlsx: 0.3, parquet: 0.3 };
/** Parquet holds whole row groups, so its growth is measured and has no aim. */
const MOST_GROWTH_MB: Readonly<Partial<Record<TableFormat, number>>> = { csv: 80, ndjson: 80, xlsx: 80 };
/** Enough for the heap's young generation to take its size before memory is compared. */
const WARM_ROWS = 200_000;
const queryOf = (rows: number): string =>
  `SELECT a.value * 1000 + b.value AS id, CONCAT(N'Customer ', b.value) AS name, CAST(a.value AS decimal(12,2)) / 4 AS total, DATEADD(day, b.value, CAST('2024-01-01' AS datetime2(0))) AS placed, CAST(b.value AS bigint) * 123456789 AS reference, CAST(a.value AS float) / 7 AS ratio, CAST(b.value % 2 AS bit) AS paid, CONCAT('EU-', b.value % 50) AS region FROM GENERATE_SERIES(1, ${Math.ceil(rows / 1000)}) AS a CROSS JOIN GENERATE_SERIES(1, 1000) AS b`;

const database = await openTestDatabase();
const services = databaseServices();
const limits = { exportMaxRows: 100_000_000, exportMaxBytes: 1e12, exportTimeoutMs: 3_600_000 };
const tenant = testTenant(database.config, {}, limits);
const pool = await bareDriver(database);
const bare = () => bareStream(pool, queryOf(ROWS));

/** Seconds of processor time of one run, those of all threads: they say more than the clock on a busy machine. */
let cpu = 0;
let bytes = 0;
let peakMb = 0;

async function fileOf(format: TableFormat, wanted = ROWS): Promise<number> {
  const target = new Writable({
    write: (_chunk, _encoding, done) => {
      peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1_048_576);
      setImmediate(done);
    },
  });
  const order = {
    statement: queryOf(wanted),
    parameters: {},
    format,
    fileName: `bench.${format}`,
    bom: false,
    raw: false,
  };
  const run = new ExportRun(order, testCall(tenant), new FileOutput(target, { maxBytes: 1e12 }));
  const file = await run.run(services.queries);
  bytes = file.bytes;
  return file.rows;
}

async function rate(run: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const before = process.cpuUsage();
  const rows = await run();
  const { user, system } = process.cpuUsage(before);
  cpu = (user + system) / 1e6;
  if (rows < ROWS) throw new Error(`Only ${rows} rows arrived.`);
  return rows / ((performance.now() - started) / 1_000);
}

await rate(bare);
for (const format of FILE_FORMATS) await fileOf(format, WARM_ROWS);
let missed = false;
for (const format of FILE_FORMATS) {
  const startMb = process.memoryUsage.rss() / 1_048_576;
  peakMb = 0;
  // The machine may be busier for one format than for another, so each has its own turns of the driver.
  const theirs: number[] = [];
  const ours: number[] = [];
  const [ourCpu, theirCpu]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    theirs.push(await rate(bare));
    theirCpu.push(cpu);
    ours.push(await rate(() => fileOf(format)));
    ourCpu.push(cpu);
  }
  const ratio = Math.max(...ours) / Math.max(...theirs);
  const growth = Math.round(peakMb - startMb);
  const mostGrowth = MOST_GROWTH_MB[format];
  console.log(
    JSON.stringify({
      bench: 'export',
      format,
      rows: ROWS,
      ours_per_second: Math.round(Math.max(...ours)),
      driver_per_second: Math.round(Math.max(...theirs)),
      ratio: Number(ratio.toFixed(2)),
      aim: AIMS[format],
      cpu_seconds: Number(Math.min(...ourCpu).toFixed(1)),
      driver_cpu_seconds: Number(Math.min(...theirCpu).toFixed(1)),
      file_mb: Math.round(bytes / 1_048_576),
      memory_growth_mb: growth,
    }),
  );
  if (ratio < AIMS[format] || (mostGrowth !== undefined && growth > mostGrowth)) missed = true;
}
await pool.close();
await services.close();
await database.close();
process.exit(missed ? 1 : 0);
