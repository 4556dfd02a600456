import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';

type Spans = Parameters<OTLPTraceExporter['export']>[0];
type Span = Spans[number];

/** The attributes that contain a statement's text, by the old and the new semantic conventions for databases. */
const STATEMENTS = new Set(['db.statement', 'db.query.text', 'db.query.summary']);

/**
 * The attributes of the instrumentations' spans that are exported. Statements are not among them, and neither are URLs:
 * their queries contain authorization codes, and their paths any text that a client sends.
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

/** Exports spans without what the log must not contain either: statements, values in error messages, codes in URLs. */
export class DiscreetExporter extends OTLPTraceExporter {
  override export(spans: Spans, done: Parameters<OTLPTraceExporter['export']>[1]): void {
    super.export(spans.map(discreet), done);
  }
}

function discreet(span: Span): Span {
  // Our own spans and those of a team's own tools keep all other attributes, which their authors chose.
  const foreign = span.instrumentationScope.name.startsWith('@opentelemetry/');
  const mayLeave = (name: string) => (foreign ? KNOWN.has(name) || KNOWN_KINDS.test(name) : !STATEMENTS.has(name));
  return Object.create(span, {
    attributes: { value: Object.fromEntries(Object.entries(span.attributes).filter(([name]) => mayLeave(name))) },
    // A driver's message may contain row values, and so may the exceptions that are recorded as events.
    ...(foreign ? { status: { value: { code: span.status.code } }, events: { value: [] } } : {}),
  }) as Span;
}
