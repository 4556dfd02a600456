import { readFileSync } from 'node:fs';
import { LOCAL_LINES } from '../../src/oauth/authorization-server/pages/local-lines.js';

const CLIENTS = readFileSync('docs/clients.md', 'utf8');
const documents = ['README.md', 'README.es.md', 'docs/clients.md', 'docs/es/clients.md'].map(
  file => [file, readFileSync(file, 'utf8')] as const,
);
const settings = new Set(
  [...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Za-z_]+)=/gm)].map(match => match[1]),
);

interface Server {
  readonly url?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What VS Code reads from its links (`handleMcpInstallUri`): the query is JSON. */
const forVsCode = [...CLIENTS.matchAll(/^vscode:mcp\/install\?(\S+)$/gm)].map(
  ([, query = '']) =>
    JSON.parse(decodeURIComponent(query)) as Server & {
      name: string;
      inputs?: { id: string; type: string; password?: boolean }[];
    },
);
/** What Cursor reads from its links (cursor.com/docs/mcp/install-links). */
const forCursor = [...CLIENTS.matchAll(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?\S+$/gm)].map(
  ([link]) => {
    const { searchParams } = new URL(link);
    const server = JSON.parse(Buffer.from(searchParams.get('config') ?? '', 'base64').toString()) as Server;
    return { name: searchParams.get('name'), server };
  },
);
const shown = [...CLIENTS.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text) as object);

describe('the links of docs/clients.md', () => {
  it('say for VS Code what the page shows, remote and local', () => {
    const [remote, local] = forVsCode;
    const [, command = ''] = /`code --add-mcp '(.*)'`/.exec(CLIENTS) ?? [];
    expect(remote).toEqual(JSON.parse(command));
    expect(local).toEqual(shown[0]);
    expect(forVsCode).toHaveLength(2);
  });

  it('say for Cursor what the page shows, remote and local', () => {
    const [remote, local] = forCursor;
    expect(remote).toEqual({ name: 'sales', server: { url: 'https://mcp.example.com/sales/sse' } });
    expect(shown[1]).toEqual({ mcpServers: { [local?.name ?? '']: local?.server } });
    expect(forCursor).toHaveLength(2);
  });

  it('have a question, or a variable of the environment, in place of each value', () => {
    const inputs = new Map(forVsCode.flatMap(({ inputs: all = [] }) => all.map(input => [input.id, input])));
    for (const value of Object.values(forVsCode[1]?.env ?? {})) {
      const [, id = ''] = /^\$\{input:(.+)\}$/.exec(value) ?? [];
      expect(inputs.get(id)?.type).toBe('promptString');
    }
    expect([...inputs.values()].filter(({ password }) => password === true).map(({ id }) => id)).toEqual([
      'mssql-password',
    ]);
    for (const [name, value] of Object.entries(forCursor[1]?.server.env ?? {})) expect(value).toBe(`\${env:${name}}`);
  });

  it('and the lines beside them are those of the connect page', () => {
    for (const text of Object.values(LOCAL_LINES)) expect(CLIENTS).toContain(`\n${text}\n`);
  });

  it('start the command and set variables that the server knows', () => {
    const local = [forVsCode[1], forCursor[1]?.server];
    for (const server of local) {
      expect([server?.command, ...(server?.args ?? [])]).toEqual(['mssql-mcp', 'stdio']);
      expect(Object.keys(server?.env ?? {}).filter(name => !settings.has(name))).toEqual([]);
    }
  });
});

describe.each(documents)('the lines of %s', (_file, text) => {
  // A line that ends with a backslash goes on, and so does one that ends with a backtick in PowerShell.
  const lines = text.replace(/[\\`]\n\s+/g, ' ').matchAll(/(?:claude|codex) mcp add (.*) (?:--|'--') (.*)/g);
  const commands = [...lines].map(([, options = '', command = '']) => ({ options, command }));

  it('set variables that the server knows, and no password', () => {
    expect(commands.length).toBeGreaterThan(0);
    for (const { options, command } of commands) {
      expect(command).toMatch(/^(?:cmd \/c )?mssql-mcp stdio$/);
      const names = [...options.matchAll(/(?:-e|--env) (\w+)=/g)].map(match => match[1] ?? '');
      expect(names).toEqual(['MSSQL_HOST', 'MSSQL_DATABASE', 'MSSQL_USER', 'MSSQL_PASSWORD_FILE']);
      expect(names.map(name => name.replace(/_FILE$/, '')).filter(name => !settings.has(name))).toEqual([]);
    }
  });
});
