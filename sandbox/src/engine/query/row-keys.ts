import { hashKeyFor } from '../operators.ts';
import type { SqlType, Value } from '../sql-type.ts';

export type Key = string | number | bigint;

/** Makes one key of a list of values. Rows that GROUP BY, DISTINCT and joins treat as equal have equal keys. */
export function rowKeyFor(types: readonly SqlType[]): (values: readonly Value[]) => Key {
  const keys = types.map(hashKeyFor);
  if (keys.length === 1) {
    const key = keys[0]!;
    return values => key(values[0]!);
  }
  return values => {
    let text = '';
    for (let i = 0; i < keys.length; i++) text += keyPart(keys[i]!(values[i]!));
    return text;
  };
}

/** The length precedes each part, so that ('ab', 'c') and ('a', 'bc') differ. */
function keyPart(key: Key): string {
  return typeof key === 'string' ? `${key.length}:${key}` : `${key};`;
}
