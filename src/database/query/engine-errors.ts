import { logger } from '../../common/log.js';
import type { CallContext } from '../call-context.js';
import { ownTextOf } from '../sql-server.errors.js';

const log = logger('database');
/** Babelfish numbers what it doesn't translate from here on. Authors of databases use smaller numbers. */
const FIRST_ENGINE_NUMBER = 0x200_0000;
const LONGEST_TEXT = 300;

/**
 * Tells the operator what an engine other than SQL Server said. The caller doesn't see the text, because it can hold
 * values, and the log neither: quoted parts, numbers, what stands in parentheses and what follows a colon become `?`.
 */
export function logEngineError(error: unknown, { tenant, requestId }: CallContext): void {
  const { number = 0, message } = ownTextOf(error) ?? { message: '' };
  if (number < FIRST_ENGINE_NUMBER) return;
  log.warn(
    { tenant: tenant.name, request_id: requestId, number, text: withoutValues(message) },
    'the database engine refused a statement with an error of its own',
  );
}

export function withoutValues(text: string): string {
  return text
    .slice(0, 2 * LONGEST_TEXT)
    .replace(/'[^']*'?|"[^"]*"?|`[^`]*`?|“[^”]*”?|«[^»]*»?/g, '?')
    .replace(/\([^)]*\)?/g, '(?)')
    .replace(/:\s.*/gs, ': ?')
    .replace(/[\p{L}_]*\d[\p{L}\d_.,:-]*/gu, '?')
    .slice(0, LONGEST_TEXT);
}
