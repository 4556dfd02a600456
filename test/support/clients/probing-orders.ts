/** In which order one MCP client looks for its authorization server, as its published code does it. Data only. */
export interface ProbingOrder {
  /** The package and the version that was read. */
  readonly client: string;
  /** The file and the function that hold the order. */
  readonly source: string;
  /** The request to the MCP endpoint whose 401 may name the protected-resource document. */
  readonly challenge: 'HEAD' | 'GET' | 'POST';
  /** Where it looks for that document when no challenge named it. `{path}` is the path of the MCP URL. */
  readonly resource: readonly string[];
  /** Whether it refuses a document whose `resource` is not its MCP URL (RFC 9728 §3.3). */
  readonly checksResource: boolean;
  /** Where it looks for the authorization server's metadata. `{path}` is the issuer's path, or '' at the root. */
  readonly server: readonly string[];
  /** Whether it refuses metadata whose `issuer` is not the one that the request was made for (RFC 8414 §3.3). */
  readonly checksIssuer: boolean;
}

const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const RESOURCE = '/.well-known/oauth-protected-resource';
/** The order of the MCP specification 2025-11-25, and then the root. */
const SERVER_THEN_ROOT = [`${OAUTH}{path}`, `${OPENID}{path}`, `{path}${OPENID}`, OAUTH, OPENID];

export const PROBING_ORDERS: readonly ProbingOrder[] = [
  {
    client: '@qwen-code/qwen-code 0.24.4 (/mcp auth)',
    source: 'chunks/chunk-DPEB6S2R.js: authenticate, OAuthUtils.discoverOAuthConfig',
    challenge: 'HEAD',
    resource: [RESOURCE, `${RESOURCE}{path}`],
    checksResource: false,
    server: SERVER_THEN_ROOT,
    checksIssuer: false,
  },
  {
    client: '@google/gemini-cli-core 0.10.0',
    source: 'dist/src/mcp/oauth-utils.js: discoverOAuthConfig',
    challenge: 'HEAD',
    resource: [RESOURCE, `${RESOURCE}{path}`],
    checksResource: false,
    server: SERVER_THEN_ROOT,
    checksIssuer: false,
  },
  {
    client: '@google/gemini-cli-core 0.61.0',
    source: 'dist/src/mcp/oauth-utils.js: discoverOAuthConfig',
    challenge: 'HEAD',
    resource: [`${RESOURCE}{path}`, RESOURCE],
    checksResource: true,
    server: SERVER_THEN_ROOT,
    checksIssuer: false,
  },
  {
    client: 'mcp-remote 0.15.1',
    source: 'dist/chunk-KJCT2FXL.js: buildProtectedResourceMetadataUrls, getMetadataUrls',
    challenge: 'GET',
    resource: [`${RESOURCE}{path}`, RESOURCE],
    checksResource: false,
    server: [`${OAUTH}{path}`, OAUTH, `${OPENID}{path}`, `{path}${OPENID}`],
    checksIssuer: false,
  },
  {
    client: '@ai-sdk/mcp 2.0.99',
    source: 'src/tool/oauth.ts: discoverMetadataWithFallback, buildDiscoveryUrls',
    challenge: 'POST',
    resource: [`${RESOURCE}{path}`, RESOURCE],
    checksResource: true,
    server: [`${OAUTH}{path}`, OAUTH, `${OPENID}{path}`, `{path}${OPENID}`],
    checksIssuer: true,
  },
  {
    client: 'use-mcp 0.0.21 with @modelcontextprotocol/sdk 1.13.3, the oldest that it accepts',
    source: 'dist/esm/client/auth.js: auth, discoverOAuthMetadata',
    challenge: 'POST',
    resource: [RESOURCE],
    checksResource: true,
    server: [`${OAUTH}{path}`, OAUTH],
    checksIssuer: false,
  },
  {
    client: 'rmcp 3.1.4 (Codex)',
    source:
      'modelcontextprotocol/rust-sdk, crates/rmcp/src/transport/auth.rs: well_known_paths, generate_discovery_urls',
    challenge: 'GET',
    resource: [`${RESOURCE}{path}`, `{path}${RESOURCE}`, RESOURCE],
    checksResource: true,
    server: [`${OAUTH}{path}`, `${OPENID}{path}`, `{path}${OPENID}`, OAUTH],
    checksIssuer: true,
  },
];
