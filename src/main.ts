import { ConfigError } from './config/faults.js';
import { readProcessConfig } from './config/read-config.js';
import type { ServerConfig } from './config/server.config.js';
import { readTracing } from './config/tracing-environment.js';

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
  const extensions = await startTracing();
  // Only now: tracing must be there before the modules it watches.
  const { serve } = await import('./serve.js');
  await serve(config, extensions);
}

/** Nothing of it is loaded unless the environment asks. */
async function startTracing() {
  const asked = readTracing();
  if (asked === undefined) return [];
  const { startTelemetry, watchImports } = await import('./telemetry.js');
  watchImports();
  const stop = startTelemetry(asked);
  // The server's own end flushes it.
  return [
    { module: class TracingModule {}, providers: [{ provide: stop, useValue: { onApplicationShutdown: stop } }] },
  ];
}

await main();
