import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType } from '../../engine/sql-type.ts';
import { BIGINT, isDecimal, isInteger, precisionScale } from '../../engine/types.ts';
import type * as ast from '../../parser/ast.ts';
import { nowTicks } from '../../storage/clock.ts';
import type { SequenceDefinition } from '../../storage/table.ts';
import { resolveDeclaredType } from '../resolve-type.ts';
import type { SessionState } from '../session-state.ts';
import { newObjectName, refuseDuplicate, requireCreate } from './names.ts';
import { currentUndo } from './undo.ts';

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};

export function createSequence(session: SessionState, statement: ast.CreateSequence): void {
  const target = newObjectName(session, statement.name);
  requireCreate(session, 'CREATE SEQUENCE', target);
  refuseDuplicate(target);
  const type = statement.type ? resolveDeclaredType(statement.type, target.database, target.schema.name).type : BIGINT;
  const [lowest, highest] = rangeOf(type, statement.name);
  const { options } = statement;
  const increment = options.increment ?? 1n;
  const minimum = options.minimum ?? lowest;
  const maximum = options.maximum ?? highest;
  const start = options.start ?? (increment > 0n ? minimum : maximum);
  check(statement.name, { increment, minimum, maximum, start });
  const now = nowTicks();
  const sequence: SequenceDefinition = {
    kind: 'sequence',
    objectId: target.database.newObjectId(),
    schema: target.schema.name,
    name: target.name,
    created: now,
    modified: now,
    type,
    start,
    increment,
    minimum,
    maximum,
    cycle: options.cycle ?? false,
    cacheSize: null,
    current: start,
    used: false,
  };
  currentUndo(session).log(target.database.add(sequence));
}

export function alterSequence(session: SessionState, statement: ast.AlterSequence): void {
  const target = newObjectName(session, statement.name);
  const sequence = target.database.objectByName(target.schema.name, target.name);
  if (sequence?.kind !== 'sequence' || !session.securityIn(target.database).has('ALTER', sequence)) {
    throw new SqlError(
      15151,
      `Cannot find the sequence object '${target.name}', because it does not exist or you do not have permission.`,
    );
  }
  if (statement.options.start !== undefined)
    throw new SqlError(11711, `Argument 'START WITH' cannot be used in an ALTER SEQUENCE statement.`, 15);
  const [lowest, highest] = rangeOf(sequence.type, statement.name);
  const { options, restart } = statement;
  const altered: SequenceDefinition = {
    ...sequence,
    increment: options.increment ?? sequence.increment,
    minimum: options.minimum === null ? lowest : (options.minimum ?? sequence.minimum),
    maximum: options.maximum === null ? highest : (options.maximum ?? sequence.maximum),
    cycle: options.cycle ?? sequence.cycle,
    modified: nowTicks(),
    ...(restart === undefined
      ? {}
      : { current: restart ?? sequence.start, used: false, start: restart ?? sequence.start }),
  };
  check(statement.name, altered);
  currentUndo(session).log(target.database.replace(sequence, altered));
}

function rangeOf(type: SqlType, name: ast.ObjectName): readonly [bigint, bigint] {
  if (isInteger(type) && RANGES[type.name]) return RANGES[type.name]!;
  if (isDecimal(type) && precisionScale(type).scale === 0) {
    const limit = 10n ** BigInt(precisionScale(type).precision) - 1n;
    return [-limit, limit];
  }
  throw new SqlError(
    11702,
    `The sequence object '${name.join('.')}' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, or any user-defined data type that is based on one of the above integer data types.`,
  );
}

function check(
  name: ast.ObjectName,
  options: Pick<SequenceDefinition, 'increment' | 'minimum' | 'maximum' | 'start'>,
): void {
  const shown = name.join('.');
  if (options.increment === 0n)
    throw new SqlError(11700, `The increment for sequence object '${shown}' cannot be zero.`);
  if (options.minimum >= options.maximum)
    throw new SqlError(11705, `The minimum value for sequence object '${shown}' must be less than its maximum value.`);
  if (options.start < options.minimum || options.start > options.maximum) {
    throw new SqlError(
      11703,
      `The start value for sequence object '${shown}' must be between the minimum and maximum value of the sequence object.`,
    );
  }
}
