import type { Value } from '../engine/sql-type.ts';

/** Tells the rows of a stream from its pauses and lock waits. */
export const isRow = (item: unknown): item is readonly Value[] => Array.isArray(item);
