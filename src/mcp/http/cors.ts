import type { Response } from 'express';

/** The methods of the MCP endpoint. */
export const ENDPOINT_METHODS = 'GET, POST, DELETE, HEAD, OPTIONS';
/** The methods of `/messages`, where clients of 2024-11-05 POST. */
export const MESSAGES_METHODS = 'POST, OPTIONS';

const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Accept',
  'MCP-Protocol-Version',
  'Mcp-Session-Id',
  'Last-Event-ID',
  'Mcp-Method',
  'Mcp-Name',
];
/** The headers of a reply that a page may read. Without them it can neither sign in nor negotiate a version. */
const EXPOSED = 'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After';
const PREFLIGHT_SECONDS = '600';

/** Sets the headers for an allowed origin. Error replies have them, too, because a page must be able to read these. */
export function setCorsHeaders(res: Response, origin: string): void {
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Expose-Headers', EXPOSED);
  res.setHeader('Vary', 'Origin');
}

/** Replies to a preflight request (OPTIONS), which a browser sends without a token. */
export function answerPreflight(res: Response, methods: string, requested: string | undefined): void {
  // The schemas of tools choose the names of Mcp-Param-… headers, so the requested names are allowed.
  const parameters = (requested ?? '').split(',').map(name => name.trim());
  const allowed = [...REQUEST_HEADERS, ...parameters.filter(name => /^mcp-param-[\w-]{1,64}$/i.test(name))];
  res
    .writeHead(204, {
      Allow: methods,
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': allowed.join(', '),
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    })
    .end();
}
