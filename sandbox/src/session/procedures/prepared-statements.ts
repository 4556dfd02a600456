import { SqlError } from '../../engine/sql-error.ts';
import type { DeclaredParameter } from './parameters.ts';

interface PreparedStatement {
  readonly text: string;
  readonly declaration: string;
  readonly parameters: readonly DeclaredParameter[];
}

const MAX_PREPARED = 10_000;

/** The handles of sp_prepare in one session. */
export class PreparedStatements {
  private readonly statements = new Map<number, PreparedStatement>();
  private lastHandle = 0;

  add(statement: PreparedStatement): number {
    if (this.statements.size >= MAX_PREPARED) {
      throw new SqlError(
        8619,
        `The session has ${MAX_PREPARED} prepared statements. Call sp_unprepare for those no longer needed.`,
      );
    }
    this.statements.set(++this.lastHandle, statement);
    return this.lastHandle;
  }

  get(handle: number): PreparedStatement {
    const statement = this.statements.get(handle);
    if (!statement) throw new SqlError(8179, `Could not find prepared statement with handle ${handle}.`, 16, 2);
    return statement;
  }

  remove(handle: number): void {
    this.get(handle);
    this.statements.delete(handle);
  }

  clear(): void {
    this.statements.clear();
  }
}
