import type * as ast from '../../parser/ast.ts';
import type { BoundExpression } from '../contracts.ts';
import { bindAggregate } from '../functions/aggregates.ts';
import type { AggregateCall } from '../query/aggregate.ts';
import type { SortKey } from '../query/sort.ts';
import { notSupported, SqlError } from '../sql-error.ts';
import { INT, TINYINT } from '../types.ts';
import { bindExpression } from './bind-expression.ts';
import { expressionKey, hasSubquery } from './expression-key.ts';
import { groupingKey } from './resolve-column.ts';
import type { Clause, Scope } from './scope.ts';

/** An aggregate of a grouped query: its argument is bound over the rows that are grouped, its result is in the group's row. */
export function bindAggregateCall(node: ast.FunctionCall, name: string, scope: Scope): BoundExpression {
  const { grouping } = scope;
  if (!grouping) throw misplaced(scope.clause);
  const text = expressionKey(node, grouping.input);
  let place = grouping.calls.findIndex(call => call.text === text);
  if (place < 0) place = grouping.calls.push({ ...bindCall(node, name, grouping.input), text }) - 1;
  const ordinal = grouping.setOrdinal + 1 + place;
  return { type: grouping.calls[place]!.aggregate.type, evaluate: env => env.row[ordinal]! };
}

/** The call itself, its arguments bound over `scope`. */
export function bindCall(node: ast.FunctionCall, name: string, scope: Scope): AggregateCall {
  if (node.args.some(hasSubquery)) {
    throw new SqlError(
      130,
      'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
      15,
    );
  }
  const outerReferences = scope.references;
  const outerClause = scope.clause;
  const { windows, correlated } = scope;
  const references = new Set<number>();
  try {
    scope.references = references;
    scope.clause = 'aggregate';
    scope.windows = undefined;
    scope.correlated = false;
    const args = node.args.map(arg => bindExpression(arg, scope));
    const order = node.withinGroup?.map((item): SortKey => {
      const bound = bindExpression(item.expression, scope);
      return { type: bound.type, descending: item.descending, evaluate: env => bound.evaluate(env) };
    });
    if (scope.correlated && references.size === 0 && !node.over)
      throw notSupported('aggregates over columns of an enclosing query', node.line);
    if (node.withinGroup && name !== 'STRING_AGG')
      throw new SqlError(10757, `The function '${node.name[0]!}' may not have a WITHIN GROUP clause.`, 15);
    const aggregate = bindAggregate(
      name,
      args.map(arg => arg.type),
      { distinct: node.distinct, star: node.star },
    );
    if (!aggregate) throw new SqlError(195, `'${node.name[0]!}' is not a recognized built-in function name.`, 15);
    return { aggregate, args, ...(order?.length ? { order } : {}) };
  } finally {
    for (const i of references) outerReferences?.add(i);
    scope.references = outerReferences;
    scope.clause = outerClause;
    scope.windows = windows;
    scope.correlated ||= correlated;
  }
}

/** GROUPING(e) and GROUPING_ID(e, …): read from the number of the grouping set in the group's row. */
export function bindGrouping(node: ast.FunctionCall, scope: Scope): BoundExpression {
  const { grouping } = scope;
  if (!grouping) throw new SqlError(8158, 'GROUPING and GROUPING_ID may only be used with a GROUP BY clause.');
  const name = node.name[0]!.toUpperCase();
  if (node.args.length < 1 || (name === 'GROUPING' && node.args.length > 1))
    throw new SqlError(174, `The ${name} function requires 1 argument(s).`, 15);
  const keys = node.args.map((arg, i) => {
    const key = groupingKey(grouping, expressionKey(arg, grouping.input));
    if (key < 0)
      throw new SqlError(
        8161,
        `Argument ${i + 1} of the ${name} function does not match any of the expressions in the GROUP BY clause.`,
      );
    return key;
  });
  const values = grouping.sets.map(set => keys.reduce((value, key) => value * 2 + (set.includes(key) ? 0 : 1), 0));
  const ordinal = grouping.setOrdinal;
  return { type: name === 'GROUPING' ? TINYINT : INT, evaluate: env => values[env.row[ordinal] as number]! };
}

/** The error of an aggregate in a clause that does not allow it. */
function misplaced(clause: Clause): SqlError {
  const unless =
    'unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.';
  switch (clause) {
    case 'where':
      return new SqlError(147, `An aggregate may not appear in the WHERE clause ${unless}`, 15);
    case 'on':
      return new SqlError(
        1015,
        `An aggregate cannot appear in an ON clause ${unless.replace('a select', 'select')}`,
        15,
      );
    case 'group by':
      return new SqlError(
        144,
        'Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.',
        15,
      );
    case 'aggregate':
      return new SqlError(
        130,
        'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
        15,
      );
    case 'set':
      return new SqlError(157, 'An aggregate may not appear in the set list of an UPDATE statement.', 15);
    case 'values':
      return new SqlError(175, 'An aggregate may not appear in a computed column expression or check constraint.', 15);
    default:
      return new SqlError(147, `An aggregate may not appear in the WHERE clause ${unless}`, 15);
  }
}
