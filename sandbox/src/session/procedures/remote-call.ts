import type { RequestOutcome, RequestParameter, Steps } from '../../engine/contracts.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import type { Frame } from '../frame.ts';
import { runRequest } from '../interpreter.ts';
import { splitName } from '../session-security.ts';
import type { SessionState } from '../session-state.ts';
import { tableFromClient } from '../table-types.ts';
import type { CallArgument } from './procedure-call.ts';
import { runProcedure } from './run-procedure.ts';

interface Output {
  readonly name: string;
  type: SqlType;
  value: Value;
}

/** A procedure called by RPC, with what its OUTPUT parameters hold at the end. */
export function* callFromClient(
  session: SessionState,
  frame: Frame,
  name: string,
  parameters: readonly RequestParameter[],
): Steps<RequestOutcome> {
  const outputs: Output[] = [];
  const argumentOf = (parameter: RequestParameter): CallArgument => {
    const written = parameter.name === '' || parameter.name.startsWith('@') ? parameter.name : `@${parameter.name}`;
    const argument = { name: written, type: parameter.type, value: parameter.value };
    if (parameter.table) return { ...argument, table: tableFromClient(session, frame, written, parameter.table) };
    if (!parameter.output) return argument;
    const output: Output = { name: written, type: parameter.type, value: parameter.value };
    outputs.push(output);
    return {
      ...argument,
      assign: (value, type) => {
        output.value = value;
        output.type = type;
      },
    };
  };
  const returnStatus = yield* runRequest(session, function* () {
    const args = parameters.map(argumentOf);
    return yield* runProcedure({ session, frame, sink: frame.sink, name, args, line: 1 }, splitName(name));
  });
  return { returnStatus, outputs };
}

/** The text that sys.dm_exec_requests shows: that of sp_executesql, else the procedure's name. */
export function requestText(name: string, parameters: readonly RequestParameter[]): string {
  const text = /^(sys\.)?sp_(executesql|prepexec)$/i.test(name)
    ? parameters.find(parameter => typeof parameter.value === 'string')
    : undefined;
  return typeof text?.value === 'string' ? text.value : name;
}
