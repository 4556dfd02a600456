import type { StoredTable } from './table.ts';

interface NamedConstraint {
  readonly objectId: number;
  readonly name: string;
}

/** The constraints of a table, which are objects of their own in the catalog. */
export function* namedConstraints(table: StoredTable): Generator<NamedConstraint> {
  yield* table.checks;
  yield* table.foreignKeys;
  for (const { default: byDefault } of table.columns) if (byDefault) yield byDefault;
  for (const { constraintObjectId, name } of table.indexes) {
    if (constraintObjectId !== undefined) yield { objectId: constraintObjectId, name };
  }
}

const nameKey = (schema: string, name: string): string => `${schema}.${name}`.toLowerCase();

/** Which table a constraint belongs to, by its id and by its name. */
export class ConstraintIndex {
  private readonly byId = new Map<number, StoredTable>();
  private readonly byName = new Map<string, StoredTable>();
  private readonly entered = new Map<StoredTable, { ids: number[]; names: string[] }>();

  /** Callers must call this when a table's constraints may have changed. */
  put(table: StoredTable): void {
    this.remove(table);
    const entered: { ids: number[]; names: string[] } = { ids: [], names: [] };
    for (const { objectId, name } of namedConstraints(table)) {
      const key = nameKey(table.schema, name);
      this.byId.set(objectId, table);
      this.byName.set(key, table);
      entered.ids.push(objectId);
      entered.names.push(key);
    }
    this.entered.set(table, entered);
  }

  remove(table: StoredTable): void {
    const entered = this.entered.get(table);
    if (!entered) return;
    this.entered.delete(table);
    for (const id of entered.ids) this.byId.delete(id);
    for (const name of entered.names) this.byName.delete(name);
  }

  tableOf(constraintId: number): StoredTable | undefined {
    return this.byId.get(constraintId);
  }

  tableOfName(schema: string, name: string): StoredTable | undefined {
    return this.byName.get(nameKey(schema, name));
  }
}
