/**
 * Compares QueryService.stream, which writes a million rows as CSV, with the stream of the bare driver. Both run in one
 * process and in turns. The exit code is 1 below 70 % of the driver's rate, or if memory grew by more than 80 MB.
 */
import { CsvFormat } from '../src/tools/results/text-formats.ts';
import { bareDriver, bareStream } from './bare-stream.ts';
import { databaseServices } from '../test/support/database-services.ts';
import { openTestDatabase, testCall, testTenant } from '../test/support/database.ts';

const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
const AIM = 0.7;
const MOST_GROWTH_MB = 80;
const QUERY = `SELECT a.value AS id, CONCAT(N'Customer ', b.value) AS name, CAST(a.value AS decimal(12,2)) / 4 AS total, DATEADD(day, b.value, CAST('2024-01-01' AS datetime2(0))) AS placed FROM GENERATE_SERIES(1, ${Math.ceil(ROWS / 1000)}) AS a CROSS JOIN GENERATE_SERIES(1, 1000) AS b`;

const database = await openTestDatabase();
const services = databaseServices();
const tenant = testTenant(
  database.config,
  {},
  { maxRows: 10_000_000, maxResultBytes: 1_000_000_000, queryTimeoutMs: 600_000 },
);
const pool = await bareDriver(database);
const bare = () => bareStream(pool, QUERY);

let bytes = 0;
let peakMb = 0;
async function ourStream(): Promise<number> {
  let format: CsvFormat | undefined;
  bytes = 0;
  const summary = await services.queries.stream(QUERY, testCall(tenant), {
    columns: columns => void (format = new CsvFormat(columns)),
    row: row => {
      const length = format?.row(row).length ?? 0;
      bytes += length;
      if (bytes % 4096 < length) peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1_048_576);
      return length;
    },
  });
  return summary.rows;
}

async function rate(run: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const rows = await run();
  if (rows < ROWS) throw new Error(`Only ${rows} rows arrived.`);
  return rows / ((performance.now() - started) / 1_000);
}

await rate(bare);
const startMb = process.memoryUsage.rss() / 1_048_576;
const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round < 2; round += 1) {
  ours.push(await rate(ourStream));
  theirs.push(await rate(bare));
}
const ratio = Math.max(...ours) / Math.max(...theirs);
const growth = Math.round(peakMb - startMb);
console.log(
  JSON.stringify({
    bench: 'stream-rows',
    rows: ROWS,
    ours_per_second: Math.round(Math.max(...ours)),
    driver_per_second: Math.round(Math.max(...theirs)),
    ratio: Number(ratio.toFixed(2)),
    aim: AIM,
    csv_mb: Math.round(bytes / 1_048_576),
    memory_growth_mb: growth,
  }),
);
await pool.close();
await services.close();
await database.close();
process.exit(ratio >= AIM && growth <= MOST_GROWTH_MB ? 0 : 1);
