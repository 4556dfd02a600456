import { ConfigError } from './config/faults.js';
import { readProcessConfig } from './config/read-config.js';
import type { ServerConfig } from './config/server.config.js';
import { readTracing } from './config/tracing-environment.js';
import type { Extensions } from './serve.js';

/**
 * A process of the server, from its environment: says all that is wrong with it and exits 1, starts tracing when asked,
 * then serves. `extensions` imports modules of a team's own; it is called only then, since what was imported before
 * tracing began would not be traced.
 */
export async function start(extensions: () => Promise<Extensions> = async () => []): Promise<void> {
  const config = configOrExit();
  const tracing = await startTracing();
  const { serve } = await import('./serve.js');
  await serve(config, [...tracing, ...(await extensions())]);
}

/** One message for what an administrator can mend; anything else is a defect and keeps its stack. */
function configOrExit(): ServerConfig {
  try {
    return readProcessConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Nothing of it is loaded unless the environment asks. */
async function startTracing(): Promise<Extensions> {
  const asked = readTracing();
  if (asked === undefined) return [];
  const { startTelemetry, watchImports } = await import('./telemetry/telemetry.js');
  watchImports();
  const stop = startTelemetry(asked);
  // The server's own end flushes it.
  return [
    { module: class TracingModule {}, providers: [{ provide: stop, useValue: { onApplicationShutdown: stop } }] },
  ];
}
