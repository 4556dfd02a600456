import type { BoundExpression } from '../contracts.ts';
import { notSupported } from '../sql-error.ts';
import type { FunctionContext } from './context.ts';

/** Binds `@@ROWCOUNT` and its like (name with both @); undefined when there is no such variable. */
export function bindSystemVariable(name: string, _context: FunctionContext): BoundExpression | undefined {
  throw notSupported(name);
}
