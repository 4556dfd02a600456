import type { Response } from 'express';

/** Of the MCP endpoint, and of the 2024-11-05 back channel. */
export const ENDPOINT_METHODS = 'GET, POST, DELETE, HEAD, OPTIONS';
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
/** What a page may read of a reply: without these it can neither sign in nor agree on a version. */
const EXPOSED = 'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After';
const PREFLIGHT_SECONDS = '600';

/** For an origin that may call us; also on refusals, which a page must be able to read. */
export function setCorsHeaders(res: Response, origin: string): void {
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Expose-Headers', EXPOSED);
  res.setHeader('Vary', 'Origin');
}

/** The answer to OPTIONS; a browser sends it without a token. */
export function answerPreflight(res: Response, methods: string, requested: string | undefined): void {
  // Mcp-Param-… headers are named by tools' schemas.
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
