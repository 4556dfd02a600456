import type { CellValue } from '../result-set.js';
import type { CellLimit } from './cut-text.js';

/** The parts of tedious's column `Metadata` that are used here. */
export interface WireColumn {
  readonly type: { readonly name: string };
  readonly userType: number;
  readonly precision: number | undefined;
  readonly scale: number | undefined;
  readonly dataLength: number | undefined;
  readonly collation: { readonly codepage?: string | undefined } | undefined;
  readonly udtInfo: { readonly typeName: string } | undefined;
  readonly colName?: string;
}

export interface WireResult {
  value: CellValue;
  offset: number;
}

/**
 * Reads one value of a column; undefined leaves the value to the driver. All readers share one result object, so the
 * caller copies value and offset at once.
 */
export type WireReader = (
  buffer: Buffer,
  offset: number,
  column: WireColumn,
  limit: CellLimit,
) => WireResult | undefined;
