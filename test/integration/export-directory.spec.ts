import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../src/common/app-error.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { DirectoryTarget } from '../../src/export/directory.target.js';
import { ExportEvents } from '../../src/export/export-events.js';
import type { QueryOrder } from '../../src/export/export-order.js';
import { ExportSlots } from '../../src/export/export-slots.js';
import { openTestDatabase, testCall, type TestDatabase, testPrincipal } from '../support/database.js';
import { numbers } from '../support/numbers.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const exportingPrincipal = testPrincipal('ann', { scopes: new Set(['sql:read', 'sql:export']) });

describe('exports into a directory, for stdio', () => {
  let database: TestDatabase;
  let services: ToolServices;
  let directory: string;
  let target: DirectoryTarget;
  beforeAll(async () => {
    database = await openTestDatabase({ seed: 'demo' });
    services = await toolServices(database, { settings: { exports: true }, limits: { exportMaxRows: 10_000 } });
  }, 60_000);
  afterAll(async () => {
    await services?.close();
    await database?.close();
  });
  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-export-'));
    const get = <T>(type: new (...args: never[]) => T): T => services.module.get(type, { strict: false });
    target = new DirectoryTarget(directory, {
      queries: get(QueryService),
      events: get(ExportEvents),
      slots: get(ExportSlots),
    });
  });

  const order = (statement: string, more: Partial<QueryOrder> = {}): QueryOrder => ({
    ...{ statement, parameters: {}, format: 'csv', fileName: 'numbers.csv', bom: false, raw: false },
    ...more,
  });
  const deliver = (given: QueryOrder) => target.deliver(given, testCall(services.tenant));

  it('are whole files that only their owner reads', async () => {
    const made = await deliver(order(`SELECT value AS n FROM ${numbers(5_000)} ORDER BY value`));
    const file = path.join(directory, 'numbers.csv');
    const bytes = readFileSync(file);
    expect(made).toEqual({
      path: file,
      file_name: 'numbers.csv',
      format: 'csv',
      rows: 5_000,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(bytes.toString().trimEnd().split('\r\n').at(-1)).toBe('5000');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['numbers.csv']);
  });

  it('replace no file, and follow no link', async () => {
    writeFileSync(path.join(directory, 'numbers.csv'), 'mine');
    const elsewhere = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-elsewhere-')), 'target');
    symlinkSync(elsewhere, path.join(directory, 'numbers-2.csv'));
    const made = await deliver(order('SELECT 1 AS n'));
    expect(made).toMatchObject({ file_name: 'numbers-3.csv' });
    expect(readFileSync(path.join(directory, 'numbers.csv'), 'utf8')).toBe('mine');
    expect(() => statSync(elsewhere)).toThrow('ENOENT');
  });

  it.each<[string, string, string]>([
    ['the statement fails', 'SELECT nothing AS n', 'SQL_ERROR'],
    ['there are too many rows', `SELECT value AS n FROM ${numbers(20_000)}`, 'RESULT_TOO_LARGE'],
    ['there is no result set', 'SELECT @n = 1', 'INVALID_ARGUMENT'],
    ['the result is one document', 'SELECT 1 AS n FOR JSON PATH', 'INVALID_ARGUMENT'],
  ])('leave nothing behind when %s', async (_what, statement, code) => {
    const parameters = statement.includes('@n') ? { n: 0 } : {};
    await expect(deliver(order(statement, { parameters }))).rejects.toMatchObject({ code });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('say so when the directory is gone', async () => {
    const lost = new DirectoryTarget(path.join(directory, 'missing'), {
      queries: services.module.get(QueryService, { strict: false }),
      events: services.module.get(ExportEvents, { strict: false }),
      slots: services.module.get(ExportSlots, { strict: false }),
    });
    const failure = lost.deliver(order('SELECT 1 AS n'), testCall(services.tenant));
    await expect(failure).rejects.toThrow(AppError);
    await expect(failure).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('ENOENT') });
  });

  it('are what export_query makes where the settings name a directory', async () => {
    const stdio = await toolServices(database, { settings: { exports: true }, config: { exportDirectory: directory } });
    const args = { query: 'SELECT 1 AS n', format: 'ndjson', file_name: '../one' };
    const { data } = await stdio.call('export_query', args, { principal: exportingPrincipal });
    await stdio.close();
    expect(data).toMatchObject({ path: path.join(directory, '_one.ndjson'), rows: 1 });
    expect(readFileSync(path.join(directory, '_one.ndjson'), 'utf8')).toBe('{"n":1}\n');
  });

  it('are made of a verified query by its name, which the trail has', async () => {
    const settings = { exports: true, knowledge: 'config/knowledge.example.yaml' };
    const stdio = await toolServices(database, { settings, config: { exportDirectory: directory } });
    const give = (args: object) =>
      stdio.call('export_query', { format: 'ndjson', ...args }, { principal: exportingPrincipal });
    try {
      await give({ name: 'customer_retention', parameters: { months: 6 }, file_name: 'retention' });
      const line = JSON.parse(readFileSync(path.join(directory, 'retention.ndjson'), 'utf8')) as object;
      expect(Object.keys(line)).toEqual(['customers_before', 'returned', 'retention']);
      const trail = readFileSync(path.join(stdio.directory, 'audit.jsonl'), 'utf8');
      const begun = trail.split('\n').find(text => text.includes('export_begun')) ?? '{}';
      expect(JSON.parse(begun)).toMatchObject({
        definition: 'customer_retention',
        statement: expect.stringContaining('WITH buyers'),
      });
      await expect(give({ name: 'retention' })).rejects.toMatchObject({ code: 'UNKNOWN_DEFINITION' });
      await expect(give({ name: 'customer_retention', parameters: { weeks: 1 } })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
      const either = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('either query') };
      await expect(give({})).rejects.toMatchObject(either);
      await expect(give({ name: 'customer_retention', query: 'SELECT 1 AS n' })).rejects.toMatchObject(either);
      expect(readdirSync(directory)).toEqual(['retention.ndjson']);
    } finally {
      await stdio.close();
    }
  });

  it('stop when the call is cancelled', async () => {
    const controller = new AbortController();
    const call = testCall(services.tenant, { signal: controller.signal });
    controller.abort();
    await expect(target.deliver(order('SELECT 1 AS n'), call)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(readdirSync(directory)).toEqual([]);
  });
});
