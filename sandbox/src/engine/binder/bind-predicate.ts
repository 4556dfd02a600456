import type * as ast from '../../parser/ast.ts';
import type { BoundExpression } from '../contracts.ts';
import { compare, hashKeyFor, isDistinctFrom, like, type Predicate } from '../operators.ts';
import { SharedOperand } from '../shared-operand.ts';
import { SqlError } from '../sql-error.ts';
import type { Value } from '../sql-type.ts';
import { unify } from '../types.ts';
import { bindExpression, coerce, optionally } from './bind-expression.ts';
import { bindFreeText } from './bind-free-text.ts';
import { bindExists, bindInQuery, bindQuantified } from './bind-subquery.ts';
import type { Scope } from './scope.ts';

/** Binds a condition: true, false, or null for UNKNOWN. */
export function bindPredicate(node: ast.Predicate, scope: Scope): Predicate {
  try {
    return bindNode(node, scope);
  } catch (error) {
    if (error instanceof SqlError) error.line ??= node.line;
    throw error;
  }
}

const negated = (predicate: Predicate, negate: boolean): Predicate =>
  negate
    ? env => {
        const value = predicate(env);
        return value === null ? null : !value;
      }
    : predicate;

function bindNode(node: ast.Predicate, scope: Scope): Predicate {
  switch (node.kind) {
    case 'comparison':
      return compare(node.operator, bindExpression(node.left, scope), bindExpression(node.right, scope));
    case 'and':
      return conjunction(node.operands.map(operand => bindPredicate(operand, scope)));
    case 'or':
      return optionally(scope, () => disjunction(node.operands.map(operand => bindPredicate(operand, scope))));
    case 'not':
      return negated(bindPredicate(node.operand, scope), true);
    case 'is null': {
      const operand = bindExpression(node.expression, scope);
      return node.negated ? env => operand.evaluate(env) !== null : env => operand.evaluate(env) === null;
    }
    case 'is distinct from':
      return negated(isDistinctFrom(bindExpression(node.left, scope), bindExpression(node.right, scope)), node.negated);
    case 'between': {
      const operand = bindExpression(node.expression, scope);
      return negated(between(operand, bindExpression(node.low, scope), bindExpression(node.high, scope)), node.negated);
    }
    case 'like': {
      const escape = node.escape && bindExpression(node.escape, scope);
      return negated(
        like(bindExpression(node.expression, scope), bindExpression(node.pattern, scope), escape),
        node.negated,
      );
    }
    case 'in list':
      return negated(
        inList(
          bindExpression(node.expression, scope),
          node.list.map(item => bindExpression(item, scope)),
        ),
        node.negated,
      );
    case 'in query':
      return negated(bindInQuery(bindExpression(node.expression, scope), node.query, scope), node.negated);
    case 'free text':
      return bindFreeText(node, bindExpression(node.text, scope), scope);
    case 'exists':
      return bindExists(node.query, scope);
    case 'quantified comparison':
      return bindQuantified(node, bindExpression(node.left, scope), scope);
  }
}

function between(operand: BoundExpression, low: BoundExpression, high: BoundExpression): Predicate {
  const shared = new SharedOperand(operand);
  const above = compare('>=', shared, low);
  const below = compare('<=', shared, high);
  return env => {
    const value = shared.hold(env);
    shared.take(value);
    const isAbove = above(env);
    if (isAbove === false) return false;
    shared.take(value);
    const isBelow = below(env);
    return isBelow === false ? false : isAbove === null || isBelow === null ? null : true;
  };
}

function conjunction(predicates: readonly Predicate[]): Predicate {
  return env => {
    let result: boolean | null = true;
    for (const predicate of predicates) {
      const value = predicate(env);
      if (value === false) return false;
      if (value === null) result = null;
    }
    return result;
  };
}

function disjunction(predicates: readonly Predicate[]): Predicate {
  return env => {
    let result: boolean | null = false;
    for (const predicate of predicates) {
      const value = predicate(env);
      if (value === true) return true;
      if (value === null) result = null;
    }
    return result;
  };
}

function inList(operand: BoundExpression, items: readonly BoundExpression[]): Predicate {
  if (items.length === 1) return compare('=', operand, items[0]!);
  if (!items.every(item => item.literal)) {
    const tests = items.map(item => compare('=', operand, item));
    return disjunction(tests);
  }
  const type = unify([operand.type, ...items.map(item => item.type)]);
  // Runs the checks of the comparison itself (types that cannot be compared, collations).
  for (const item of items) compare('=', operand, item);
  const value = coerce(operand, type);
  const choices = items.map(item => coerce(item, type));
  const keyOf = hashKeyFor(type);
  let known: { readonly keys: ReadonlySet<string | number | bigint>; readonly hasNull: boolean } | undefined;
  return env => {
    const v = value.evaluate(env);
    if (v === null) return null;
    if (!known) {
      const values = choices.map(choice => choice.evaluate(env));
      known = {
        keys: new Set(values.filter((x): x is Exclude<Value, null> => x !== null).map(keyOf)),
        hasNull: values.includes(null),
      };
    }
    return known.keys.has(keyOf(v)) ? true : known.hasNull ? null : false;
  };
}
