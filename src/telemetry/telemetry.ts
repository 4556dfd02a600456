import { register } from 'node:module';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { TediousInstrumentation } from '@opentelemetry/instrumentation-tedious';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { TracingRequest } from '../config/tracing-environment.js';
import { DiscreetExporter } from './discreet.exporter.js';
import { Nest12Instrumentation } from './nest.instrumentation.js';

const QUIET_PATHS = /^(?:\/[a-z0-9-]+)?\/health(?:\/|$|\?)/;
/** A collector that does not answer must not delay the end of the process. */
const FLUSH_MS = 3_000;
const WATCHED = ['express', 'http', 'https', 'node:http', 'node:https', /\/node_modules\/@nestjs\/core\//];

/**
 * Lets instrumentations patch ES modules too (CommonJS modules they patch by themselves). Call it in this process before
 * the watched modules are imported: https://github.com/open-telemetry/opentelemetry-js/blob/main/doc/esm-support.md
 */
export function watchImports(): void {
  // The hook is a dependency of the SDK, so it is resolved from there.
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.resolve('@opentelemetry/sdk-node'), {
    data: { include: WATCHED },
  });
}

/**
 * Starts tracing, which the administrator turns on with the standard OTEL_… variables (config/tracing-environment.ts);
 * the SDK reads the others itself. Call it before the modules that it instruments are loaded. Spans contain no statement
 * texts, parameters or tokens. The returned function flushes and stops.
 */
export function startTelemetry({ serviceName }: TracingRequest): () => Promise<void> {
  const sdk = new NodeSDK({
    serviceName,
    traceExporter: new DiscreetExporter(),
    // Prometheus reads the metrics and the log goes to stdout; by default the SDK would export both.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: request => QUIET_PATHS.test(request.url ?? '') }),
      new ExpressInstrumentation(),
      new Nest12Instrumentation(),
      new TediousInstrumentation(),
    ],
  });
  sdk.start();
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>(resolve => (timer = setTimeout(resolve, FLUSH_MS)));
    await Promise.race([sdk.shutdown().catch(() => {}), limit]);
    clearTimeout(timer);
  };
}
