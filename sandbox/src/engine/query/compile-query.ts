import type * as ast from '../../parser/ast.ts';
import type { BindContext } from '../binder/bind-context.ts';
import { bindExpression } from '../binder/bind-expression.ts';
import { bindPredicate } from '../binder/bind-predicate.ts';
import { Scope } from '../binder/scope.ts';
import type { SqlType } from '../sql-type.ts';
import type { Env } from '../contracts.ts';
import { compileInner } from './compile-body.ts';
import type { CompiledQuery, StandaloneExpression, StandalonePredicate } from './compiled-query.ts';
import { limitHints } from './query-hints.ts';

/** Compiles a statement's query. With `outer` it is a part of something whose rows it may refer to. */
export function compileQuery(query: ast.Query, context: BindContext, outer?: Scope): CompiledQuery {
  const scope = outer ?? new Scope(context);
  const { compilation } = scope;
  const { maximumRecursion } = limitHints(query.hints);
  const compiled = compileInner(query, context, outer, { nested: false, maximumRecursion }, compilation);
  return {
    columns: compiled.columns.map(column => ({
      name: column.name ?? '',
      type: column.type,
      nullable: column.nullable,
      ...(column.identity ? { identity: true } : {}),
      ...(column.computed ? { computed: true } : {}),
    })),
    ...(compiled.assignments ? { assignments: compiled.assignments } : {}),
    ...(compiled.into ? { into: compiled.into } : {}),
    reads: compilation.reads,
    correlated: compiled.correlated,
    run(env: Env | null, ticker) {
      if (!outer) compilation.start(ticker);
      return compiled.run(env);
    },
  };
}

/** A column of the row that a standalone expression is evaluated over. */
export interface ExpressionColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly qualifier?: string | null;
}

/** An expression outside of a query, over the columns given (none for IF, SET, DECLARE …). */
export function compileExpression(
  node: ast.Expression,
  context: BindContext,
  columns: readonly ExpressionColumn[] = [],
): StandaloneExpression {
  const scope = scopeOf(context, columns);
  const bound = bindExpression(node, scope);
  return {
    type: bound.type,
    reads: scope.compilation.reads,
    constant: bound.literal !== undefined,
    evaluate(row, ticker) {
      scope.compilation.start(ticker);
      return bound.evaluate({ row, outer: null });
    },
  };
}

export function compilePredicate(
  node: ast.Predicate,
  context: BindContext,
  columns: readonly ExpressionColumn[] = [],
): StandalonePredicate {
  const scope = scopeOf(context, columns);
  const bound = bindPredicate(node, scope);
  return {
    reads: scope.compilation.reads,
    evaluate(row, ticker) {
      scope.compilation.start(ticker);
      return bound({ row, outer: null });
    },
  };
}

function scopeOf(context: BindContext, columns: readonly ExpressionColumn[]): Scope {
  const scope = new Scope(context);
  for (const { name, type, nullable, qualifier } of columns) scope.add({ name, type, nullable, qualifier: qualifier ?? null });
  return scope;
}

export { compileDmlSource, compileMergeSource } from './dml-source.ts';
