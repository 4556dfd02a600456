import type { RowLookup } from '../engine/binder/bind-context.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import type { DatabaseObject } from '../storage/table.ts';
import type { CatalogView } from './view.ts';

/** The objects whose rows can have that id in a column; undefined when that can be any. */
type ObjectsOf = (id: number, session: CatalogSession) => Iterable<DatabaseObject> | undefined;

const one = (object: DatabaseObject | undefined): Iterable<DatabaseObject> => (object ? [object] : []);

/** The object itself, or the table that a constraint belongs to. */
const objectOrTable: ObjectsOf = (id, { database }) => one(database.objectById(id) ?? database.constraintTable(id));

/** What SQL Server's own catalog has indexes on. Columns of these names mean the same in every view that has them. */
const BY_COLUMN: ReadonlyMap<string, ObjectsOf> = new Map<string, ObjectsOf>([
  ['object_id', objectOrTable],
  ['major_id', objectOrTable],
  ['constraint_object_id', objectOrTable],
  // 0 is the parent of everything that isn't a constraint.
  ['parent_object_id', (id, { database }) => (id === 0 ? undefined : one(database.objectById(id)))],
  ['referenced_object_id', (id, { database }) => database.referencingTables(id)],
]);

/** The same session, but all that the catalog has to show it are these objects and the properties of that id. */
function narrowed(session: CatalogSession, objects: Iterable<DatabaseObject>, id: number): CatalogSession {
  return Object.create(session, {
    objects: { value: objects },
    extendedProperties: { value: session.database.propertiesOf(id) },
  }) as CatalogSession;
}

/** Look-ups of a catalog view's rows by the ids in it, so that one table of thousands is found without making every row. */
export function catalogLookup(view: CatalogView, session: CatalogSession): RowLookup | undefined {
  const indexes = view.columns.flatMap(({ name }, ordinal) =>
    BY_COLUMN.has(name) ? [{ key: [{ ordinal, descending: false }], unique: false, disabled: false }] : [],
  );
  if (indexes.length === 0) return undefined;
  return {
    indexes,
    // The rows of a view aren't counted without being made; it has about as many as there are objects.
    get rowCount() {
      return session.database.objectCount;
    },
    *seek(index, [id]) {
      const { ordinal } = index.key[0]!;
      if (typeof id !== 'number') return;
      const objects = BY_COLUMN.get(view.columns[ordinal]!.name)!(id, session);
      for (const values of view.rows(objects ? narrowed(session, objects, id) : session)) {
        if (values[ordinal] === id) yield values;
      }
    },
  };
}
