import { processVariables, withEnvFile } from './environment.js';

const SERVICE_NAME = 'mssql-mcp-server';

export interface TracingRequest {
  /** OTEL_SERVICE_NAME, or the server's name. */
  readonly serviceName: string;
}

/**
 * Whether the standard variables ask for traces; undefined when they do not. The SDK reads `process.env` itself, so the
 * OTEL_… variables of `.env` are copied there. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readTracing(
  env: Record<string, string | undefined> = processVariables(),
  file?: string,
): TracingRequest | undefined {
  for (const [name, value] of Object.entries(withEnvFile(env, file))) {
    if (name.startsWith('OTEL_')) env[name] ??= value;
  }
  const text = (name: string) => env[name]?.trim() ?? '';
  if (text('OTEL_SDK_DISABLED').toLowerCase() === 'true') return undefined;
  const exporter = text('OTEL_TRACES_EXPORTER').toLowerCase();
  const endpoint = text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') || text('OTEL_EXPORTER_OTLP_ENDPOINT');
  // OTLP over HTTP is the only exporter: `console` would write between the lines of the log.
  const asked = exporter === '' ? endpoint !== '' : exporter.split(',').some(name => name.trim() === 'otlp');
  return asked ? { serviceName: text('OTEL_SERVICE_NAME') || SERVICE_NAME } : undefined;
}
