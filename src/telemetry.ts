import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';
import { TediousInstrumentation } from '@opentelemetry/instrumentation-tedious';
import { NodeSDK } from '@opentelemetry/sdk-node';

export interface TelemetrySettings {
  /** What OTEL_SERVICE_NAME says, or the server's own name. */
  readonly serviceName: string;
}

/** Old and new names of the statement's text in the semantic conventions for databases. */
const STATEMENT_ATTRIBUTES = ['db.statement', 'db.query.text', 'db.query.summary'];

/** Statements may hold data: the texts that the driver's instrumentation notes are taken away before anything leaves. */
class DiscreetExporter extends OTLPTraceExporter {
  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    for (const span of spans) for (const name of STATEMENT_ATTRIBUTES) delete span.attributes[name];
    super.export(spans, done);
  }
}

const QUIET_PATHS = /^(?:\/[a-z0-9-]+)?\/health(?:\/|$|\?)/;

/**
 * Tracing, for whoever sets the standard OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT): the SDK reads the rest of
 * the OTEL_* variables itself. To be called before the modules it instruments are loaded. Spans hold no statement texts,
 * parameters or tokens. The function it returns flushes and stops.
 */
export function startTelemetry(settings: TelemetrySettings): () => Promise<void> {
  const sdk = new NodeSDK({
    serviceName: settings.serviceName,
    traceExporter: new DiscreetExporter(),
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: request => QUIET_PATHS.test(request.url ?? '') }),
      new ExpressInstrumentation(),
      new NestInstrumentation(),
      new TediousInstrumentation(),
    ],
  });
  sdk.start();
  return () => sdk.shutdown();
}
