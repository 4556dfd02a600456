import type { ResolvedFunctionSource, ResolvedVirtualTable } from '../engine/binder/bind-context.ts';
import type { RequestParameter, ResultColumn } from '../engine/contracts.ts';
import type { MetadataFacts } from '../engine/functions/context.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import type {
  DatabaseCatalog,
  DatabasePrincipal,
  ServerCatalog,
  SessionInformation,
  StoredTable,
} from '../storage/table.ts';

/** The session as the catalog may see it. */
export interface CatalogSession {
  readonly server: ServerCatalog;
  readonly database: DatabaseCatalog;
  /** The objects that the catalog makes rows from: those of the database, or the part that a lookup needs. */
  readonly objects: DatabaseCatalog['objects'];
  readonly extendedProperties: DatabaseCatalog['extendedProperties'];
  /** Whether the constraints of `objects` get rows, too. */
  readonly constraints: boolean;
  readonly spid: number;
  readonly login: string;
  /** The database user the session acts as. */
  readonly principal: DatabasePrincipal;
  readonly temporaryTables: Iterable<StoredTable>;
  readonly information: SessionInformation;
  /**
   * Whether the session has a permission ('SELECT', 'VIEW DEFINITION' …) on an object (by object_id), a schema or the
   * database. Role membership, ownership and DENY are taken into account.
   */
  hasPermission(permission: string, on?: { readonly objectId: number } | { readonly schemaId: number }): boolean;
  /** Whether a permission was granted on a system object by itself, and not denied. */
  hasGrant(permission: string, systemObjectId: number): boolean;
  /** Metadata visibility: owns the object or has any permission on it. */
  isVisible(objectId: number): boolean;
  /** The permissions of fn_my_permissions(securable, class); class in upper case. */
  effectivePermissions(
    securable: string | null,
    securableClass: string,
  ): readonly { readonly entity: string; readonly subentity: string; readonly permission: string }[];
  isMember(role: string): boolean | null;
  isRoleMember(role: string, principal?: string): boolean | null;
  isServerRoleMember(role: string, login?: string): boolean | null;
  /** The columns of the first result set of a batch, for sp_describe_first_result_set and its DMV. Throws SqlError. */
  describe(sql: string, parameters: string | null): readonly ResultColumn[];
}

/** An argument of a system procedure, in the caller's order; `name` with its @, empty when given by position. */
export type ProcedureArgument = Pick<RequestParameter, 'name' | 'type' | 'value'>;

export interface ProcedureResultSet {
  readonly columns: readonly ResultColumn[];
  readonly rows: Iterable<readonly Value[]>;
}

/** A procedure of the catalog (sp_columns, sp_helptext …), or of the `sandbox` schema. */
export interface SystemProcedure {
  run(args: readonly ProcedureArgument[], session: CatalogSession): Iterable<ProcedureResultSet>;
}

/** The system catalog as the session uses it; catalog/catalog.ts implements it. */
export interface CatalogProvider {
  /** sys.*, INFORMATION_SCHEMA.* and the dbo.sys* compatibility views; schema undefined when the name had none. */
  view(schema: string | undefined, name: string, session: CatalogSession): ResolvedVirtualTable | undefined;
  /** sys.fn_my_permissions, sys.dm_exec_describe_first_result_set, sys.fn_listextendedproperty … */
  tableFunction(schema: string | undefined, name: string, session: CatalogSession): ResolvedFunctionSource | undefined;
  /** OBJECT_ID, OBJECT_NAME, COLUMNPROPERTY …, HAS_PERMS_BY_NAME, DATABASEPROPERTYEX, SERVERPROPERTY. */
  metadata(session: CatalogSession): MetadataFacts;
  /** By schema ('sys', 'sandbox', undefined) and name. */
  procedure(schema: string | undefined, name: string): SystemProcedure | undefined;
}

export type { SqlType };
