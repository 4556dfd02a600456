import type * as ast from '../../parser/ast.ts';
import { codePageOf } from '../code-page.ts';
import { collationFor } from '../collation.ts';
import type { BoundExpression, Env } from '../contracts.ts';
import { castExpression, converter, type Converter } from '../convert.ts';
import { parseWithCulture } from '../functions/parse-function.ts';
import { bindScalarFunction } from '../functions/registry.ts';
import { bindSystemVariable } from '../functions/system-variables.ts';
import { arithmetic, bitwise, bitwiseNot, compare, negate, type Predicate } from '../operators.ts';
import { SharedOperand } from '../shared-operand.ts';
import { notSupported, SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { INT, isBinary, isString, isUnicode, sameCodePage, unify, UNTYPED_NULL } from '../types.ts';
import { bindFunction } from './bind-function.ts';
import { bindPredicate } from './bind-predicate.ts';
import { bindScalarSubquery } from './bind-subquery.ts';
import { changesEachTime, expressionKey } from './expression-key.ts';
import { groupingKey, outerReference, resolveColumn, resolveParameter } from './resolve-column.ts';
import type { Scope } from './scope.ts';

/** Binds an expression over the rows of `scope`. Errors carry their line when they belong to one. */
export function bindExpression(node: ast.Expression, scope: Scope): BoundExpression {
  try {
    const { grouping } = scope;
    if (grouping && grouping.keys.length > 0 && node.kind !== 'literal' && node.kind !== 'variable') {
      const key = groupingKey(grouping, expressionKey(node, grouping.input));
      if (key >= 0) return outerReference(key, 0, grouping.keys[key]!.type);
    }
    return bindNode(node, scope);
  } catch (error) {
    if (error instanceof SqlError) error.line ??= node.line;
    throw error;
  }
}

export const constant = (type: SqlType, value: Value): BoundExpression => ({
  type,
  evaluate: () => value,
  literal: { value },
});

function bindNode(node: ast.Expression, scope: Scope): BoundExpression {
  switch (node.kind) {
    case 'literal':
      return constant(node.type, node.value);
    case 'variable': {
      const parameter = resolveParameter(node.name, scope);
      if (parameter) return parameter;
      const variable = scope.context.variable(node.name);
      if (!variable) throw new SqlError(137, `Must declare the scalar variable "${node.name}".`, 15);
      return { type: variable.type, evaluate: () => variable.get() };
    }
    case 'global variable': {
      const bound = scope.context.globalVariable?.(node.name) ?? bindSystemVariable(node.name, scope.context.functions);
      if (!bound) throw new SqlError(137, `Must declare the scalar variable "${node.name}".`, 15);
      return bound;
    }
    case 'column':
      return resolveColumn(node.parts, scope, node.line).expression;
    case 'unary': {
      const operand = bindExpression(node.operand, scope);
      return node.operator === '-' ? negate(operand) : node.operator === '~' ? bitwiseNot(operand) : operand;
    }
    case 'binary':
      return bindBinary(node, scope);
    case 'simple case':
    case 'searched case':
    case 'iif':
      return optionally(scope, () => bindCaseNode(node, scope));
    case 'cast':
      return bindCast(node, scope);
    case 'function':
      return bindFunction(node, scope);
    case 'trim': {
      const args = [bindExpression(node.expression, scope)];
      if (node.characters) args.push(bindExpression(node.characters, scope));
      const side = node.side === 'both' ? [] : [{ keyword: node.side.toUpperCase() }];
      return bindScalarFunction('TRIM', [...args, ...side], scope.context.functions)!;
    }
    case 'json object':
      return bindJson(
        'JSON_OBJECT',
        node.entries.flatMap(entry => [entry.key, entry.value]),
        node.nulls,
        scope,
      );
    case 'json array':
      return bindJson('JSON_ARRAY', node.values, node.nulls, scope);
    case 'next value': {
      if (node.over) throw notSupported('NEXT VALUE FOR … OVER', node.line);
      const sequence = scope.context.resolveSequence(node.sequence);
      if (!sequence) throw new SqlError(208, `Invalid object name '${node.sequence.join('.')}'.`);
      scope.context.checkPermission('UPDATE', sequence);
      return { type: sequence.type, evaluate: env => sequence.next(env.row) };
    }
    case 'at time zone': {
      const args = [bindExpression(node.expression, scope), bindExpression(node.zone, scope)];
      const bound = bindScalarFunction('AT TIME ZONE', args, scope.context.functions);
      if (!bound) throw notSupported('AT TIME ZONE', node.line);
      return bound;
    }
    case 'collate': {
      const operand = bindExpression(node.expression, scope);
      if (!isString(operand.type) && !operand.type.untypedNull) {
        throw new SqlError(447, `Expression type ${operand.type.name} is invalid for COLLATE clause.`);
      }
      return bindCollation(operand, node.collation);
    }
    case 'subquery':
      return bindScalarSubquery(node.query, scope);
  }
}

/** Binds an operand that may never be evaluated. */
export function optionally<T>(scope: Scope, bind: () => T): T {
  scope.compilation.optional++;
  try {
    return bind();
  } finally {
    scope.compilation.optional--;
  }
}

function bindCaseNode(node: ast.SimpleCase | ast.SearchedCase | ast.Iif, scope: Scope): BoundExpression {
  switch (node.kind) {
    case 'simple case': {
      const input = bindExpression(node.input, scope);
      const tests = node.branches.map(branch => (left: BoundExpression) => ({
        when: compare('=', left, bindExpression(branch.when, scope)),
        then: bindExpression(branch.then, scope),
      }));
      // SQL Server evaluates the input for each WHEN, which shows when each evaluation may return another value.
      const branches = changesEachTime(node.input) ? tests.map(test => test(input)) : sharedInput(input, tests);
      return bindCase(branches, node.otherwise && bindExpression(node.otherwise, scope));
    }
    case 'searched case': {
      const branches = node.branches.map(branch => ({
        when: bindPredicate(branch.when, scope),
        then: bindExpression(branch.then, scope),
      }));
      return bindCase(branches, node.otherwise && bindExpression(node.otherwise, scope));
    }
    case 'iif': {
      const then = bindExpression(node.whenTrue, scope);
      return bindCase([{ when: bindPredicate(node.condition, scope), then }], bindExpression(node.whenFalse, scope));
    }
  }
}

function sharedInput(
  input: BoundExpression,
  tests: readonly ((input: BoundExpression) => BoundBranch)[],
): BoundBranch[] {
  const shared = new SharedOperand(input);
  let value: Value = null;
  return tests.map((test, i) => {
    const { when, then } = test(shared);
    return {
      when: env => {
        if (i === 0) value = shared.hold(env);
        shared.take(value);
        return when(env);
      },
      then,
    };
  });
}

function bindCollation(operand: BoundExpression, collation: string): BoundExpression {
  // Raises 448 for an unknown collation.
  collationFor(collation);
  const type: SqlType = { ...operand.type, collation, explicitCollation: true };
  // Text that isn't Unicode is converted to the other code page.
  if (!isUnicode(type)) {
    codePageOf(collation);
    if (!sameCodePage(operand.type, type)) return castExpression(operand, type);
  }
  return { ...operand, type, evaluate: env => operand.evaluate(env) };
}

function bindBinary(node: ast.BinaryExpression, scope: Scope): BoundExpression {
  // A long chain of + nests to the left; a loop walks down it, because recursion could exhaust the stack.
  const chain: ast.BinaryExpression[] = [];
  let at: ast.Expression = node;
  while (at.kind === 'binary' && (at === node || !scope.grouping)) {
    chain.push(at);
    at = at.left;
  }
  let bound = bindExpression(at, scope);
  for (let i = chain.length - 1; i >= 0; i--)
    bound = applyOperator(chain[i]!, bound, bindExpression(chain[i]!.right, scope));
  return bound;
}

function applyOperator(node: ast.BinaryExpression, left: BoundExpression, right: BoundExpression): BoundExpression {
  switch (node.operator) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(node.operator, left, right);
    default:
      return bitwise(node.operator, left, right);
  }
}

/** The implicit conversion to a type that other operands decide. */
export const coerce = (x: BoundExpression, type: SqlType): BoundExpression =>
  x.type === type ? x : castExpression(x, type, { implicit: true });

interface BoundBranch {
  readonly when: Predicate;
  readonly then: BoundExpression;
}

function bindCase(branches: readonly BoundBranch[], otherwise: BoundExpression | undefined): BoundExpression {
  const last = otherwise ?? constant(UNTYPED_NULL, null);
  const results = [...branches.map(branch => branch.then), last];
  const type = unify(results.map(result => result.type));
  if (type.untypedNull) {
    throw new SqlError(
      8133,
      'At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.',
    );
  }
  const whens = branches.map(branch => branch.when);
  const thens = branches.map(branch => coerce(branch.then, type));
  const final = coerce(last, type);
  return {
    type,
    evaluate: env => {
      for (let i = 0; i < whens.length; i++) if (whens[i]!(env) === true) return thens[i]!.evaluate(env);
      return final.evaluate(env);
    },
  };
}

/** The type named in CAST or CONVERT: without a length, strings and binaries have 30. Text keeps its collation. */
function castType(type: ast.TypeName, from: SqlType, scope: Scope): SqlType {
  const resolved = scope.context.resolveType(type);
  const sized = (isString(resolved) || isBinary(resolved)) && type.args.length === 0 && resolved.length === 1;
  const result = sized && type.name.toLowerCase() !== 'sysname' ? { ...resolved, length: 30 } : resolved;
  const { collation, explicitCollation } = from;
  if (collation === undefined || !isString(from) || !isString(result)) return result;
  return { ...result, collation, ...(explicitCollation ? { explicitCollation } : {}) };
}

function bindCast(node: ast.Cast, scope: Scope): BoundExpression {
  const operand = bindExpression(node.expression, scope);
  const type = castType(node.type, operand.type, scope);
  if (node.form === 'parse') {
    const culture = node.culture && bindExpression(node.culture, scope);
    return parseWithCulture(operand, type, culture, { try: node.try });
  }
  if (!node.style) return castExpression(operand, type, { try: node.try });
  const style = coerce(bindExpression(node.style, scope), INT);
  if (style.literal) {
    const value = style.literal.value;
    return value === null
      ? constant(type, null)
      : castExpression(operand, type, { style: value as number, try: node.try });
  }
  // The style is known at run time only: each style gets its own converter.
  const converters = new Map<number, Converter>();
  return {
    type,
    evaluate: (env: Env) => {
      const value = style.evaluate(env) as number | null;
      if (value === null) return null;
      let convert = converters.get(value);
      if (!convert) converters.set(value, (convert = converter(operand.type, type, { style: value, try: node.try })));
      return convert(operand.evaluate(env));
    },
  };
}

function bindJson(
  name: string,
  args: readonly ast.Expression[],
  nulls: 'null' | 'absent',
  scope: Scope,
): BoundExpression {
  const bound = args.map(arg => bindExpression(arg, scope));
  const result = bindScalarFunction(name, [...bound, { keyword: nulls.toUpperCase() }], scope.context.functions);
  if (!result) throw notSupported(`the function ${name}`);
  return result;
}
