import { readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { getMcpConfigForManifest, type McpbManifestAny, validateManifest } from '@anthropic-ai/mcpb';
import { readConfig } from '../../src/config/read-config.js';
import type { ServerConfig } from '../../src/config/server.config.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { NO_SIGN_IN } from '../support/server-environment.js';

const FILE = 'mcpb/manifest.json';
const manifest = JSON.parse(readFileSync(FILE, 'utf8')) as McpbManifestAny & {
  tools: { name: string; description: string }[];
  user_config: Record<string, { sensitive?: boolean; default?: unknown }>;
};

/** The command that Claude Desktop starts for a filled-in form. */
async function commandFor(userConfig: Record<string, string | boolean>) {
  return getMcpConfigForManifest({
    manifest,
    extensionPath: '/bundle',
    systemDirs: {},
    userConfig,
    pathSeparator: '/',
  });
}

async function configFor(form: Record<string, string | boolean>): Promise<ServerConfig> {
  return readConfig({ ...(await commandFor(form))?.env });
}

async function toolsOf(env: Record<string, string>): Promise<readonly { name: string; title: string }[]> {
  let server: StartedServer | undefined;
  try {
    server = await startServer({ env: { ...NO_SIGN_IN, ...env } });
    const response = await fetch(`${server.url}/demo/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    });
    return ((await response.json()) as { result: { tools: { name: string; title: string }[] } }).result.tools;
  } finally {
    await server?.close();
  }
}

describe('the bundle for Claude Desktop', () => {
  it('has a manifest that the official tool accepts, with its icon', () => {
    const printed = jest.spyOn(console, 'log').mockReturnValue();
    expect(validateManifest(FILE)).toBe(true);
    expect(printed.mock.calls.join('\n')).toContain('Icon validation passed');
    printed.mockRestore();
  });

  it('starts only when the server and the database are filled in', async () => {
    expect(await commandFor({})).toBeUndefined();
    expect(await commandFor({ host: 'sql.example.com', database: '' })).toBeUndefined();
    const command = await commandFor({ host: 'sql.example.com', database: 'Sales' });
    expect(command).toMatchObject({ command: 'node', args: [expect.stringMatching(/^\/bundle\//), 'stdio'] });
  });

  it('passes each field of the form to the setting that it names', async () => {
    const form = {
      host: 'sql.example.com',
      port: '1444',
      database: 'Sales',
      user: 'reader',
      password: 'it\'s "odd" ${HOME} \\ é',
      encrypt: false,
      trust_server_certificate: true,
      read_only: false,
    };
    expect((await configFor(form)).tenants[0]).toMatchObject({
      readOnly: false,
      database: {
        host: 'sql.example.com',
        port: 1444,
        database: 'Sales',
        user: 'reader',
        password: form.password,
        encrypt: false,
        trustServerCertificate: true,
        authentication: 'sql',
      },
    });
    expect(Object.keys(form).toSorted()).toEqual(
      Object.keys(manifest.user_config)
        .filter(field => field !== 'authentication')
        .toSorted(),
    );
  });

  it('leaves the defaults of the server where the form is left as it is', async () => {
    const minimal = { host: 'sql.example.com\\SALES', database: 'Sales', user: 'reader', password: 'p' };
    const byForm = (await configFor(minimal)).tenants[0];
    const { host: MSSQL_HOST, database: MSSQL_DATABASE, user: MSSQL_USER, password: MSSQL_PASSWORD } = minimal;
    expect(byForm).toEqual(readConfig({ MSSQL_HOST, MSSQL_DATABASE, MSSQL_USER, MSSQL_PASSWORD }).tenants[0]);
    expect(byForm).toMatchObject({ readOnly: true, database: { encrypt: true, trustServerCertificate: false } });
    expect(byForm?.database.port).toBeUndefined();
    const entra = { host: 'sales.database.windows.net', database: 'Sales', authentication: 'azure-cli' };
    expect((await configFor(entra)).tenants[0]?.database).toMatchObject({ authentication: 'azure-cli' });
  });

  it('keeps the password, and nothing else, as a secret', () => {
    const secrets = Object.entries(manifest.user_config).filter(([, { sensitive }]) => sensitive === true);
    expect(secrets.map(([name, { default: preset }]) => [name, preset])).toEqual([['password', '']]);
  });

  it('lists the tools that the server has when it may write', async () => {
    const tools = (await toolsOf({ READ_ONLY_MODE: 'false' }))
      .map(({ name, title }) => ({ name, description: title }))
      .toSorted((one, other) => one.name.localeCompare(other.name));
    if (process.env['UPDATE_MCPB'] === '1')
      writeFileSync(FILE, `${JSON.stringify({ ...manifest, tools }, undefined, 2)}\n`);
    // After a tool was added: UPDATE_MCPB=1 npm run -s jest -- test/integration/mcpb-manifest
    else expect(manifest.tools).toEqual(tools);
  }, 60_000);
});
