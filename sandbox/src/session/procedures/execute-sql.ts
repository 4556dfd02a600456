import { SqlError } from '../../engine/sql-error.ts';
import { isString, isUnicode } from '../../engine/types.ts';
import { runDynamic } from './dynamic.ts';
import { bindArguments, parseParameterList, shownQuery } from './parameter-list.ts';
import type { BuiltInProcedure, CallArgument } from './procedure-call.ts';

const STATEMENT_NAMES = ['@stmt', '@statement'];
const PARAMETERS_NAMES = ['@params', '@parameters'];

/**
 * sp_executesql @stmt [, @params [, values …]]. Line numbers and errors are those of the text it runs. With a database in
 * front of its name (`Other.sys.sp_executesql`) the text runs there.
 */
export const executeSql: BuiltInProcedure = function* (call) {
  const { session, frame, sink } = call;
  const rest = [...call.args];
  const statement = take(rest, STATEMENT_NAMES);
  if (!statement)
    throw new SqlError(
      201,
      "Procedure or function 'sp_executesql' expects parameter '@statement', which was not supplied.",
      16,
      10,
    );
  const text = unicodeText(statement, '@statement', 'ntext/nchar/nvarchar');
  const declaration = take(rest, PARAMETERS_NAMES);
  const declarations = declaration ? unicodeText(declaration, '@parameters', 'ntext/nchar/nvarchar') : '';
  const parameters = bindArguments(parseParameterList(session, declarations), rest, shownQuery(declarations, text));
  return yield* runDynamic(session, frame, sink, text, parameters, call.database, declarations);
};

/** The argument of that name, or the next one given by position. */
export function take(args: CallArgument[], names: readonly string[]): CallArgument | undefined {
  const named = args.findIndex(argument => names.includes(argument.name.toLowerCase()));
  if (named >= 0) return args.splice(named, 1)[0];
  return args[0]?.name === '' ? args.shift() : undefined;
}

/** Error 214 unless it is Unicode text; NULL is an empty text. */
export function unicodeText(argument: CallArgument, name: string, types: string): string {
  if (argument.value === null) return '';
  if (!isString(argument.type) || !isUnicode(argument.type))
    throw new SqlError(214, `Procedure expects parameter '${name}' of type '${types}'.`, 16, 2);
  return argument.value as string;
}
