import { converter } from '../../engine/convert.ts';
import { compileExpression } from '../../engine/query/compile-query.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { Value } from '../../engine/sql-type.ts';
import { UNTYPED_NULL } from '../../engine/types.ts';
import { tableContext } from '../contexts.ts';
import { parseCache } from '../parse-cache.ts';
import { resolveDeclaredType } from '../resolve-type.ts';
import type { SessionState } from '../session-state.ts';
import { fullTypeName, tableTypeOf } from '../table-types.ts';
import type { DeclaredParameter, DynamicParameter } from './parameters.ts';
import { convertArgument, type CallArgument } from './procedure-call.ts';

/** '@a int, @b nvarchar(50) = N''x'' OUTPUT', as sp_executesql takes it. */
export function parseParameterList(session: SessionState, declaration: string): readonly DeclaredParameter[] {
  if (declaration.trim() === '') return [];
  const [statement] = parseCache.parse(`CREATE PROCEDURE p ${declaration}\nAS RETURN`, true);
  if (statement?.kind !== 'create procedure') throw new SqlError(102, 'Incorrect syntax in a parameter list.', 15);
  return statement.parameters.map((parameter, i) => {
    const table = tableTypeOf(session, parameter.type);
    if (table) {
      const tableType = fullTypeName(table);
      return { name: parameter.name, type: UNTYPED_NULL, output: false, hasDefault: false, default: null, tableType };
    }
    const { type } = resolveDeclaredType(parameter.type, session.database, 'dbo', i + 1);
    let value: Value = null;
    if (parameter.default) {
      const compiled = compileExpression(parameter.default, tableContext(session, session.database, 'dbo'));
      const given = compiled.evaluate([], session.ticker);
      value = given === null ? null : converter(compiled.type, type, { implicit: true })(given);
    }
    return {
      name: parameter.name,
      type,
      output: parameter.output,
      hasDefault: parameter.default !== undefined,
      default: value,
    };
  });
}

/** Gives each declared parameter its argument. Errors 8178, 8144, 8145, 8162. */
export function bindArguments(
  declared: readonly DeclaredParameter[],
  args: readonly CallArgument[],
  shown: string,
): DynamicParameter[] {
  const given = new Map<DeclaredParameter, CallArgument>();
  args.forEach((argument, position) => {
    const wanted = argument.name.toLowerCase();
    const parameter =
      wanted === '' ? declared[position] : declared.find(candidate => candidate.name.toLowerCase() === wanted);
    if (!parameter) {
      if (wanted === '') throw new SqlError(8144, 'Procedure or function  has too many arguments specified.', 16, 2);
      throw new SqlError(8145, `${argument.name} is not a parameter for procedure .`, 16, 2);
    }
    if (argument.assign && !parameter.output) {
      throw new SqlError(
        8162,
        `The formal parameter "${parameter.name}" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.`,
        16,
        2,
      );
    }
    given.set(parameter, argument);
  });
  return declared.map(parameter => {
    const argument = given.get(parameter);
    if ((!argument || argument.useDefault) && !parameter.hasDefault) {
      throw new SqlError(
        8178,
        `The parameterized query '${shown}' expects the parameter '${parameter.name}', which was not supplied.`,
      );
    }
    if (parameter.tableType !== undefined) {
      const { name, type, tableType } = parameter;
      return { name, type, value: null, tableType, ...(argument?.table ? { table: argument.table } : {}) };
    }
    const value = !argument || argument.useDefault ? parameter.default : convertArgument(argument, parameter.type);
    return {
      name: parameter.name,
      type: parameter.type,
      value,
      ...(argument?.assign ? { assign: argument.assign } : {}),
    };
  });
}

/** How error 8178 shows a query: its declaration and the beginning of its text. */
export const shownQuery = (declaration: string, text: string): string =>
  `${declaration === '' ? '' : `(${declaration})`}${text}`.slice(0, 128);
