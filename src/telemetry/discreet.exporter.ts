import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';

type Spans = Parameters<OTLPTraceExporter['export']>[0];
type Span = Spans[number];

/** Old and new names of the statement's text in the semantic conventions for databases. */
const STATEMENTS = new Set(['db.statement', 'db.query.text', 'db.query.summary']);

/**
 * What may leave of the instrumentations' spans. Not on the list: statements, and URLs, whose queries hold authorization
 * codes and whose paths hold what strangers type.
 */
const KNOWN = new Set([
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'http.method',
  'http.status_code',
  'network.protocol.version',
  'network.peer.address',
  'server.address',
  'server.port',
  'client.address',
  'db.system.name',
  'db.namespace',
  'db.operation.name',
  'db.response.status_code',
  'error.type',
]);
const KNOWN_KINDS = /^(?:express|nestjs|tedious)\./;

/** Sends spans without what the log would not hold either: statements, values in the texts of errors, codes in URLs. */
export class DiscreetExporter extends OTLPTraceExporter {
  override export(spans: Spans, done: Parameters<OTLPTraceExporter['export']>[1]): void {
    super.export(spans.map(discreet), done);
  }
}

function discreet(span: Span): Span {
  // Spans of ours, and of a team's own tools, say what their authors chose.
  const foreign = span.instrumentationScope.name.startsWith('@opentelemetry/');
  const mayLeave = (name: string) => (foreign ? KNOWN.has(name) || KNOWN_KINDS.test(name) : !STATEMENTS.has(name));
  return Object.create(span, {
    attributes: { value: Object.fromEntries(Object.entries(span.attributes).filter(([name]) => mayLeave(name))) },
    // A driver's message may carry values of rows, and so do the exceptions that are noted as events.
    ...(foreign ? { status: { value: { code: span.status.code } }, events: { value: [] } } : {}),
  }) as Span;
}
