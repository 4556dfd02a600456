import { hashKeyFor } from '../operators.ts';
import type { SqlType, Value } from '../sql-type.ts';

export type Key = string | number | bigint;

/** Turns a list of values into one key: equal keys for rows that GROUP BY, DISTINCT and joins hold equal. */
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

/** A part's length stands before it, so that ('ab', 'c') and ('a', 'bc') differ. */
function keyPart(key: Key): string {
  return typeof key === 'string' ? `${key.length}:${key}` : `${key};`;
}
