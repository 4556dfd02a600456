import type { ResolvedTableFunction } from '../engine/binder/bind-context.ts';
import type { Value } from '../engine/sql-type.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import type { ColumnSpec } from './view.ts';

type Rows = (args: readonly Value[], session: CatalogSession) => Iterable<Readonly<Record<string, Value>>>;

/** A function of the catalogue that returns rows. */
export interface CatalogFunction {
  readonly objectId: number;
  readonly name: string;
  readonly parameters: ResolvedTableFunction['parameters'];
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly rows: Rows;
}

export function asText(value: Value | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' && 'value' in value ? String(value.value) : String(value);
}
