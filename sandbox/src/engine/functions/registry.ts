import type { BoundExpression } from '../contracts.ts';
import { notSupported } from '../sql-error.ts';
import type { FunctionArgument, FunctionContext } from './context.ts';

/**
 * Binds a call of a built-in scalar function; undefined when there is no such built-in. Wrong numbers of arguments
 * and types that can't be converted are errors, as is a built-in that the sandbox doesn't implement.
 */
export function bindScalarFunction(
  name: string,
  _args: readonly FunctionArgument[],
  _context: FunctionContext,
): BoundExpression | undefined {
  throw notSupported(`the function ${name}`);
}
