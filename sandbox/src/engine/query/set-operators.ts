import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type RowStream } from '../contracts.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { type Key, rowKeyFor } from './row-keys.ts';
import { type Row, isRow } from './row-source.ts';

/** The first row of each set of equal rows, in the order they came. */
export function* distinctRows(
  stream: RowStream,
  types: readonly SqlType[],
  width: number,
  compilation: Compilation,
): RowStream {
  const { ticker } = compilation;
  const keyOf = rowKeyFor(types);
  const seen = new Set<Key>();
  for (const item of stream) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    if (ticker.tick()) yield PAUSE;
    const key = keyOf(item.length > width ? item.slice(0, width) : item);
    if (seen.has(key)) continue;
    seen.add(key);
    yield item;
  }
}

/** INTERSECT and EXCEPT: distinct rows of the left that are, or are not, on the right. NULLs equal NULLs. */
export function* intersectOrExcept(
  left: RowStream,
  right: RowStream,
  wanted: boolean,
  types: readonly SqlType[],
  compilation: Compilation,
): RowStream {
  const { ticker } = compilation;
  const keyOf = rowKeyFor(types);
  const there = new Set<Key>();
  for (const item of right) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    if (ticker.tick()) yield PAUSE;
    there.add(keyOf(item));
  }
  for (const item of distinctRows(left, types, types.length, compilation)) {
    if (!isRow(item) || there.has(keyOf(item)) === wanted) yield item;
  }
}

/** Converts the columns of a stream; undefined leaves a column as it is. */
export function* convertRows(stream: RowStream, converters: readonly (((v: Value) => Value) | undefined)[]): RowStream {
  if (converters.every(convert => !convert)) {
    yield* stream;
    return;
  }
  for (const item of stream) yield isRow(item) ? convertRow(item, converters) : item;
}

export const convertRow = (row: Row, converters: readonly (((v: Value) => Value) | undefined)[]): Row =>
  row.map((value, i) => {
    const convert = converters[i];
    return convert ? convert(value) : value;
  });

/** Rows `skip` … `skip + take` of a stream; the remaining rows are not read. */
export function* sliceRows(stream: RowStream, skip: number, take: number): RowStream {
  if (take <= 0) return;
  let seen = 0;
  for (const item of stream) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    if (seen++ < skip) continue;
    yield item;
    if (seen >= skip + take) return;
  }
}
