import type { RowLookup } from '../engine/binder/bind-context.ts';
import type { Value } from '../engine/sql-type.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import type { DatabaseCatalog, DatabaseObject } from '../storage/table.ts';
import { CHECK, DEFAULT, entryOf, FOREIGN_KEY, PRIMARY_KEY, UNIQUE } from './object-kinds.ts';
import type { CatalogView } from './view.ts';

/** A part of the catalog: the objects that the rows are made from, and whether their constraints are included. */
interface Part {
  readonly objects: Iterable<DatabaseObject>;
  readonly constraints: boolean;
}

/** The part that holds all rows with a value in a column; undefined when any part may hold some. */
type PartOf = (value: Value, session: CatalogSession) => Part | undefined;

const byId =
  (find: (id: number, database: DatabaseCatalog) => Iterable<DatabaseObject | undefined> | undefined): PartOf =>
  (id, { database }) => {
    if (typeof id !== 'number') return { objects: [], constraints: true };
    const found = find(id, database);
    return found && { objects: [...found].filter(object => object !== undefined), constraints: true };
  };

/** The object itself, or the table that a constraint belongs to. */
const objectOrTable = byId((id, database) => [database.objectById(id) ?? database.constraintTable(id)]);

/** SQL Server's own catalog indexes these columns. They mean the same in every view that has them. */
const BY_COLUMN: ReadonlyMap<string, PartOf> = new Map<string, PartOf>([
  ['object_id', objectOrTable],
  ['major_id', objectOrTable],
  ['constraint_object_id', objectOrTable],
  // 0 is the parent of everything that isn't a constraint.
  ['parent_object_id', byId((id, database) => (id === 0 ? undefined : [database.objectById(id)]))],
  ['referenced_object_id', byId((id, database) => database.referencingTables(id))],
]);

/** Finds rows of sys.objects and similar views by type, so that looking for tables makes no rows for constraints. */
const byType: PartOf = (type, session) => {
  const wanted = typeKey(type);
  if (CONSTRAINT_TYPES.has(wanted)) return undefined;
  return {
    objects: [...session.objects].filter(object => typeKey(entryOf(object).kind.type) === wanted),
    constraints: false,
  };
};

const typeKey = (type: Value): string => String(type).trimEnd().toUpperCase();
/** K stands for keys in sysobjects. */
const CONSTRAINT_TYPES = new Set([
  'K',
  ...[PRIMARY_KEY, UNIQUE, FOREIGN_KEY, CHECK, DEFAULT].map(({ type }) => typeKey(type)),
]);

function partOf({ name, type }: CatalogView['columns'][number]): PartOf | undefined {
  return name === 'type' && type.name === 'char' ? byType : BY_COLUMN.get(name);
}

/** The same session with a catalog that holds this part only, and the extended properties of that id. */
function narrowed(session: CatalogSession, { objects, constraints }: Part, value: Value): CatalogSession {
  return Object.create(session, {
    objects: { value: objects },
    constraints: { value: constraints },
    ...(typeof value === 'number' ? { extendedProperties: { value: session.database.propertiesOf(value) } } : {}),
  }) as CatalogSession;
}

/** Finds a view's rows by the ids and types in it: one table among thousands is found without making every row. */
export function catalogLookup(view: CatalogView, session: CatalogSession): RowLookup | undefined {
  const indexes = view.columns.flatMap((column, ordinal) =>
    partOf(column) ? [{ key: [{ ordinal, descending: false }], unique: false, disabled: false }] : [],
  );
  if (indexes.length === 0) return undefined;
  return {
    indexes,
    // Counting a view's rows would mean making them; it has about as many as there are objects.
    get rowCount() {
      return session.database.objectCount;
    },
    *seek(index, [value]) {
      const { ordinal } = index.key[0]!;
      if (value === null || value === undefined) return;
      const part = partOf(view.columns[ordinal]!)!(value, session);
      const same = (other: Value): boolean =>
        typeof value === 'number' ? other === value : typeKey(other) === typeKey(value);
      for (const row of view.rows(part ? narrowed(session, part, value) : session)) if (same(row[ordinal]!)) yield row;
    },
  };
}
