/** What adds this server as a program on a person's own computer (stdio), with their own database login. */
export interface LocalLines {
  readonly claudeCode: string;
  readonly codex: string;
  /** VS Code asks for the values, and keeps the password as a secret. */
  readonly vsCodeLink: string;
  /** Cursor takes the values from its environment. */
  readonly cursorLink: string;
}

const COMMAND = { command: 'mssql-mcp', args: ['stdio'] } as const;

/** The setting of each question of VS Code, by the question's id. */
const QUESTIONS = [
  ['mssql-host', 'MSSQL_HOST', 'Server: a host name, or host\\instance'],
  ['mssql-database', 'MSSQL_DATABASE', 'Database'],
  ['mssql-user', 'MSSQL_USER', 'Login, best one that can only read'],
  ['mssql-password', 'MSSQL_PASSWORD', 'Password'],
] as const;

const vsCode = {
  name: 'mssql',
  ...COMMAND,
  env: Object.fromEntries(QUESTIONS.map(([id, setting]) => [setting, `\${input:${id}}`])),
  inputs: QUESTIONS.map(([id, setting, description]) => ({
    type: 'promptString',
    id,
    description,
    ...(setting === 'MSSQL_PASSWORD' ? { password: true } : {}),
  })),
};

const cursor = { ...COMMAND, env: Object.fromEntries(QUESTIONS.map(([, setting]) => [setting, `\${env:${setting}}`])) };

/** A file has the password, because configurations of clients and histories of shells are plain text. */
function line(client: string, option: string): string {
  const settings = ['MSSQL_HOST=sql.example.com', 'MSSQL_DATABASE=Sales', 'MSSQL_USER=mcp_reader'];
  const all = [...settings, 'MSSQL_PASSWORD_FILE="$HOME/.mssql-password"'].map(setting => `${option} ${setting}`);
  return `${client} mcp add mssql ${all.slice(0, 3).join(' ')} \\\n  ${all[3]} -- mssql-mcp stdio`;
}

/** The same for every tenant: nothing of a tenant's database is in them. docs/clients.md shows them, too. */
export const LOCAL_LINES: LocalLines = {
  claudeCode: line('claude', '-e'),
  codex: line('codex', '--env'),
  vsCodeLink: `vscode:mcp/install?${encodeURIComponent(JSON.stringify(vsCode))}`,
  cursorLink: `cursor://anysphere.cursor-deeplink/mcp/install?name=mssql&config=${encodeURIComponent(
    Buffer.from(JSON.stringify(cursor)).toString('base64'),
  )}`,
};
