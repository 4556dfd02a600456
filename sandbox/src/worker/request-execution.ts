import { PAUSE, type EngineSession, type RequestParameter, type ResultSink, type Steps } from '../engine/contracts.ts';
import { notSupported, SqlError } from '../engine/sql-error.ts';
import { PacketType } from '../tds/packet.ts';
import { readBatch, readProcedureCalls, readTransactionRequest } from '../tds/requests.ts';
import type { TdsResponse } from '../tds/response.ts';
import { faultySink, type FaultPlan } from './fault-plan.ts';
import type { SliceTicker } from './slice-ticker.ts';

interface SessionFacts {
  readonly spid: number;
  readonly database: string;
}

/** Decodes a request, executes it in the session and writes the response. */
export function* executeRequest(
  session: EngineSession,
  request: { readonly type: number; readonly body: Uint8Array },
  response: TdsResponse,
  ticker: SliceTicker,
  faults: FaultPlan,
  facts: SessionFacts,
): Steps {
  const sinkFor = (texts: () => readonly string[]): ResultSink => {
    const due = faults.request(texts);
    ticker.deaf ||= due.some(({ kind }) => kind === 'ignore-cancel');
    return due.length === 0 ? response : faultySink(response, due, facts);
  };
  switch (request.type) {
    case PacketType.batch: {
      const sql = readBatch(request.body);
      // Drivers send this statement before bulk rows; it is not valid T-SQL otherwise.
      if (/^\s*insert\s+bulk\b/i.test(sql)) throw notSupported('bulk load');
      yield* session.executeBatch(
        sql,
        sinkFor(() => [sql]),
        ticker,
      );
      return;
    }
    case PacketType.rpc:
      for (const call of readProcedureCalls(request.body)) {
        const sink = sinkFor(() => [call.name, ...textsOf(call.parameters)]);
        response.beginProcedure();
        const outcome = yield* session.executeProcedure(call.name, call.parameters, sink, ticker);
        response.endProcedure(outcome);
        if (ticker.tick()) yield PAUSE;
      }
      return;
    case PacketType.transaction: {
      const { then, ...first } = readTransactionRequest(request.body);
      session.transaction(first, response);
      if (then) session.transaction({ kind: 'begin', ...then }, response);
      return;
    }
    default:
      throw new SqlError(50000, `The sandbox does not support TDS messages of type ${request.type}.`);
  }
}

function textsOf(parameters: readonly RequestParameter[]): string[] {
  return parameters.flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
}
