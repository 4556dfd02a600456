import { SqlError } from '../../engine/sql-error.ts';
import type { DmlStatement } from '../../parser/ast.ts';

/** Statements that a function must not have: error 443. */
const SIDE_EFFECTS = new Map<string, string>([
  ['print', 'PRINT'],
  ['raiserror', 'RAISERROR'],
  ['throw', 'THROW'],
  ['truncate', 'TRUNCATE TABLE'],
  ['begin transaction', 'BEGIN TRANSACTION'],
  ['commit', 'COMMIT TRANSACTION'],
  ['rollback', 'ROLLBACK TRANSACTION'],
  ['save transaction', 'SAVE TRANSACTION'],
  ['try', 'BEGIN TRY'],
  ['set switch', 'SET OPTION'],
  ['create table', 'CREATE TABLE'],
  ['drop', 'DROP'],
  ['alter table', 'ALTER TABLE'],
  ['waitfor', 'WAITFOR'],
]);

/** Throws 443 or 557 for statements that a function must not contain. */
export function refuseSideEffects(node: unknown, name: string): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) refuseSideEffects(item, name);
    return;
  }
  const { kind } = node as { kind?: unknown };
  const forbidden = typeof kind === 'string' ? SIDE_EFFECTS.get(kind) : undefined;
  if (forbidden)
    throw new SqlError(443, `Invalid use of a side-effecting operator '${forbidden}' within a function.`, 16, 14);
  if (kind === 'insert' || kind === 'update' || kind === 'delete' || kind === 'merge') {
    const { target } = node as DmlStatement;
    if (!target.name[0]?.startsWith('@'))
      throw new SqlError(
        443,
        `Invalid use of a side-effecting operator '${kind.toUpperCase()}' within a function.`,
        16,
        15,
      );
  }
  if (kind === 'execute') {
    throw new SqlError(
      557,
      'Only functions and some extended stored procedures can be executed from within a function.',
      16,
      2,
    );
  }
  for (const value of Object.values(node)) refuseSideEffects(value, name);
}
