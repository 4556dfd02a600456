import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { signIn } from '../test/support/oauth-login.ts';
import { addUser } from '../test/support/oauth-server.ts';
import type { Target } from './bench-database.ts';
import { type BenchServer, startServer } from './bench-server.ts';
import { RepeatedPost } from './http-client.ts';

const PASSWORD = 'bench-Password-2026';

export interface McpServer extends BenchServer {
  /** A call of execute_sql with a token of a person who has signed in. */
  toolsCall(query: string): RepeatedPost;
}

/** Starts the server with sign-in, policy and audit, as it runs in production; `script` is that of another version. */
export async function startMcp(target: Target, script?: string): Promise<McpServer> {
  const usersFile = path.join(mkdtempSync(path.join(os.tmpdir(), 'bench-users-')), 'users.json');
  await addUser(usersFile, 'demo', PASSWORD);
  const server = await startServer(
    {
      MSSQL_HOST: target.host,
      MSSQL_PORT: String(target.port),
      MSSQL_USER: target.user,
      MSSQL_PASSWORD: target.password,
      MSSQL_DATABASE: target.database,
      TrustServerCertificate: 'yes',
      ALLOW_UNAUTH_METHODS: 'false',
      ALLOW_UNAUTH_TOOLS_CALL: 'false',
      USERS_FILE: usersFile,
      // One person may use half of the pool.
      POOL_MAX: '128',
      MAX_ROWS: '1000000',
      MAX_RESULT_BYTES: '10000000',
    },
    script,
  );
  const { accessToken } = await signIn({ url: server.origin, tenant: 'demo', username: 'demo', password: PASSWORD });
  const headers = {
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-06-18',
    authorization: `Bearer ${accessToken}`,
  };
  return {
    ...server,
    toolsCall: query => {
      const params = { name: 'execute_sql', arguments: { query } };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
      return new RepeatedPost(`${server.origin}/demo/mcp`, headers, body);
    },
  };
}
