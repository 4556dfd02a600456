import type * as ast from '../../parser/ast.ts';
import type { BindContext } from '../binder/bind-context.ts';
import { bindExpression } from '../binder/bind-expression.ts';
import { bindPredicate } from '../binder/bind-predicate.ts';
import { Scope } from '../binder/scope.ts';
import type { Env, RowStream } from '../contracts.ts';
import type { SqlType } from '../sql-type.ts';
import { compileInner } from './compile-body.ts';
import type { CompiledQuery, Standalone, StandaloneExpression, StandalonePredicate } from './compiled-query.ts';
import { CONSTANT_SCAN } from './plan-node.ts';
import { limitHints } from './query-hints.ts';

/** Compiles the query of a statement. With `outer` it may refer to the rows of an enclosing scope. */
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
    ...(compiled.assignments ? { assignments: compiled.assignments.map(variable => ({ variable })) } : {}),
    ...(compiled.into ? { into: compiled.into } : {}),
    reads: compilation.reads,
    correlated: compiled.correlated,
    plan: () => compiled.plan?.() ?? CONSTANT_SCAN,
    *run(env: Env | null, ticker, measured = false): RowStream {
      if (!outer) {
        compilation.start(ticker, measured);
        yield* compilation.prepare();
      }
      yield* compiled.run(env);
    },
  };
}

/** A column of the row that a standalone expression is evaluated over. */
export interface ExpressionColumn {
  readonly name: string | null;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly qualifier?: string | null;
}

/** Compiles an expression outside of a query, over the given columns (none for IF, SET, DECLARE …). */
export function compileExpression(
  node: ast.Expression,
  context: BindContext,
  columns: readonly ExpressionColumn[] = [],
): StandaloneExpression {
  const scope = scopeOf(context, columns);
  const bound = bindExpression(node, scope);
  return {
    type: bound.type,
    constant: bound.literal !== undefined,
    ...standalone(scope, env => bound.evaluate(env)),
  };
}

export function compilePredicate(
  node: ast.Predicate,
  context: BindContext,
  columns: readonly ExpressionColumn[] = [],
): StandalonePredicate {
  const scope = scopeOf(context, columns);
  return standalone(scope, bindPredicate(node, scope));
}

function standalone<T>(scope: Scope, evaluate: (env: Env) => T): Standalone<T> {
  const { compilation } = scope;
  let prepared = false;
  return {
    reads: compilation.reads,
    *prepare(ticker) {
      compilation.start(ticker);
      yield* compilation.prepare();
      prepared = true;
    },
    evaluate(row, ticker) {
      if (!prepared) compilation.start(ticker);
      prepared = false;
      return evaluate({ row, outer: null });
    },
  };
}

function scopeOf(context: BindContext, columns: readonly ExpressionColumn[]): Scope {
  const scope = new Scope(context);
  for (const { name, type, nullable, qualifier } of columns)
    scope.add({ name, type, nullable, qualifier: qualifier ?? null });
  return scope;
}

export { compileDmlSource, compileMergeSource } from './dml-source.ts';
