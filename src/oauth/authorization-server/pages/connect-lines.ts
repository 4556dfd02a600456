import type { Tenant } from '../../../tenancy/tenant.js';

/** What a person pastes into each client; checked against the clients' own documentation in November 2026. */
export interface ConnectLines {
  readonly address: string;
  readonly claudeCode: string;
  readonly codex: string;
  readonly vsCode: string;
  /** A link that opens VS Code (code.visualstudio.com/docs/copilot/guides/mcp-developer-guide, "MCP URL handler"). */
  readonly vsCodeLink: string;
  readonly copilotCli: string;
  readonly gemini: string;
  readonly geminiSignIn: string;
  readonly opencode: string;
  readonly cursor: string;
  /** A link that opens Cursor (cursor.com/docs/mcp/install-links). */
  readonly cursorLink: string;
}

/** Names of tenants and addresses hold nothing that a shell or JSON would read differently. */
export function connectLines(tenant: Tenant): ConnectLines {
  const address = tenant.resource;
  // A tenant at the root is called "default", which would say nothing among a person's other servers.
  const name = tenant.path === '' ? 'mssql' : tenant.name;
  const server = JSON.stringify({ name, type: 'http', url: address });
  const config = Buffer.from(JSON.stringify({ url: address })).toString('base64');
  return {
    address,
    claudeCode: `claude mcp add --transport http ${name} ${address}\nclaude mcp login ${name}`,
    codex: `codex mcp add ${name} --url ${address}\ncodex mcp login ${name}`,
    vsCode: `code --add-mcp "${server.replaceAll('"', '\\"')}"`,
    vsCodeLink: `vscode:mcp/install?${encodeURIComponent(server)}`,
    copilotCli: `copilot mcp add --transport http ${name} ${address}`,
    gemini: `gemini mcp add --scope user --transport http ${name} ${address}`,
    geminiSignIn: `/mcp auth ${name}`,
    opencode: `opencode mcp add ${name} --url ${address}`,
    cursor: JSON.stringify({ mcpServers: { [name]: { url: address } } }, undefined, 2),
    cursorLink: `cursor://anysphere.cursor-deeplink/mcp/install?name=${name}&config=${encodeURIComponent(config)}`,
  };
}
