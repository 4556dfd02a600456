import type * as ast from '../../parser/ast.ts';
import type { BoundExpression, Env, Pause } from '../contracts.ts';
import { converter } from '../convert.ts';
import { compare, hashKeyFor, type Predicate } from '../operators.ts';
import { compileInner } from '../query/compile-body.ts';
import type { InnerQuery } from '../query/inner-query.ts';
import type { Key } from '../query/row-keys.ts';
import { type Row, collect, isRow, NO_VALUES } from '../query/row-source.ts';
import { SqlError } from '../sql-error.ts';
import type { Value } from '../sql-type.ts';
import { unify } from '../types.ts';
import type { CachedSubquery, Compilation } from './compilation.ts';
import type { Scope } from './scope.ts';

/*
 * A subquery inside an expression runs to its end when it is evaluated, because an expression cannot pause; a cancel
 * still stops it. Subqueries that don't depend on the outer row have run before, with pauses (Compilation.prepare).
 */

function compileSubquery(query: ast.Query, scope: Scope, exists: boolean): InnerQuery {
  const compiled = compileInner(query, scope.context, scope, { nested: true, exists, single: true });
  if (!exists && compiled.columns.length !== 1) {
    throw new SqlError(
      116,
      'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.',
      16,
      1,
      query.line,
    );
  }
  return compiled;
}

type Steps<T> = Generator<Pause, T, void>;

/** Runs steps to their end without pausing. */
function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/**
 * Evaluates a subquery for each row, or once for each run of the statement when it doesn't depend on the row. A
 * subquery that is bound several times (as a condition that was tried at several places) has one result.
 */
function evaluator<T>(
  node: ast.Query,
  query: InnerQuery,
  compilation: Compilation,
  steps: (env: Env) => Steps<T>,
): (env: Env) => T {
  if (query.correlated) return env => finish(steps(env));
  const needed = compilation.optional === 0;
  const known = compilation.subqueries.get(node);
  const cache: CachedSubquery = known ?? { needed, known: undefined, compute: () => steps(NO_ENV) };
  if (known) known.needed ||= needed;
  else compilation.subqueries.set(node, cache);
  return () => {
    if (cache.known?.generation !== compilation.generation) {
      cache.known = { generation: compilation.generation, result: finish(cache.compute()) };
    }
    return cache.known.result as T;
  };
}

const NO_ENV: Env = { row: NO_VALUES, outer: null };

export function bindScalarSubquery(query: ast.Query, scope: Scope): BoundExpression {
  const compiled = compileSubquery(query, scope, false);
  const evaluate = evaluator(query, compiled, scope.compilation, function* (env): Steps<Value> {
    let found: Row | undefined;
    for (const item of compiled.run(env)) {
      if (!isRow(item)) {
        yield item;
        continue;
      }
      if (found) {
        throw new SqlError(
          512,
          'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
        );
      }
      found = item;
    }
    return found ? found[0]! : null;
  });
  return { type: compiled.columns[0]!.type, evaluate };
}

export function bindExists(query: ast.Query, scope: Scope): Predicate {
  const compiled = compileSubquery(query, scope, true);
  return evaluator(query, compiled, scope.compilation, function* (env): Steps<boolean> {
    for (const item of compiled.run(env)) {
      if (isRow(item)) return true;
      yield item;
    }
    return false;
  });
}

interface ValueSet {
  readonly keys: ReadonlySet<Key>;
  readonly hasNull: boolean;
  readonly empty: boolean;
}

export function bindInQuery(operand: BoundExpression, query: ast.Query, scope: Scope): Predicate {
  const compiled = compileSubquery(query, scope, false);
  const inner = compiled.columns[0]!.type;
  const type = unify([operand.type, inner]);
  compare('=', operand, { type: inner, evaluate: () => null });
  const convertOperand = converter(operand.type, type, { implicit: true });
  const convertInner = converter(inner, type, { implicit: true });
  const keyOf = hashKeyFor(type);
  if (compiled.correlated) {
    return env => {
      const value = operand.evaluate(env);
      const key = value === null ? undefined : keyOf(convertOperand(value));
      let unknown = false;
      for (const item of compiled.run(env)) {
        if (!isRow(item)) continue;
        if (key === undefined || item[0] === null) unknown = true;
        else if (keyOf(convertInner(item[0]!)) === key) return true;
        if (key === undefined) break;
      }
      return unknown ? null : false;
    };
  }
  const valuesOf = evaluator(query, compiled, scope.compilation, function* (env): Steps<ValueSet> {
    const keys = new Set<Key>();
    let hasNull = false;
    for (const item of compiled.run(env)) {
      if (!isRow(item)) yield item;
      else if (item[0] === null) hasNull = true;
      else keys.add(keyOf(convertInner(item[0]!)));
    }
    return { keys, hasNull, empty: keys.size === 0 && !hasNull };
  });
  return env => {
    const set = valuesOf(env);
    if (set.empty) return false;
    const value = operand.evaluate(env);
    if (value === null) return null;
    return set.keys.has(keyOf(convertOperand(value))) ? true : set.hasNull ? null : false;
  };
}

/** `x > ALL (SELECT …)`, `x = ANY (SELECT …)`. */
export function bindQuantified(node: ast.QuantifiedComparison, operand: BoundExpression, scope: Scope): Predicate {
  const compiled = compileSubquery(node.query, scope, false);
  let current: Value = null;
  const test = compare(node.operator, operand, { type: compiled.columns[0]!.type, evaluate: () => current });
  const rowsOf = evaluator(node.query, compiled, scope.compilation, env => collect(compiled.run(env)));
  const all = node.quantifier === 'all';
  return env => {
    let unknown = false;
    for (const row of rowsOf(env)) {
      current = row[0]!;
      const value = test(env);
      if (value === null) unknown = true;
      else if (value !== all) return value;
    }
    return unknown ? null : all;
  };
}
