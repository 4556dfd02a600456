import { AppError } from '../../common/app-error.js';
import { MESSAGE_NUMBERS } from '../../database/sql-server.messages.js';

/**
 * Replaces the hint of an arithmetic overflow in a statement that the server wrote: the caller can't convert a column in it.
 * Returns other errors unchanged.
 */
export function explainOverflow(error: unknown, isDefinition: boolean): unknown {
  if (!(error instanceof AppError) || error.details?.number !== MESSAGE_NUMBERS.arithmeticOverflow) return error;
  const remedy = isDefinition
    ? 'An administrator can convert them in the expression of the definition'
    : 'Add them up in a wider type with a SELECT of your own';
  const hint = `A value or total is larger than its type holds. Ask for a shorter period. ${remedy}: CAST(x AS decimal(38,4)), or float if it need not be exact.`;
  return new AppError(error.code, error.message, { hint, details: error.details, cause: error.cause });
}
