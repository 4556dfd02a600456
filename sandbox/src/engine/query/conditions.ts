import type * as ast from '../../parser/ast.ts';
import { bindExpression } from '../binder/bind-expression.ts';
import { bindPredicate } from '../binder/bind-predicate.ts';
import { hasSubquery } from '../binder/expression-key.ts';
import type { Clause, Scope } from '../binder/scope.ts';
import type { Condition, ConditionSide } from './place-conditions.ts';

/** The conjuncts of WHERE or ON, with what is needed to place each as deep as it can go. */
export function conditionsOf(node: ast.Predicate, scope: Scope, clause: Clause, base = 0): Condition[] {
  const clauseBefore = scope.clause;
  scope.clause = clause;
  try {
    return conjuncts(node).map(conjunct => conditionOf(conjunct, scope, clause, base));
  } finally {
    scope.clause = clauseBefore;
  }
}

const conjuncts = (node: ast.Predicate): readonly ast.Predicate[] =>
  node.kind === 'and' ? node.operands.flatMap(conjuncts) : [node];

/** Binds over rows that begin at `base`; records the columns it refers to, and whether it refers to an outer query. */
function tracked<T>(
  scope: Scope,
  base: number,
  bind: () => T,
): { readonly bound: T; readonly references: ReadonlySet<number>; readonly correlated: boolean } {
  const before = { references: scope.references, base: scope.base, correlated: scope.correlated };
  const references = new Set<number>();
  scope.references = references;
  scope.base = base;
  scope.correlated = false;
  try {
    const bound = bind();
    return { bound, references, correlated: scope.correlated };
  } finally {
    for (const i of references) before.references?.add(i);
    scope.references = before.references;
    scope.base = before.base;
    scope.correlated ||= before.correlated;
  }
}

function conditionOf(node: ast.Predicate, scope: Scope, clause: Clause, base: number): Condition {
  const bindAt = (at: number): ReturnType<typeof bindPredicate> => {
    const clauseBefore = scope.clause;
    scope.clause = clause;
    try {
      return tracked(scope, at, () => bindPredicate(node, scope)).bound;
    } finally {
      scope.clause = clauseBefore;
    }
  };
  const { bound, references, correlated } = tracked(scope, base, () => bindPredicate(node, scope));
  const expensive = hasSubquery(node);
  const condition: Condition = { references, correlated, expensive, bind: at => (at === base ? bound : bindAt(at)) };
  if (expensive) return condition;
  if (node.kind === 'comparison' && node.operator === '=') {
    return { ...condition, equality: { left: sideOf(node.left, scope, base), right: sideOf(node.right, scope, base) } };
  }
  if (node.kind === 'in list' && !node.negated && node.list.length <= 1000 && node.expression.kind === 'column') {
    return {
      ...condition,
      anyOf: { value: sideOf(node.expression, scope, base), choices: node.list.map(item => sideOf(item, scope, base)) },
    };
  }
  return condition;
}

function sideOf(node: ast.Expression, scope: Scope, base: number): ConditionSide {
  const { bound, references, correlated } = tracked(scope, base, () => bindExpression(node, scope));
  const column = node.kind === 'column' && references.size === 1 && !correlated ? [...references][0] : undefined;
  return {
    references,
    correlated,
    column,
    bind: at => (at === base ? bound : tracked(scope, at, () => bindExpression(node, scope)).bound),
  };
}
