import { SqlError } from '../../engine/sql-error.ts';
import type { Value } from '../../engine/sql-type.ts';
import { describeType, isDecimal } from '../../engine/types.ts';
import type { ColumnDefinition, IdentityDefinition } from '../../storage/table.ts';

const LIMITS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};

/** The next identity value. It stays used, even if the row is rolled back. */
export function identityValue(column: ColumnDefinition, identity: IdentityDefinition): Value {
  const next = identity.last === null ? identity.seed : identity.last + identity.increment;
  const limit = 10n ** BigInt(column.type.precision ?? 38);
  const [low, high] = LIMITS[column.type.name] ?? [-limit + 1n, limit - 1n];
  if (next < low || next > high) {
    throw new SqlError(
      8115,
      `Arithmetic overflow error converting IDENTITY to data type ${describeType(column.type)}.`,
    );
  }
  identity.last = next;
  return column.type.name === 'bigint' || isDecimal(column.type) ? next : Number(next);
}

/** An explicit value (IDENTITY_INSERT) beyond the counter moves the counter. */
export function noteExplicitIdentity(identity: IdentityDefinition, value: Value): void {
  const number = BigInt(value as number | bigint);
  const beyond = identity.last === null || (identity.increment > 0n ? number > identity.last : number < identity.last);
  if (beyond) identity.last = number;
}
