import { ConfigError } from './config/faults.js';
import { shareProxyVariables } from './config/namespaces/proxy.config.js';
import { readProcessConfig } from './config/read-config.js';
import type { ServerConfig } from './config/server.config.js';
import { readTracing } from './config/tracing-environment.js';
import type { Extensions } from './serve.js';

/**
 * Starts the server from the environment of its process; with faults it lists them and exits 1. `extensions` imports
 * modules of a team's own. It is called after tracing has started, because modules imported earlier are not traced.
 */
export async function start(extensions: () => Promise<Extensions> = async () => []): Promise<void> {
  const config = configOrExit();
  shareProxyVariables();
  const tracing = await startTracing();
  const { serve } = await import('./serve.js');
  await serve(config, [...tracing, ...(await extensions())]);
}

/** A ConfigError is printed without its stack; any other error is a defect. */
function configOrExit(): ServerConfig {
  try {
    return readProcessConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return exitWith(error);
  }
}

function exitWith({ message }: ConfigError): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Loads the tracing libraries only when the environment asks for traces. */
async function startTracing(): Promise<Extensions> {
  const asked = readTracing();
  if (asked === undefined) return [];
  const { missingPackages } = await import('./telemetry/tracing-packages.js');
  const missing = missingPackages();
  if (missing !== undefined) return exitWith(new ConfigError([missing]));
  const { startTelemetry, watchImports } = await import('./telemetry/telemetry.js');
  watchImports();
  const stop = startTelemetry(asked);
  // Nest calls it at shutdown, so that the last spans are exported.
  return [
    { module: class TracingModule {}, providers: [{ provide: stop, useValue: { onApplicationShutdown: stop } }] },
  ];
}
