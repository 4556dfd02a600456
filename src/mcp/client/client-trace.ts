import { context, propagation } from '@opentelemetry/api';

const MAX_TRACESTATE = 512;

/** Runs a function in the trace that the client names in `_meta` (MCP SEP-414; W3C Trace Context), if tracing is on. */
export function inClientTrace<T>(meta: Readonly<Record<string, unknown>>, run: () => T): T {
  const { traceparent, tracestate } = meta;
  if (typeof traceparent !== 'string' || traceparent.length > 128) return run();
  const known = typeof tracestate === 'string' && tracestate.length <= MAX_TRACESTATE;
  const carrier = { traceparent, ...(known ? { tracestate } : {}) };
  return context.with(propagation.extract(context.active(), carrier), run);
}
