import { SqlError } from '../engine/sql-error.ts';
import type { Value } from '../engine/sql-type.ts';
import type { Database } from '../storage/database.ts';
import type { SequenceDefinition } from '../storage/table.ts';

/** NEXT VALUE FOR. A rollback does not take values back. */
export function advanceSequence(database: Database, objectId: number): Value {
  const sequence = database.objectById(objectId);
  if (sequence?.kind !== 'sequence') throw new SqlError(208, 'Invalid object name of a sequence.');
  const next = nextValue(sequence);
  const state = sequence as { current: bigint; used: boolean };
  state.current = next;
  state.used = true;
  return sequence.type.name === 'bigint' || sequence.type.precision !== undefined ? next : Number(next);
}

/** The numbers that were assigned to one row of one statement. */
export class SequenceValues {
  private readonly statementNumber: () => number;
  private readonly values = new Map<number, Value>();
  private statement = -1;
  private row: readonly Value[] | undefined;

  constructor(statementNumber: () => number) {
    this.statementNumber = statementNumber;
  }

  of(row: readonly Value[], objectId: number, advance: () => Value): Value {
    const statement = this.statementNumber();
    if (row !== this.row || statement !== this.statement) {
      this.row = row;
      this.statement = statement;
      this.values.clear();
    }
    const known = this.values.get(objectId);
    if (known !== undefined) return known;
    const value = advance();
    this.values.set(objectId, value);
    return value;
  }
}

function nextValue(sequence: SequenceDefinition): bigint {
  if (!sequence.used) return sequence.current;
  const next = sequence.current + sequence.increment;
  if (next >= sequence.minimum && next <= sequence.maximum) return next;
  if (!sequence.cycle) {
    throw new SqlError(
      11728,
      `The sequence object '${sequence.name}' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.`,
    );
  }
  return sequence.increment > 0n ? sequence.minimum : sequence.maximum;
}
