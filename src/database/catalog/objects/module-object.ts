import type { Rows } from '../../connection/catalog-runner.js';
import type { ModuleKind } from './object.types.js';

/** An object as NAMED_OBJECTS has it; `table` stands for whatever has no code. */
export interface FoundObject {
  readonly schema: string;
  readonly name: string;
  readonly kind: ModuleKind | 'table';
  readonly objectId: number;
  /** Views, and functions that return a table. */
  readonly hasColumns: boolean;
  readonly modifiedAt: string | undefined;
  /** The table of a trigger. */
  readonly table: { readonly schema: string; readonly name: string } | undefined;
}

export type ModuleObject = FoundObject & { readonly kind: ModuleKind };

export function isModule(found: FoundObject): found is ModuleObject {
  return found.kind !== 'table';
}

const KINDS: Readonly<Record<string, ModuleKind>> = {
  P: 'procedure',
  PC: 'procedure',
  X: 'procedure',
  V: 'view',
  FN: 'function',
  IF: 'function',
  TF: 'function',
  FS: 'function',
  FT: 'function',
  AF: 'function',
  TR: 'trigger',
  TA: 'trigger',
};
const WITH_COLUMNS: ReadonlySet<string> = new Set(['V', 'IF', 'TF', 'FT']);

/** Reads rows of NAMED_OBJECTS. */
export function moduleObjects(rows: Rows): readonly FoundObject[] {
  return rows.map(([schema, name, type, objectId, modified, tableSchema, table]) => {
    const code = String(type).trim();
    return {
      schema: String(schema),
      name: String(name),
      kind: KINDS[code] ?? 'table',
      objectId: Number(objectId),
      hasColumns: WITH_COLUMNS.has(code),
      modifiedAt: typeof modified === 'string' ? modified : undefined,
      table: typeof table === 'string' ? { schema: String(tableSchema), name: table } : undefined,
    };
  });
}
