import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { getMcpConfigForManifest, type McpbManifestAny, unpackExtension, validateManifest } from '@anthropic-ai/mcpb';
import { jest } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** The bundle as Claude Desktop gets it: packed by `npm run mcpb`, unpacked by the official tool. */
describe('the packed bundle for Claude Desktop', () => {
  let directory: string;
  let bundle: string;
  let manifest: McpbManifestAny & { tools: { name: string }[] };
  let database: TestDatabase;

  beforeAll(async () => {
    jest.spyOn(console, 'log').mockReturnValue();
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-bundle-'));
    const file = path.join(directory, 'server.mcpb');
    await promisify(execFile)(process.execPath, ['scripts/mcpb.mjs', file]);
    bundle = path.join(directory, 'unpacked');
    await unpackExtension({ mcpbPath: file, outputDir: bundle, silent: true });
    manifest = JSON.parse(readFileSync(path.join(bundle, 'manifest.json'), 'utf8')) as typeof manifest;
    database = await openTestDatabase({ seed: true });
  }, 300_000);
  afterAll(async () => {
    await database?.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  it('has the version of the package, and a manifest and a program that are there', () => {
    expect(validateManifest(path.join(bundle, 'manifest.json'))).toBe(true);
    expect(manifest.version).toBe(version);
    expect(readFileSync(path.join(bundle, manifest.server.entry_point), 'utf8')).toContain('import');
  });

  it('fits every platform, and has no files that no program reads', () => {
    const files = readdirSync(bundle, { recursive: true, encoding: 'utf8' });
    expect(files.filter(file => /\.(?:node|d\.ts|map)$/.test(file))).toEqual([]);
  });

  it('answers a question through the command that a filled-in form makes', async () => {
    const { host, port, user, password, database: name } = database.config;
    const command = await getMcpConfigForManifest({
      manifest,
      extensionPath: bundle,
      systemDirs: {},
      userConfig: { host, port: String(port), database: name, user, password, trust_server_certificate: true },
      pathSeparator: path.sep,
    });
    const client = new Client({ name: 'Claude Desktop', version: '1' });
    const env = { ...command?.env, HOME: directory, XDG_STATE_HOME: directory };
    await client.connect(new StdioClientTransport({ command: process.execPath, args: command?.args ?? [], env }));
    try {
      const { tools } = await client.listTools();
      const known = manifest.tools.map(tool => tool.name);
      expect(tools.map(tool => tool.name).filter(tool => !known.includes(tool))).toEqual([]);
      const query = 'SELECT COUNT(*) AS categories FROM dbo.Categories';
      const answer = await client.callTool({ name: 'execute_sql', arguments: { query } });
      expect(answer.structuredContent).toMatchObject({ rows: [[8]] });
      const change = await client.callTool({ name: 'execute_sql', arguments: { query: 'DELETE FROM dbo.Categories' } });
      expect(JSON.stringify(change)).toContain('READ_ONLY_VIOLATION');
    } finally {
      await client.close();
    }
  }, 60_000);
});
