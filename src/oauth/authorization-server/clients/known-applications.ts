/**
 * Redirect URIs of applications that have a scheme of their own, as they send them; each is allowed as a whole, in every
 * tenant. An application on the same device could register the same scheme: PKCE makes a code that it gets useless.
 * Sources: claude-code#93671 (Claude Desktop), the registrations of Cursor, and Warp's `mcp/oauth2callback` handler.
 */
export const APPLICATION_URIS: ReadonlySet<string> = new Set([
  'claude://claude.ai/mcp-auth-callback/sdk',
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'warp://mcp/oauth2callback',
]);

/**
 * Hosts whose paths lead to different organisations, so that the host alone doesn't tell who gets the answer: Copilot
 * Studio and Power Platform give every connector of every customer a path of its own, and vscode.dev passes the answer
 * on. The consent page shows the whole address.
 */
export const SHARED_HOSTS: ReadonlySet<string> = new Set([
  'global.consent.azure-apim.net',
  'vscode.dev',
  'insiders.vscode.dev',
]);
