import type * as ast from '../../parser/ast.ts';
import type { BoundExpression, Env } from '../contracts.ts';
import { AGGREGATE_NAMES } from '../functions/aggregates.ts';
import type { FunctionArgument } from '../functions/context.ts';
import { bindScalarFunction } from '../functions/registry.ts';
import { notSupported, SqlError } from '../sql-error.ts';
import { bindAggregateCall, bindGrouping } from './bind-aggregate.ts';
import type { ParameterDefinition } from './bind-context.ts';
import { bindExpression, coerce, constant, optionally } from './bind-expression.ts';
import { bindWindowFunction, WINDOW_NAMES } from './bind-window.ts';
import type { Scope } from './scope.ts';

/** Functions whose first argument is a datepart, not a column. */
const DATEPART_FUNCTIONS: ReadonlySet<string> = new Set([
  'DATEADD',
  'DATEDIFF',
  'DATEDIFF_BIG',
  'DATEPART',
  'DATENAME',
  'DATETRUNC',
  'DATE_BUCKET',
]);

const REFUSED: ReadonlySet<string> = new Set([
  'APPROX_PERCENTILE_CONT',
  'APPROX_PERCENTILE_DISC',
  'JSON_ARRAYAGG',
  'JSON_OBJECTAGG',
  'PRODUCT',
]);

export const isAggregate = (node: ast.FunctionCall): boolean =>
  node.name.length === 1 && AGGREGATE_NAMES.has(node.name[0]!.toUpperCase()) && !node.over;

export const isGroupingFunction = (node: ast.FunctionCall): boolean =>
  node.name.length === 1 && /^GROUPING(_ID)?$/i.test(node.name[0]!) && !node.over;

export function bindFunction(node: ast.FunctionCall, scope: Scope): BoundExpression {
  if (node.name.length > 1) return bindUserFunction(node, scope);
  const name = node.name[0]!.toUpperCase();
  if (REFUSED.has(name)) throw notSupported(`the function ${name}`, node.line);
  if (node.over || WINDOW_NAMES.has(name)) return bindWindowFunction(node, name, scope);
  if (isGroupingFunction(node)) return bindGrouping(node, scope);
  if (AGGREGATE_NAMES.has(name)) return bindAggregateCall(node, name, scope);
  if (node.withinGroup)
    throw new SqlError(10757, `The function '${node.name[0]!}' may not have a WITHIN GROUP clause.`, 15);
  if (node.distinct || node.star || node.nulls)
    throw new SqlError(
      102,
      `Incorrect syntax near '${node.distinct ? 'DISTINCT' : node.star ? '*' : node.name[0]!}'.`,
      15,
    );
  const bindArgs = (): FunctionArgument[] =>
    node.args.map((arg, i): FunctionArgument => {
      if (i === 0 && DATEPART_FUNCTIONS.has(name) && arg.kind === 'column' && arg.parts.length === 1)
        return { keyword: arg.parts[0]! };
      // The argument is one of the words VALUE, ARRAY, OBJECT, SCALAR.
      if (i === 1 && name === 'ISJSON' && arg.kind === 'column' && arg.parts.length === 1)
        return { keyword: arg.parts[0]! };
      return bindExpression(arg, scope);
    });
  const args = name === 'COALESCE' || name === 'ISNULL' || name === 'CHOOSE' ? optionally(scope, bindArgs) : bindArgs();
  const bound = bindScalarFunction(name, args, scope.context.functions);
  if (!bound) throw new SqlError(195, `'${node.name[0]!}' is not a recognized built-in function name.`, 15);
  return bound;
}

function bindUserFunction(node: ast.FunctionCall, scope: Scope): BoundExpression {
  const found = scope.context.resolveScalarFunction(node.name);
  const shown = node.name.join('.');
  if (!found) {
    throw new SqlError(
      4121,
      `Cannot find either column "${node.name[0]!}" or the user-defined function or aggregate "${shown}", or the name is ambiguous.`,
    );
  }
  if (node.over || node.distinct || node.star)
    throw new SqlError(
      4113,
      `The function '${shown}' is not a valid windowing function, and cannot be used with the OVER clause.`,
    );
  scope.context.checkPermission('EXECUTE', found);
  const args = bindArguments(shown, node.args, found.parameters, scope);
  return { type: found.returns, evaluate: (env: Env) => found.call(args.map(arg => arg.evaluate(env))) };
}

/** The arguments of a user-defined function, converted to its parameters' types; DEFAULT takes the parameter's. */
export function bindArguments(
  name: string,
  args: readonly ast.Expression[],
  parameters: readonly ParameterDefinition[],
  scope: Scope,
): BoundExpression[] {
  if (args.length < parameters.length)
    throw new SqlError(313, `An insufficient number of arguments were supplied for the procedure or function ${name}.`);
  if (args.length > parameters.length)
    throw new SqlError(8144, `Procedure or function ${name} has too many arguments specified.`);
  return parameters.map((parameter, i) => {
    const arg = args[i]!;
    // DEFAULT is a reserved word: the parser gives it as a column of that name only here.
    if (arg.kind === 'column' && arg.parts.length === 1 && arg.parts[0]!.toUpperCase() === 'DEFAULT') {
      if (!parameter.hasDefault && parameter.default === undefined) {
        throw new SqlError(
          201,
          `Procedure or function '${name}' expects parameter '${parameter.name}', which was not supplied.`,
        );
      }
      return constant(parameter.type, parameter.default ?? null);
    }
    return coerce(bindExpression(arg, scope), parameter.type);
  });
}
