import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPTS = fileURLToPath(new URL('../../../scripts', import.meta.url));

/** Tells a person how to connect: the URLs, the user, and lines to paste into clients and a POSIX shell. */
export function demoText(url: string, password: string): string {
  const person = `MCP_USER=demo MCP_PASSWORD=${quoted(password)}`;
  const query = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'execute_sql', arguments: { query: 'SELECT TOP 5 * FROM sales.Orders' } },
  });
  return `
MSSQL MCP Server with an embedded sample database. Press Ctrl-C to stop it.

  MCP URL      ${url}/demo/sse          (read-only)
               ${url}/workshop/sse      (read and write)
  Sign in as   user demo, password ${password}

Claude Code (then enter /mcp and sign in):
  claude mcp add --transport http mssql-demo ${url}/demo/sse

Then ask, for example:
  What was our revenue by category last quarter?
  Which transactions failed in the last hour, and why?
  What does a new customer cost us in each region?
  Which of our customers are in California, and how many ordered again this year?

MCP Inspector (a page opens; press Connect and sign in):
  npx @modelcontextprotocol/inspector@2 --transport http --server-url ${url}/demo/sse

curl:
  TOKEN=$(${person} node ${script('sign-in.mjs')} ${url}/demo)
  curl -s ${url}/demo/sse -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '${query}'

Check every step of a client:
  ${person} bash ${script('e2e-test.sh')} ${url}/demo
`;
}

/** The path of a script as a person types it: short in a checkout, whole where the package is installed elsewhere. */
function script(name: string): string {
  const file = path.join(SCRIPTS, name);
  const relative = path.relative(process.cwd(), file);
  const text = relative.startsWith('..') ? file : relative;
  return /^[\w@./-]+$/.test(text) ? text : quoted(text);
}

/** Quotes for bash: https://www.gnu.org/software/bash/manual/html_node/Single-Quotes.html */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
