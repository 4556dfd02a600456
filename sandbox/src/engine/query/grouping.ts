import type * as ast from '../../parser/ast.ts';
import { bindExpression } from '../binder/bind-expression.ts';
import { expressionKey, hasSubquery } from '../binder/expression-key.ts';
import { isNullable } from '../binder/nullability.ts';
import type { Grouping, Scope } from '../binder/scope.ts';
import type { BoundExpression } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';

/** The grouping of a query with the expressions of its keys, bound over the rows of FROM. */
export type BoundGrouping = Grouping & { readonly expressions: readonly BoundExpression[] };

/** GROUP BY: a list of grouping sets, each a list of keys. Without one, all rows are one group. */
export function bindGroups(elements: readonly ast.GroupingElement[], scope: Scope): BoundGrouping {
  let combined: (readonly ast.Expression[])[] = [[]];
  for (const element of elements) {
    const sets = setsOf(element);
    combined = combined.flatMap(left => sets.map(right => [...left, ...right]));
  }
  const texts: string[] = [];
  const nodes: ast.Expression[] = [];
  const sets = combined.map(expressions => {
    const places = expressions.map(node => {
      const text = expressionKey(node, scope);
      const known = texts.indexOf(text);
      if (known >= 0) return known;
      nodes.push(node);
      return texts.push(text) - 1;
    });
    return [...new Set(places)];
  });
  const clause = scope.clause;
  scope.clause = 'group by';
  const expressions = nodes.map(node => bindKey(node, scope));
  scope.clause = clause;
  const partial = nodes.map((_, i) => sets.some(set => !set.includes(i)));
  return {
    input: scope,
    keys: nodes.map((node, i) => ({
      text: texts[i]!,
      type: expressions[i]!.type,
      nullable: partial[i]! || isNullable(node, scope),
      column: node.kind === 'column' ? scope.columns[scope.find(node.parts)] : undefined,
    })),
    setOrdinal: nodes.length,
    sets,
    calls: [],
    expressions,
  };
}

function bindKey(node: ast.Expression, scope: Scope): BoundExpression {
  const before = scope.references;
  const references = new Set<number>();
  scope.references = references;
  try {
    if (hasSubquery(node)) {
      throw new SqlError(
        144,
        'Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.',
        15,
        1,
        node.line,
      );
    }
    const bound = bindExpression(node, scope);
    if (references.size === 0) {
      throw new SqlError(
        164,
        'Each GROUP BY expression must contain at least one column that is not an outer reference.',
        15,
        1,
        node.line,
      );
    }
    if (['text', 'ntext', 'image', 'xml'].includes(bound.type.name)) {
      throw new SqlError(
        306,
        'The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE operator.',
        16,
        2,
        node.line,
      );
    }
    return bound;
  } finally {
    scope.references = before;
  }
}

function setsOf(element: ast.GroupingElement): (readonly ast.Expression[])[] {
  switch (element.kind) {
    case 'expression':
      return [[element.expression]];
    case 'rollup': {
      const sets: (readonly ast.Expression[])[] = [];
      for (let n = element.items.length; n >= 0; n--) sets.push(element.items.slice(0, n).flat());
      return sets;
    }
    case 'cube': {
      if (element.items.length > 12)
        throw new SqlError(10703, 'Too many grouping sets. The maximum number is 4096.', 15);
      let sets: (readonly ast.Expression[])[] = [[]];
      for (const item of element.items) sets = sets.flatMap(set => [[...set, ...item], set]);
      return sets;
    }
    case 'grouping sets':
      return element.items.flatMap(item => (item.kind === 'set' ? [item.expressions] : setsOf(item)));
  }
}
