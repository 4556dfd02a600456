import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { startStdio, stdioEnvironment, type StdioProcess } from '../support/stdio-process.js';
import { until } from '../support/until.js';

const ARCHIVE = `Archive_${randomBytes(4).toString('hex')}`;
const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('definitions, exports and several databases over stdio', () => {
  let database: TestDatabase;
  let stdio: StdioProcess;
  let directory: string;
  let file: string;

  beforeAll(async () => {
    database = await openTestDatabase({ seed: 'demo' });
    await database.execute(
      `CREATE DATABASE [${ARCHIVE}]\nGO\nEXEC [${ARCHIVE}].sys.sp_executesql N'CREATE TABLE dbo.Old (id int)'`,
    );
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-stdio-exports-'));
    file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-stdio-knowledge-')), 'knowledge.yaml');
    cpSync('config/knowledge.example.yaml', file);
    stdio = startStdio({
      ...stdioEnvironment(database),
      ...{ EXPORTS: 'true', EXPORT_DIRECTORY: directory, KNOWLEDGE_FILE: file, MSSQL_DATABASES: ARCHIVE },
    });
  }, 60_000);
  afterAll(async () => {
    stdio.child.kill('SIGKILL');
    await database.execute(`DROP DATABASE [${ARCHIVE}]`);
    await database.close();
  });

  const call = async (name: string, args: object) =>
    (await stdio.request('tools/call', { name, arguments: args })).result?.['structuredContent'] as unknown;
  const names = async () => {
    const { result } = await stdio.request('tools/list');
    return (result?.['tools'] as { name: string }[]).map(({ name }) => name);
  };

  it('are offered where the settings name them', async () => {
    const { result } = await stdio.initialize();
    expect(result?.['capabilities']).toMatchObject({ tools: { listChanged: true }, prompts: { listChanged: true } });
    expect(result?.['instructions']).toContain(ARCHIVE);
    expect(await names()).toEqual(expect.arrayContaining(['export_query', 'revenue_by_category', 'run_query']));
    expect(await call('execute_sql', { query: `SELECT COUNT(*) AS n FROM ${ARCHIVE}.dbo.Old` })).toMatchObject({
      rows: [[0]],
    });
  });

  it('write a verified query into the directory for exports', async () => {
    const answer = await call('export_query', { name: 'customer_retention', format: 'csv', file_name: 'retention' });
    expect(answer).toMatchObject({ path: path.join(directory, 'retention.csv'), rows: 1 });
    expect(readdirSync(directory)).toEqual(['retention.csv']);
  });

  it('announce changed tools and prompts to a client of each revision, and to a listener only what it asked for', async () => {
    const listen = { _meta, notifications: { toolsListChanged: true } };
    stdio.send({ jsonrpc: '2.0', id: 'listening', method: 'subscriptions/listen', params: listen });
    await stdio.message(({ method }) => method === 'notifications/subscriptions/acknowledged');
    const text = readFileSync(file, 'utf8').replace('name: revenue_by_category', 'name: revenue_of_categories');
    writeFileSync(`${file}.new`, text);
    // Of the past, so that it counts as complete at once.
    utimesSync(`${file}.new`, 1_700_000_000, 1_700_000_000);
    renameSync(`${file}.new`, file);
    await until('the tool has its new name', async () => (await names()).includes('revenue_of_categories'));
    const key = 'io.modelcontextprotocol/subscriptionId';
    const changed = (list: string, id?: string) =>
      stdio.message(
        ({ method, params }) => method === `notifications/${list}/list_changed` && params?.['_meta']?.[key] === id,
      );
    await Promise.all([changed('tools'), changed('prompts'), changed('tools', 'listening')]);
    expect(stdio.lines.filter(line => line.includes('prompts/list_changed') && line.includes(key))).toEqual([]);
  });
});
