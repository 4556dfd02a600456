import { setLogLevel } from './common/log.js';
import { ConfigError } from './config/faults.js';
import { readProcessConfig } from './config/read-config.js';
import type { ServerConfig } from './config/server.config.js';
import { serve } from './serve.js';

/** Exit code 1 and one message for what an administrator can mend; anything else is a defect and keeps its stack. */
async function main(): Promise<void> {
  let config: ServerConfig;
  try {
    config = readProcessConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  setLogLevel(config.logLevel);
  await serve(config);
}

await main();
