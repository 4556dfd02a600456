import type { Tenant } from '../../../tenancy/tenant.js';
import { connectLines } from './connect-lines.js';
import { docsPage } from './docs.page.js';

const tenant = (path: string): Tenant =>
  ({
    name: path === '' ? 'default' : path.slice(1),
    path,
    resource: `https://mcp.example.com${path}/sse`,
    config: {
      readOnly: true,
      database: { host: 'sql.internal', user: 'login_of_sales', password: 'not for the page', database: 'Sales' },
    },
  }) as unknown as Tenant;

describe('the lines of the connect page', () => {
  const server = { name: 'sales', type: 'http', url: 'https://mcp.example.com/sales/sse' };

  it('have a link that VS Code reads as the server of its command', () => {
    const { vsCode, vsCodeLink } = connectLines(tenant('/sales'));
    const [scheme, query] = vsCodeLink.split('?');
    expect(scheme).toBe('vscode:mcp/install');
    expect(JSON.parse(decodeURIComponent(query ?? ''))).toEqual(server);
    expect(JSON.parse(vsCode.slice('code --add-mcp "'.length, -1).replaceAll('\\"', '"'))).toEqual(server);
  });

  it('have a link that Cursor reads as the entry of its file', () => {
    const { cursor, cursorLink } = connectLines(tenant('/sales'));
    const { searchParams } = new URL(cursorLink);
    const config = JSON.parse(Buffer.from(searchParams.get('config') ?? '', 'base64').toString()) as object;
    expect(JSON.parse(cursor)).toEqual({ mcpServers: { [searchParams.get('name') ?? '']: config } });
    expect(config).toEqual({ url: server.url });
  });

  it('give a tenant at the root a name that says what it is', () => {
    const { claudeCode, codex } = connectLines(tenant(''));
    expect(claudeCode).toContain('claude mcp add --transport http mssql https://mcp.example.com/sse\n');
    expect(codex).toContain('codex mcp add mssql --url https://mcp.example.com/sse\n');
  });

  it.each(['en', 'es'] as const)('say nothing about the login of the database (%s)', language => {
    const page = docsPage(language, tenant('/sales'));
    const text = page.body.text + JSON.stringify(connectLines(tenant('/sales')));
    expect(page.body.text).toContain('href="vscode:mcp/install?');
    expect(page.body.text).toContain('href="cursor://anysphere.cursor-deeplink/mcp/install?');
    for (const secret of ['not for the page', 'login_of_sales', 'sql.internal']) expect(text).not.toContain(secret);
  });
});
