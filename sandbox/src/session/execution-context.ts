import type {
  BindContext,
  ObjectPermission,
  ResolvedFunctionSource,
  ResolvedSource,
  RowFilter,
  ScalarFunction,
  SecuredObject,
  SequenceBinding,
  VariableBinding,
} from '../engine/binder/bind-context.ts';
import type { FunctionContext } from '../engine/functions/context.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { SqlType } from '../engine/sql-type.ts';
import type * as ast from '../parser/ast.ts';
import type { Database } from '../storage/database.ts';
import type { MemoryTable } from '../storage/memory-table.ts';
import type { DatabaseObject, FunctionDefinition, StoredTable, ViewDefinition } from '../storage/table.ts';
import { predicateScope, type NameScope, type ResolvedName } from './name-scope.ts';
import { resolveTypeName } from './resolve-type.ts';
import { predicatesOn } from './row-security.ts';
import { advanceSequence } from './sequences.ts';
import type { SessionState } from './session-state.ts';

/** Resolves the names of one text for the binder, with the rights of one session. */
export class ExecutionContext implements BindContext {
  readonly session: SessionState;
  readonly scope: NameScope;

  constructor(session: SessionState, scope: NameScope) {
    this.session = session;
    this.scope = scope;
  }

  get functions(): FunctionContext {
    return this.session.functions;
  }

  resolveSource(parts: readonly string[]): ResolvedSource | undefined {
    const name = parts[parts.length - 1]!;
    const local = this.localTable(name);
    if (local) return this.table(local);
    if (name.startsWith('@') || name.startsWith('#')) return undefined;
    const target = this.objectName(parts);
    const virtual = this.session.catalog?.view(
      target.schema,
      target.name,
      this.session.catalogSession(target.database),
    );
    if (virtual) return virtual;
    const object = this.find(target);
    if (!object) return undefined;
    if (object.kind === 'table') return this.table(object as MemoryTable, target.database);
    if (object.kind === 'view') return this.view(object, target.database);
    return undefined;
  }

  resolveTableFunction(parts: readonly string[]): ResolvedFunctionSource | undefined {
    const target = this.objectName(parts);
    const virtual = this.session.catalog?.tableFunction(
      target.schema,
      target.name,
      this.session.catalogSession(target.database),
    );
    if (virtual) return virtual;
    const object = this.find(target);
    if (object?.kind === 'inline function') {
      return {
        kind: 'inline-function',
        ...identity(object),
        parameters: object.parameters,
        query: object.query!,
        context: this.moduleContext(object, target.database),
      };
    }
    if (object?.kind !== 'table function') return undefined;
    return {
      kind: 'table-function',
      ...identity(object),
      parameters: object.parameters,
      columns: object.columns!,
      rows: args => this.session.callTableFunction(object, args),
    };
  }

  resolveScalarFunction(parts: readonly string[]): ScalarFunction | undefined {
    // A scalar function is called with two name parts at least; one part names a built-in function.
    if (parts.length < 2) return undefined;
    const object = this.find(this.objectName(parts));
    if (object?.kind !== 'scalar function') return undefined;
    return {
      ...identity(object),
      parameters: object.parameters,
      returns: object.returns!,
      call: args => this.session.callScalarFunction(object, args),
    };
  }

  resolveSequence(parts: readonly string[]): SequenceBinding | undefined {
    const target = this.objectName(parts);
    const object = this.find(target);
    if (object?.kind !== 'sequence') return undefined;
    const { objectId, type } = object;
    return {
      ...identity(object),
      type,
      next: row => this.session.sequenceValues.of(row, objectId, () => advanceSequence(target.database, objectId)),
    };
  }

  variable(name: string): VariableBinding | undefined {
    const variable = this.scope.frame?.variable(name);
    return variable && { type: variable.type, get: () => variable.value };
  }

  resolveType(type: ast.TypeName): SqlType {
    return resolveTypeName(type, this.scope.database, this.scope.defaultSchema, 30).type;
  }

  checkPermission(permission: ObjectPermission, object: SecuredObject): void {
    if (this.allows(permission, object)) return;
    throw new SqlError(
      229,
      `The ${permission} permission was denied on the object '${object.name}', database '${this.scope.database.name}', schema '${object.schema}'.`,
      14,
      5,
    );
  }

  allows(permission: string, object: Pick<SecuredObject, 'objectId' | 'schema'>): boolean {
    const { database, chainOwner, trusted, unread } = this.scope;
    if (trusted || (permission === 'SELECT' && unread === object.objectId)) return true;
    const security = this.session.securityIn(database);
    if (security.isOwner) return true;
    // Temporary tables and table variables belong to the session.
    if (!database.objectById(object.objectId)) return true;
    if (chainOwner !== undefined && database.schema(object.schema)?.principalId === chainOwner) return true;
    return security.has(permission, object);
  }

  rowFilters(table: StoredTable): readonly RowFilter[] | undefined {
    if (this.scope.unfiltered || table.lifetime !== 'permanent') return undefined;
    const { database } = this.scope;
    // FILTER predicates apply to every user, also to dbo.
    const filters = predicatesOn(database, table).filter(predicate => predicate.type === 'FILTER');
    if (filters.length === 0) return undefined;
    const context = new ExecutionContext(this.session, predicateScope(database));
    return filters.map(({ functionName, args }) => ({ functionName, args, context }));
  }

  /** The same names without the check for SELECT on that object. */
  withoutReading(objectId: number): ExecutionContext {
    return new ExecutionContext(this.session, { ...this.scope, unread: objectId });
  }

  /** A #table or @table by name. */
  localTable(name: string): MemoryTable | undefined {
    const frame = this.scope.frame;
    if (name.startsWith('@')) return frame?.tableVariables.get(name.toLowerCase());
    if (!name.startsWith('#')) return undefined;
    return frame?.temporaryTable(name) ?? (frame ? this.session.temporaryTables.get(name.toLowerCase()) : undefined);
  }

  /** Splits a name into database, schema and object. Throws 7202 for a server, 208 for an unknown database. */
  objectName(parts: readonly string[]): ResolvedName {
    const name = parts[parts.length - 1]!;
    const schema = parts[parts.length - 2] || undefined;
    const databaseName = parts[parts.length - 3] || undefined;
    if (parts.length > 3 && parts[0]) {
      throw new SqlError(
        7202,
        `Could not find server '${parts[0]}' in sys.servers. Verify that the correct server name was specified. If necessary, execute the stored procedure sp_addlinkedserver to add the server to sys.servers.`,
        11,
        2,
      );
    }
    if (databaseName === undefined) return { database: this.scope.database, schema, name };
    const database = this.session.server.database(databaseName);
    if (!database) throw new SqlError(208, `Invalid object name '${parts.join('.')}'.`);
    this.session.securityIn(database);
    return { database, schema, name };
  }

  find(target: ResolvedName): DatabaseObject | undefined {
    const object = this.named(target);
    if (object?.kind !== 'synonym') return object;
    const base = this.named(this.objectName(object.target));
    if (base?.kind !== 'synonym') return base;
    const [from, to] = [`${object.schema}.${object.name}`, `${base.schema}.${base.name}`];
    throw new SqlError(470, `The synonym "${from}" referenced synonym "${to}". Synonym chaining is not allowed.`);
  }

  private named({ database, schema, name }: ResolvedName): DatabaseObject | undefined {
    if (schema !== undefined) return database.objectByName(schema, name);
    const own = database === this.scope.database ? this.scope.defaultSchema : 'dbo';
    return database.objectByName(own, name) ?? database.objectByName('dbo', name);
  }

  /** Constraints share the names of objects. */
  constraintExists(name: string): boolean {
    const { database, defaultSchema } = this.scope;
    return (
      database.objectByName(defaultSchema, name) !== undefined ||
      database.constraintTableByName(defaultSchema, name) !== undefined
    );
  }

  private table(table: MemoryTable, _database?: Database): ResolvedSource {
    return { kind: 'table', ...identity(table), table: this.session.view(table) };
  }

  private view(view: ViewDefinition, database: Database): ResolvedSource {
    return {
      kind: 'view',
      ...identity(view),
      ...(view.columnNames ? { columnNames: view.columnNames } : {}),
      query: view.query,
      context: this.moduleContext(view, database),
    };
  }

  private moduleContext(module: ViewDefinition | FunctionDefinition, database: Database): ExecutionContext {
    return new ExecutionContext(this.session, {
      database,
      defaultSchema: module.schema,
      chainOwner: database.schema(module.schema)?.principalId,
      frame: undefined,
      ...(this.scope.unfiltered ? { unfiltered: true } : {}),
      ...(this.scope.trusted ? { trusted: true } : {}),
    });
  }
}

const identity = (object: SecuredObject): SecuredObject => ({
  objectId: object.objectId,
  schema: object.schema,
  name: object.name,
});
