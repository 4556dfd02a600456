import type { ClientMetadata } from 'oidc-provider';

/**
 * Metadata documents of well-known clients, copied from the published ones: their hosts answer some data centres with a
 * bot challenge (403), so that a server there could not fetch them (anthropics/claude-ai-mcp#650).
 */
export const PINNED_CLIENTS: readonly ClientMetadata[] = [
  {
    client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    client_name: 'Claude',
    client_uri: 'https://claude.ai',
    redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
    application_type: 'web',
    ...publicClient(),
  },
  {
    client_id: 'https://claude.ai/oauth/claude-code-client-metadata',
    client_name: 'Claude Code',
    client_uri: 'https://claude.ai',
    redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
    application_type: 'native',
    ...publicClient(),
  },
  {
    client_id: 'https://chatgpt.com/oauth/client.json',
    client_name: 'ChatGPT',
    client_uri: 'https://chatgpt.com',
    redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
    application_type: 'web',
    ...publicClient(),
  },
  {
    client_id: 'https://vscode.dev/oauth/client-metadata.json',
    client_name: 'Visual Studio Code',
    client_uri: 'https://vscode.dev',
    redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
    application_type: 'native',
    ...publicClient(),
  },
];

/** ChatGPT has a document per connector; its callback carries the connector's id. */
const CHATGPT_DOCUMENT = /^https:\/\/chatgpt\.com\/oauth\/([A-Za-z0-9_-]{1,100})\/client\.json$/;

/** Stands in for `https://chatgpt.com/oauth/<id>/client.json`. */
export function pinnedChatGptClient(clientId: string): ClientMetadata | undefined {
  const id = CHATGPT_DOCUMENT.exec(clientId)?.[1];
  if (id === undefined) return undefined;
  return {
    client_id: clientId,
    client_name: 'ChatGPT',
    client_uri: 'https://chatgpt.com',
    redirect_uris: [
      `https://chatgpt.com/connector/oauth/${id}`,
      'https://chatgpt.com/connector_platform_oauth_redirect',
    ],
    application_type: 'web',
    ...publicClient(),
  };
}

function publicClient(): Pick<ClientMetadata, 'grant_types' | 'response_types' | 'token_endpoint_auth_method'> {
  return {
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}
