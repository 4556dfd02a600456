import { comparatorFor } from '../comparison.ts';
import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import { compare } from '../operators.ts';
import { SharedOperand } from '../shared-operand.ts';
import { SqlError } from '../sql-error.ts';
import type { Value } from '../sql-type.ts';
import { INT, unify } from '../types.ts';
import {
  allArguments,
  argument,
  define,
  type Call,
  type FunctionDefinition,
  type FunctionTable,
} from './definition.ts';

/** ISNULL has the type of its first argument, to which the second is converted. */
function isNull(call: Call): BoundExpression {
  const [a, b] = [argument(call, 0), argument(call, 1)];
  if (a.type.untypedNull) return b.type.untypedNull ? { ...b, type: INT } : b;
  const other = castExpression(b, a.type, { implicit: true });
  return { type: a.type, evaluate: env => a.evaluate(env) ?? other.evaluate(env) };
}

function coalesce(call: Call): BoundExpression {
  const args = allArguments(call);
  if (args.every(a => a.type.untypedNull)) {
    throw new SqlError(
      4127,
      'At least one of the arguments to COALESCE must be an expression that is not the NULL constant.',
    );
  }
  const type = unify(args.map(a => a.type));
  const items = args.map(a => castExpression(a, type, { implicit: true }));
  return {
    type,
    evaluate: env => {
      for (const item of items) {
        const v = item.evaluate(env);
        if (v !== null) return v;
      }
      return null;
    },
  };
}

function nullIf(call: Call): BoundExpression {
  const [a, b] = [argument(call, 0), argument(call, 1)];
  if (a.type.untypedNull) {
    throw new SqlError(
      4151,
      'The type of the first argument to NULLIF cannot be the NULL constant because the type of the first argument has to be known.',
    );
  }
  const shared = new SharedOperand(a);
  const equal = compare('=', shared, b);
  return {
    type: a.type,
    evaluate: env => {
      const value = shared.hold(env);
      shared.take(value);
      return equal(env) === true ? null : value;
    },
  };
}

/** GREATEST and LEAST ignore NULLs. */
function extreme(direction: 1 | -1): FunctionDefinition {
  return define(1, 254, call => {
    const args = allArguments(call);
    const type = unify(args.map(a => a.type));
    const items = args.map(a => castExpression(a, type, { implicit: true }));
    const order = comparatorFor(type);
    return {
      type,
      evaluate: env => {
        let best: Value = null;
        for (const item of items) {
          const v = item.evaluate(env);
          if (v !== null && (best === null || order(v, best) * direction > 0)) best = v;
        }
        return best;
      },
    };
  });
}

/** CHOOSE for callers that don't rewrite it as CASE. */
function choose(call: Call): BoundExpression {
  const [index, ...choices] = allArguments(call);
  if (!index) throw new SqlError(174, 'The choose function requires at least 2 arguments.', 15);
  const position = castExpression(index, INT, { implicit: true });
  const type = unify(choices.map(c => c.type));
  const items = choices.map(c => castExpression(c, type, { implicit: true }));
  return {
    type,
    evaluate: env => {
      const i = position.evaluate(env) as number | null;
      return i === null ? null : (items[i - 1]?.evaluate(env) ?? null);
    },
  };
}

export const GENERAL_FUNCTIONS: FunctionTable = {
  ISNULL: define(2, 2, isNull),
  COALESCE: define(2, 254, coalesce),
  NULLIF: define(2, 2, nullIf),
  GREATEST: extreme(1),
  LEAST: extreme(-1),
  CHOOSE: define(2, 255, choose),
};
