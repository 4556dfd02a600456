import type { ClientMetadata } from 'oidc-provider';
import { type RedirectRules, isAllowedRedirect } from './redirect-policy.js';

/**
 * Metadata documents of well-known clients, copied from the published ones: their hosts answer some data centres with a
 * bot challenge (403), so that a server there could not fetch them (anthropics/claude-ai-mcp#650). Each matches by its
 * whole URL: github.com and others also host what anybody writes.
 */
export const PINNED_CLIENTS: readonly ClientMetadata[] = [
  {
    client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    client_name: 'Claude',
    client_uri: 'https://claude.ai',
    redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
    ...publicClient('web'),
  },
  {
    client_id: 'https://claude.ai/oauth/claude-code-client-metadata',
    client_name: 'Claude Code',
    client_uri: 'https://claude.ai',
    // The last is not in the document: Claude Desktop sends it with this client id (anthropics/claude-code#93671).
    redirect_uris: [
      'http://localhost/callback',
      'http://127.0.0.1/callback',
      'claude://claude.ai/mcp-auth-callback/sdk',
    ],
    ...publicClient('native'),
  },
  {
    client_id: 'https://chatgpt.com/oauth/client.json',
    client_name: 'ChatGPT',
    client_uri: 'https://chatgpt.com',
    redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
    ...publicClient('web'),
  },
  {
    client_id: 'https://chatgpt.com/oauth/codex/client.json',
    client_name: 'Codex',
    client_uri: 'https://chatgpt.com/codex',
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    ...publicClient('native'),
  },
  {
    client_id: 'https://vscode.dev/oauth/client-metadata.json',
    client_name: 'Visual Studio Code',
    client_uri: 'https://vscode.dev',
    redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
    ...publicClient('native'),
  },
  {
    client_id: 'https://github.com/copilot/cli/client-metadata.json',
    client_name: 'GitHub Copilot CLI',
    client_uri: 'https://github.com/features/copilot',
    redirect_uris: ['http://127.0.0.1:33418/'],
    ...publicClient('native'),
  },
  {
    client_id: 'https://opencode.ai/oauth/opencode/client.json',
    client_name: 'opencode',
    client_uri: 'https://opencode.ai',
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    ...publicClient('native'),
  },
  {
    client_id: 'https://zed.dev/oauth/client-metadata.json',
    client_name: 'Zed',
    client_uri: 'https://zed.dev',
    redirect_uris: ['http://127.0.0.1/callback'],
    ...publicClient('native'),
  },
  {
    client_id: 'https://goose-docs.ai/oauth/client-metadata.json',
    client_name: 'Goose',
    redirect_uris: ['http://localhost/oauth_callback'],
    ...publicClient('native'),
  },
];

/** Codex derives the id from the URL of the MCP server, ChatGPT has one per connector; callbacks carry it. */
const CODEX_DOCUMENT = /^https:\/\/chatgpt\.com\/oauth\/codex\/([A-Za-z0-9_-]{1,100})\/client\.json$/;
const CHATGPT_DOCUMENT = /^https:\/\/chatgpt\.com\/oauth\/(?!codex\/)([A-Za-z0-9_-]{1,100})\/client\.json$/;

/** The client whose metadata is known without fetching its document, with those of its redirect URIs that are allowed. */
export function pinnedClient(clientId: string, rules: RedirectRules): ClientMetadata | undefined {
  const client = PINNED_CLIENTS.find(pinned => pinned.client_id === clientId) ?? clientByRule(clientId);
  const redirect_uris = client?.redirect_uris?.filter(uri => isAllowedRedirect(uri, rules)) ?? [];
  return client === undefined || redirect_uris.length === 0 ? undefined : { ...client, redirect_uris };
}

function clientByRule(clientId: string): ClientMetadata | undefined {
  const codex = CODEX_DOCUMENT.exec(clientId)?.[1];
  if (codex !== undefined) {
    return {
      client_id: clientId,
      client_name: 'Codex',
      client_uri: 'https://chatgpt.com/codex',
      redirect_uris: [`http://127.0.0.1/callback/${codex}`, `http://localhost/callback/${codex}`],
      ...publicClient('native'),
    };
  }
  const connector = CHATGPT_DOCUMENT.exec(clientId)?.[1];
  if (connector === undefined) return undefined;
  return {
    client_id: clientId,
    client_name: 'ChatGPT',
    client_uri: 'https://chatgpt.com',
    redirect_uris: [
      `https://chatgpt.com/connector/oauth/${connector}`,
      'https://chatgpt.com/connector_platform_oauth_redirect',
    ],
    ...publicClient('web'),
  };
}

function publicClient(application_type: 'web' | 'native'): Partial<ClientMetadata> {
  return {
    application_type,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}
