import type * as ast from '../../parser/ast.ts';
import type { BoundExpression, Env } from '../contracts.ts';
import { converter } from '../convert.ts';
import { compare, hashKeyFor } from '../operators.ts';
import type { Predicate } from '../operators.ts';
import { compileInner } from '../query/compile-body.ts';
import type { InnerQuery } from '../query/inner-query.ts';
import type { Key } from '../query/row-keys.ts';
import type { Row } from '../query/row-source.ts';
import { drain, isRow } from '../query/row-source.ts';
import { SqlError } from '../sql-error.ts';
import type { Value } from '../sql-type.ts';
import { unify } from '../types.ts';
import type { Compilation, Scope } from './scope.ts';

/*
 * Subqueries inside expressions run to their end when they are evaluated: an expression cannot pause (a cancel still
 * stops them). One that doesn't depend on the row around it runs once for each run of the statement.
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

/** Runs `read` once for each run of the statement when the subquery doesn't depend on the row. */
function cached<T>(query: InnerQuery, compilation: Compilation, read: (env: Env) => T): (env: Env) => T {
  if (query.correlated) return read;
  let known: { readonly generation: number; readonly result: T } | undefined;
  return env => {
    if (known?.generation !== compilation.generation) known = { generation: compilation.generation, result: read(env) };
    return known.result;
  };
}

export function bindScalarSubquery(query: ast.Query, scope: Scope): BoundExpression {
  const compiled = compileSubquery(query, scope, false);
  const read = (env: Env): Value => {
    let found: Row | undefined;
    for (const item of compiled.run(env)) {
      if (!isRow(item)) continue;
      if (found) {
        throw new SqlError(
          512,
          'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
        );
      }
      found = item;
    }
    return found ? found[0]! : null;
  };
  return { type: compiled.columns[0]!.type, evaluate: cached(compiled, scope.compilation, read) };
}

export function bindExists(query: ast.Query, scope: Scope): Predicate {
  const compiled = compileSubquery(query, scope, true);
  return cached(compiled, scope.compilation, env => {
    for (const item of compiled.run(env)) if (isRow(item)) return true;
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
  const valuesOf = cached<ValueSet>(compiled, scope.compilation, env => {
    const keys = new Set<Key>();
    let hasNull = false;
    for (const item of compiled.run(env)) {
      if (!isRow(item)) continue;
      if (item[0] === null) hasNull = true;
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
  const rowsOf = cached(compiled, scope.compilation, env => drain(compiled.run(env)));
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
