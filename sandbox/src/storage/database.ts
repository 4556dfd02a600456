import { SqlError } from '../engine/sql-error.ts';
import { nowTicks } from './clock.ts';
import { ConstraintIndex } from './constraint-index.ts';
import type { MemoryTable } from './memory-table.ts';
import { QueryStore } from './query-store.ts';
import { Statistics } from './statistics.ts';
import type { ChangeCounter } from './transaction.ts';
import { DBO_ID, Principals, type Principal } from './principals.ts';
import type {
  DatabaseCatalog,
  DatabaseObject,
  ExtendedProperty,
  ForeignKeyConstraint,
  PermissionEntry,
  SchemaDefinition,
  SecurityPolicyDefinition,
  StoredTable,
  TypeDefinition,
} from './table.ts';

const FIRST_OBJECT_ID = 245_575_913;
const OBJECT_ID_STEP = 16_000_057;
const MAX_OBJECT_ID = 2_147_480_000;

const key = (schema: string, name: string): string => `${schema}.${name}`.toLowerCase();

/** The objects of one database. Its methods return an undo function, which callers add to the transaction's log. */
export class Database implements DatabaseCatalog {
  readonly databaseId: number;
  name: string;
  readonly created = nowTicks();
  readCommittedSnapshot = false;
  readonly security = new Principals();
  readonly statistics = new Statistics();
  readonly queryStore = new QueryStore();
  readonly planCache = new QueryStore(true);
  /** Change tracking, while it is on: the version of the last commit that changed a tracked table. */
  changes: ChangeCounter | undefined;
  private readonly schemasByName = new Map<string, SchemaDefinition>();
  private readonly objectsByName = new Map<string, DatabaseObject>();
  private readonly typesByName = new Map<string, TypeDefinition>();
  private readonly byId = new Map<number, DatabaseObject>();
  private readonly referencing = new Map<number, Set<MemoryTable>>();
  private readonly constraints = new ConstraintIndex();
  /** The extended properties by the object that they describe. */
  private readonly properties = new Map<number, readonly ExtendedProperty[]>();
  private lastObjectId = FIRST_OBJECT_ID;
  private lastSchemaId = 4;
  private lastUserTypeId = 256;
  private rowVersion = 2000n;
  /** Increases with every change of a definition. */
  version = 0;

  constructor(databaseId: number, name: string) {
    this.databaseId = databaseId;
    this.name = name;
    const add = (schemaId: number, schema: string, principalId: number): void => {
      this.schemasByName.set(schema.toLowerCase(), { schemaId, name: schema, principalId });
    };
    add(1, 'dbo', DBO_ID);
    add(2, 'guest', 2);
    add(3, 'INFORMATION_SCHEMA', 3);
    add(4, 'sys', 4);
  }

  get schemas(): Iterable<SchemaDefinition> {
    return this.schemasByName.values();
  }
  get objects(): Iterable<DatabaseObject> {
    return this.objectsByName.values();
  }
  get objectCount(): number {
    return this.objectsByName.size;
  }
  get types(): Iterable<TypeDefinition> {
    return this.typesByName.values();
  }
  get principals(): Iterable<Principal> {
    return this.security.all;
  }
  get permissions(): Iterable<PermissionEntry> {
    return this.security.permissions;
  }
  get extendedProperties(): Iterable<ExtendedProperty> {
    return [...this.properties.values()].flat();
  }

  schema(name: string): SchemaDefinition | undefined {
    return this.schemasByName.get(name.toLowerCase());
  }

  objectByName(schema: string, name: string): DatabaseObject | undefined {
    return this.objectsByName.get(key(schema, name));
  }

  objectById(objectId: number): DatabaseObject | undefined {
    return this.byId.get(objectId);
  }

  type(schema: string, name: string): TypeDefinition | undefined {
    return this.typesByName.get(key(schema, name));
  }

  newObjectId(): number {
    this.lastObjectId += OBJECT_ID_STEP;
    if (this.lastObjectId > MAX_OBJECT_ID) this.lastObjectId -= MAX_OBJECT_ID;
    return this.lastObjectId;
  }

  /** The next value of the database's rowversion counter (@@DBTS). */
  nextRowVersion(): Uint8Array {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, ++this.rowVersion);
    return bytes;
  }

  newUserTypeId(): number {
    return ++this.lastUserTypeId;
  }

  addSchema(name: string, principalId: number): () => void {
    if (this.schema(name))
      throw new SqlError(2714, `There is already an object named '${name}' in the database.`, 16, 6);
    const schema = { schemaId: ++this.lastSchemaId, name, principalId };
    this.schemasByName.set(name.toLowerCase(), schema);
    return () => void this.schemasByName.delete(name.toLowerCase());
  }

  dropSchema(schema: SchemaDefinition): () => void {
    this.schemasByName.delete(schema.name.toLowerCase());
    return () => void this.schemasByName.set(schema.name.toLowerCase(), schema);
  }

  add(object: DatabaseObject): () => void {
    this.put(object);
    return () => this.delete(object);
  }

  remove(object: DatabaseObject): () => void {
    this.delete(object);
    return () => this.put(object);
  }

  replace(old: DatabaseObject, object: DatabaseObject): () => void {
    this.delete(old);
    this.put(object);
    return () => {
      this.delete(object);
      this.put(old);
    };
  }

  propertiesOf(majorId: number): readonly ExtendedProperty[] {
    return this.properties.get(majorId) ?? [];
  }

  constraintTable(constraintId: number): StoredTable | undefined {
    return this.constraints.tableOf(constraintId);
  }

  constraintTableByName(schema: string, name: string): StoredTable | undefined {
    return this.constraints.tableOfName(schema, name);
  }

  referencingTables(objectId: number): Iterable<StoredTable> {
    return this.referencing.get(objectId) ?? [];
  }

  /** Tables with a foreign key to this one, possibly including itself. */
  referencingKeys(table: MemoryTable): readonly { readonly child: MemoryTable; readonly key: ForeignKeyConstraint }[] {
    const found: { child: MemoryTable; key: ForeignKeyConstraint }[] = [];
    for (const child of this.referencing.get(table.objectId) ?? []) {
      for (const foreignKey of child.foreignKeys) {
        if (foreignKey.referencedTable === table) found.push({ child, key: foreignKey });
      }
    }
    return found;
  }

  /** Callers must call this when a table's keys or other constraints may have changed. */
  indexConstraints(table: MemoryTable): void {
    this.constraints.put(table);
    for (const foreignKey of table.foreignKeys) {
      const id = foreignKey.referencedTable.objectId;
      const tables = this.referencing.get(id);
      if (tables) tables.add(table);
      else this.referencing.set(id, new Set([table]));
    }
    this.version++;
  }

  /** Enabled security policies that have a predicate on the table. */
  policiesOn(objectId: number): readonly SecurityPolicyDefinition[] {
    const found: SecurityPolicyDefinition[] = [];
    for (const object of this.objectsByName.values()) {
      if (object.kind !== 'security policy' || !object.enabled) continue;
      if (object.predicates.some(predicate => predicate.table.objectId === objectId)) found.push(object);
    }
    return found;
  }

  /** Changes the extended properties of one object, schema or the database (0). */
  setProperties(
    majorId: number,
    change: (properties: readonly ExtendedProperty[]) => readonly ExtendedProperty[],
  ): () => void {
    const before = this.propertiesOf(majorId);
    const put = (properties: readonly ExtendedProperty[]): void => {
      if (properties.length > 0) this.properties.set(majorId, properties);
      else this.properties.delete(majorId);
    };
    put(change(before));
    return () => put(before);
  }

  private put(object: DatabaseObject): void {
    this.version++;
    this.byId.set(object.objectId, object);
    if (object.kind === 'type') {
      this.typesByName.set(key(object.schema, object.name), object);
      return;
    }
    this.objectsByName.set(key(object.schema, object.name), object);
    if (object.kind === 'table') this.indexConstraints(object as MemoryTable);
  }

  private delete(object: DatabaseObject): void {
    this.version++;
    this.byId.delete(object.objectId);
    if (object.kind === 'type') {
      this.typesByName.delete(key(object.schema, object.name));
      return;
    }
    this.objectsByName.delete(key(object.schema, object.name));
    if (object.kind !== 'table') return;
    this.constraints.remove(object);
    for (const tables of this.referencing.values()) tables.delete(object as MemoryTable);
  }
}
