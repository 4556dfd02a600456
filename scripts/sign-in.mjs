// Gets an access token as an MCP client does (discovery, registration, PKCE, sign-in, consent) and prints it.
//   node scripts/sign-in.mjs https://mcp.example.com/demo                         prints the page to visit
//   MCP_USER=… MCP_PASSWORD=… node scripts/sign-in.mjs http://127.0.0.1:8008/demo signs in by itself
// --write also asks for sql:write. The script runs on Node 20 and needs no packages.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

const args = process.argv.slice(2);
const write = args.includes('--write');
const base = args.find(arg => !arg.startsWith('--'))?.replace(/\/+$/, '');
if (!base || !URL.canParse(base)) {
  console.error('Usage: [MCP_USER=… MCP_PASSWORD=…] node scripts/sign-in.mjs https://mcp.example.com/demo [--write]');
  process.exit(2);
}
const { MCP_USER, MCP_PASSWORD } = process.env;
const { origin, pathname } = new URL(base);

async function json(url, init) {
  const reply = await fetch(url, { signal: AbortSignal.timeout(30_000), ...init });
  const body = await reply.json().catch(() => ({}));
  if (!reply.ok)
    throw new Error(
      `${new URL(url).pathname} answered ${reply.status}: ${body.error_description ?? body.message ?? body.error ?? ''}`,
    );
  return body;
}

/** Replaces the browser: keeps cookies, follows redirects up to the client's callback, fills in forms. */
class Visitor {
  cookies = new Map();

  async open(url, init = {}) {
    for (let hop = 0; hop < 10; hop++) {
      if (url.startsWith(callback)) return { url };
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const reply = await fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.timeout(30_000),
        ...init,
        headers: { ...init.headers, cookie },
      });
      for (const line of reply.headers.getSetCookie()) {
        const [pair] = line.split(';');
        const at = pair.indexOf('=');
        if (pair.slice(at + 1) === '') this.cookies.delete(pair.slice(0, at));
        else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
      const location = reply.headers.get('location');
      if (location === null) return { url, status: reply.status, text: await reply.text() };
      url = new URL(location, url).href;
      init = {};
    }
    throw new Error('too many redirects');
  }

  submit(page, fields) {
    const unescape = text => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
    const form = /<form[^>]*>[\s\S]*?<\/form>/.exec(page.text)?.[0];
    if (form === undefined) throw new Error(`the page has no form (HTTP ${page.status})`);
    const action = unescape(/action="([^"]*)"/.exec(form)?.[1] ?? '');
    const body = new URLSearchParams();
    for (const [input] of form.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      const isChoice = /type="(?:checkbox|radio)"/.test(input);
      if (name && (/type="hidden"/.test(input) || (isChoice && /\schecked/.test(input))))
        body.append(name, unescape(/value="([^"]*)"/.exec(input)?.[1] ?? 'on'));
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.open(new URL(action, page.url).href, {
      method: 'POST',
      body,
      headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    });
  }
}

const listener = http.createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const callback = `http://127.0.0.1:${listener.address().port}/callback`;

async function visitAsPerson(url) {
  if (!MCP_USER || !MCP_PASSWORD) {
    console.error(`Open this page, sign in and allow the access:\n\n  ${url}\n`);
    const [request, reply] = await once(listener, 'request', { signal: AbortSignal.timeout(600_000) });
    reply.end('You may close this page.');
    return new URL(request.url, callback).href;
  }
  const visitor = new Visitor();
  let page = await visitor.open(url);
  if (page.text?.includes('name="password"'))
    page = await visitor.submit(page, { username: MCP_USER, password: MCP_PASSWORD });
  if (page.text?.includes('name="password"')) throw new Error('user or password is wrong');
  if (page.text?.includes('name="decision"'))
    page = await visitor.submit(page, { decision: 'approve', scope: write ? 'sql:write' : 'sql:read' });
  return page.url;
}

try {
  const metadata = await json(`${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`);
  const client = await json(metadata.registration_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'sign-in.mjs',
      redirect_uris: [callback],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    }),
  });
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const authorize = new URL(metadata.authorization_endpoint);
  authorize.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: callback,
    response_type: 'code',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state,
    scope: write ? 'sql:read sql:write' : 'sql:read',
    resource: `${base}/sse`,
  }).toString();
  const end = new URL(await visitAsPerson(authorize.href));
  if (!end.href.startsWith(callback)) throw new Error('the sign-in did not come back to this client');
  if (end.searchParams.get('state') !== state) throw new Error('the state came back changed');
  const code = end.searchParams.get('code');
  if (code === null)
    throw new Error(`refused: ${end.searchParams.get('error_description') ?? end.searchParams.get('error')}`);
  const token = await json(metadata.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: callback,
      client_id: client.client_id,
      resource: `${base}/sse`,
    }),
  });
  console.log(token.access_token);
} catch (error) {
  // fetch gives the reason only in the cause.
  console.error(`sign-in: ${error.cause?.code ? `${base} does not answer (${error.cause.code})` : error.message}`);
  process.exitCode = 1;
} finally {
  listener.close();
}
