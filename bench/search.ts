/**
 * Measures search_schema: its 100 questions to the generated ERP of 1,500 tables through the tool, and what the index of
 * 10,600 tables costs. The exit code is 1 if an aim was missed.
 */
import { openTestDatabase } from '../test/support/database.js';
import { erp } from '../test/support/erp/erp.js';
import type { ErpModel } from '../test/support/erp/erp-model.js';
import { erpRows } from '../test/support/erp/erp-rows.js';
import { QUESTIONS } from '../test/support/erp/questions.js';
import { type Score, scoreOf } from '../test/support/erp/score.js';
import { erpBatches } from '../test/support/erp/script.js';
import { toolServices } from '../test/support/tool-services.js';
import { SchemaBuilder, type SchemaRows } from '../src/search/catalog/schema-builder.js';
import { buildSchemaIndex, bytesOf, NOT_READ_YET } from '../src/search/index/schema-index.js';
import { SchemaIndexes } from '../src/search/index/schema-indexes.js';

const AIMS = { tables: 90, joins: 0.9, medianMs: 100, bytes: 8_000, indexCpuMs: 3_000, indexMegabytes: 60 };
const LARGE = 10_600;

async function questions() {
  const database = await openTestDatabase();
  for (const batch of erpBatches(erp())) await database.execute(batch);
  const tools = await toolServices(database);
  const started = performance.now();
  await tools.call('search_schema', { words: 'customers' });
  const firstMs = performance.now() - started;
  await tools.module.get(SchemaIndexes).settled(tools.tenant);
  const times: number[] = [];
  let bytes = 0;
  const scores: Score[] = [];
  for (const question of QUESTIONS) {
    const asked = performance.now();
    const { data, text } = await tools.call('search_schema', { words: question.ask });
    times.push(performance.now() - asked);
    bytes = Math.max(bytes, Buffer.byteLength(text));
    scores.push(scoreOf(question, data));
  }
  await tools.close();
  await database.close();
  times.sort((a, b) => a - b);
  const share = (part: 'join' | 'value') => {
    const asked = scores.filter(score => score[part] !== undefined);
    return { right: asked.filter(score => score[part] === true).length, of: asked.length };
  };
  return {
    tables: scores.filter(({ table }) => table).length,
    joins: share('join'),
    values: share('value'),
    firstMs: Math.round(firstMs),
    medianMs: Math.round(times[times.length >> 1] ?? 0),
    p95Ms: Math.round(times[Math.floor(times.length * 0.95)] ?? 0),
    bytes,
  };
}

/** Tables of an ERP have some fifteen columns; those of the generated one have fewer. */
function wide(): ErpModel {
  const model = erp(LARGE);
  const columns = (table: number) =>
    Array.from({ length: 11 }, (_, i) => ({
      name: `FELD_${(table * 7 + i * 13) % 400}_WERT`,
      type: 'nvarchar(40)',
      key: false,
      nullable: true,
    }));
  return {
    ...model,
    tables: model.tables.map((table, i) => ({ ...table, columns: [...table.columns, ...columns(i)] })),
  };
}

/** From the rows of the catalogue, so that it is the cost of our own code. */
async function largeIndex() {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('Run it with --expose-gc, as npm run bench:search does.');
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  await build(erpRows(erp(100)));
  const before = held();
  // The rows are unreachable once the function has returned, so what remains is the index.
  const { index, cpuMs } = await build(erpRows(wide()));
  const megabytes = (held() - before) / 1e6;
  return {
    tables: index.model.objects.length,
    columns: index.model.columns.names.length,
    cpuMs,
    megabytes: Math.round(megabytes * 10) / 10,
    estimatedMegabytes: Math.round(bytesOf(index) / 1e5) / 10,
  };
}

async function build(rows: SchemaRows) {
  const started = process.threadCpuUsage();
  const none = { version: '', definitions: [], joins: [], cautions: [] };
  const index = await buildSchemaIndex(
    await new SchemaBuilder(rows).build(() => Promise.resolve()),
    none,
    NOT_READ_YET,
    () => Promise.resolve(),
  );
  const { user, system } = process.threadCpuUsage(started);
  return { index, cpuMs: Math.round((user + system) / 1_000) };
}

const large = await largeIndex();
const answers = await questions();
const missed = [
  answers.tables < AIMS.tables && 'tables',
  answers.joins.right / answers.joins.of < AIMS.joins && 'joins',
  answers.medianMs > AIMS.medianMs && 'median',
  answers.bytes > AIMS.bytes && 'bytes',
  large.cpuMs > AIMS.indexCpuMs && 'index CPU',
  large.megabytes > AIMS.indexMegabytes && 'index memory',
].filter(Boolean);
console.log(JSON.stringify({ bench: 'search', questions: answers, index: large, aims: AIMS, missed }));
process.exit(missed.length > 0 ? 1 : 0);
