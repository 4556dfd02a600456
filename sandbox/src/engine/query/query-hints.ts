import type * as ast from '../../parser/ast.ts';
import { SqlError } from '../sql-error.ts';

/** MAXRECURSION is the only hint that changes a result; the others influence a plan, which the sandbox does not have. */
export function limitHints(hints: readonly ast.QueryHint[]): { readonly maximumRecursion: number | undefined } {
  let maximumRecursion: number | undefined;
  for (const hint of hints) {
    if (hint.name !== 'MAXRECURSION') continue;
    if (hint.value === undefined || hint.value < 0 || hint.value > 32767) {
      throw new SqlError(
        310,
        `The value ${hint.value ?? ''} specified for the MAXRECURSION option exceeds the allowed maximum of 32767.`,
        15,
        1,
        hint.line,
      );
    }
    maximumRecursion = hint.value;
  }
  return { maximumRecursion };
}
