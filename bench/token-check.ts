// Measures the check of an access token with each state store:
// `node --import ./test/support/ts-hooks.mjs bench/token-check.ts`. A token is warm if this process has checked it
// within the last second, else cold.
import { randomBytes } from 'node:crypto';
import { TokenService } from '../src/oauth/resource-server/token.service.js';
import { TenantsService } from '../src/tenancy/tenants.service.js';
import { accessTokenFor } from '../test/support/access-token.js';
import { startOAuthServer } from '../test/support/oauth-server.js';
import { startRedis } from '../test/support/redis.js';
import { findProgram } from '../test/support/system-programs.js';

const TOKENS = 1_000;
const ROUNDS = 20;

interface TokenCheckTimes {
  /** The median, in milliseconds. */
  readonly cold: number;
  readonly warm: number;
}

async function measureTokenCheck(env: Readonly<Record<string, string>>): Promise<TokenCheckTimes> {
  const server = await startOAuthServer({ env });
  try {
    const tenant = server.app.get(TenantsService).byName('demo');
    if (tenant === undefined) throw new Error('no tenant');
    const tokens = server.app.get(TokenService);
    const values: string[] = [];
    for (let index = 0; index < TOKENS; index++) values.push(await accessTokenFor(server.app, tenant));
    const timed = async (value: string): Promise<number> => {
      const begun = performance.now();
      if ((await tokens.principalOf(value, tenant)) === undefined) throw new Error('refused');
      return performance.now() - begun;
    };
    const cold: number[] = [];
    for (const value of values) cold.push(await timed(value));
    const warm: number[] = [];
    const last = values.slice(-50);
    for (let round = 0; round < ROUNDS; round++) for (const value of last) warm.push(await timed(value));
    return { cold: median(cold), warm: median(warm) };
  } finally {
    await server.close();
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const report = (store: string, { cold, warm }: TokenCheckTimes): void =>
  console.log(`${store.padEnd(8)} cold ${cold.toFixed(3)} ms   warm ${warm.toFixed(4)} ms   (median)`);
report('SQLite', await measureTokenCheck({}));
if (findProgram('redis-server') === undefined) console.log('Redis    skipped: needs redis-server');
else {
  const redis = await startRedis();
  report('Redis', await measureTokenCheck({ STATE_STORE: redis.url, STATE_KEY: randomBytes(32).toString('base64') }));
  await redis.stop();
}
process.exit(0);
