import { SqlError } from '../../engine/sql-error.ts';
import { INT } from '../../engine/types.ts';
import { parseCache } from '../parse-cache.ts';
import { runDynamic } from './dynamic.ts';
import { take, unicodeText } from './execute-sql.ts';
import { bindArguments, parseParameterList, shownQuery } from './parameter-list.ts';
import type { BuiltInProcedure, CallArgument, ProcedureCall } from './procedure-call.ts';

/** sp_prepare @handle OUTPUT, @params, @stmt [, @options]. It refuses text that cannot be parsed (8180 follows). */
// eslint-disable-next-line require-yield -- the type of a procedure is a generator
export const prepare: BuiltInProcedure = function* (call) {
  const rest = [...call.args];
  const handle = take(rest, ['@handle']);
  handle?.assign?.(create(call, rest), INT);
  return 0;
};

function create(call: ProcedureCall, rest: CallArgument[]): number {
  const params = take(rest, ['@params']);
  const stmt = take(rest, ['@stmt', '@statement']);
  if (!stmt)
    throw new SqlError(
      201,
      `Procedure or function '${call.name}' expects parameter '@stmt', which was not supplied.`,
      16,
      4,
    );
  const text = unicodeText(stmt, '@statement', 'ntext/nchar/nvarchar');
  const declaration = params ? unicodeText(params, '@params', 'ntext/nchar/nvarchar') : '';
  parseCache.parse(text, call.session.options.isOn('QUOTED_IDENTIFIER'));
  return call.session.prepared.add({ text, declaration, parameters: parseParameterList(call.session, declaration) });
}

/** sp_execute @handle, values … */
export const executePrepared: BuiltInProcedure = function* (call) {
  const rest = [...call.args];
  const handle = take(rest, ['@handle']);
  return yield* run(call, Number(handle?.value ?? 0), rest);
};

/** sp_prepexec @handle OUTPUT, @params, @stmt, values … */
export const prepareAndExecute: BuiltInProcedure = function* (call) {
  const rest = [...call.args];
  const handle = take(rest, ['@handle']);
  const id = create(call, rest);
  handle?.assign?.(id, INT);
  return yield* run(call, id, rest);
};

// eslint-disable-next-line require-yield -- the type of a procedure is a generator
export const unprepare: BuiltInProcedure = function* (call) {
  call.session.prepared.remove(Number(call.args[0]?.value ?? 0));
  return 0;
};

function* run(call: ProcedureCall, handle: number, args: readonly CallArgument[]): ReturnType<BuiltInProcedure> {
  const { text, declaration, parameters } = call.session.prepared.get(handle);
  const bound = bindArguments(parameters, args, shownQuery(declaration, text));
  return yield* runDynamic(call.session, call.frame, call.sink, text, bound);
}
