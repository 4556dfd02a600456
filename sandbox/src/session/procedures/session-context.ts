import { SqlError } from '../../engine/sql-error.ts';
import type { VariantValue } from '../../engine/sql-type.ts';
import { BIT, SQL_VARIANT, SYSNAME } from '../../engine/types.ts';
import { matchArguments, type BuiltInProcedure } from './procedure-call.ts';

const MAX_BYTES = 1_000_000;

/** learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-set-session-context-transact-sql */
// eslint-disable-next-line require-yield -- the type of a procedure is a generator
export const setSessionContext: BuiltInProcedure = function* (call) {
  const [key, value, readOnly] = matchArguments(call, [
    { name: '@key', type: SYSNAME, required: true },
    { name: '@value', type: SQL_VARIANT, required: true },
    { name: '@read_only', type: BIT },
  ]);
  if (key === null || key === '')
    throw new SqlError(15666, "Cannot set key '' in the session context. The key is not valid.");
  const name = String(key);
  const { context } = call.session;
  const before = context.get(name.toLowerCase());
  if (before?.readOnly) {
    throw new SqlError(
      before.kept ? 33557097 : 15664,
      `Cannot set key '${name}' in the session context. The key has been set as read_only for this session.`,
    );
  }
  let size = name.length * 2;
  for (const [other, entry] of context)
    if (other !== name.toLowerCase()) size += other.length * 2 + sizeOf(entry.value);
  size += sizeOf(value as VariantValue | null);
  if (size > MAX_BYTES) {
    throw new SqlError(
      15665,
      'The value was not set for key because the total size of keys and values in the session context would exceed the 1 MB limit.',
    );
  }
  context.set(name.toLowerCase(), { value: value as VariantValue | null, readOnly: readOnly === 1 });
  return 0;
};

function sizeOf(variant: VariantValue | null): number {
  if (variant === null) return 0;
  const { value } = variant;
  if (typeof value === 'string') return value.length * 2;
  return value instanceof Uint8Array ? value.length : 16;
}
