import type { Expression, Node, ObjectName, Predicate, TypeName } from './expressions.ts';
import type { Query } from './queries.ts';
import type { Statement, StatementNode } from './statements.ts';

/** An expression together with its text, which the catalog shows. */
export interface Definition<T = Expression> {
  readonly expression: T;
  /** The text as written, without the enclosing parentheses. */
  readonly text: string;
}

export interface ColumnDefinition extends Node {
  readonly name: string;
  /** Undefined for computed columns (and for a `rowversion` column without a type: never). */
  readonly type: TypeName | undefined;
  readonly computed: (Definition & { readonly persisted: boolean }) | undefined;
  /** Undefined when neither NULL nor NOT NULL is written. */
  readonly nullable: boolean | undefined;
  readonly identity: { readonly seed: bigint; readonly increment: bigint } | undefined;
  readonly collation: string | undefined;
  readonly rowGuid: boolean;
  /** Constraints written in the column; keys and references have this column as their only one. */
  readonly constraints: readonly TableConstraint[];
}

export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}

export type TableConstraint = KeyConstraint | ForeignKeyConstraint | CheckConstraint | DefaultConstraint;

export interface KeyConstraint extends Node {
  readonly kind: 'primary key' | 'unique';
  readonly name: string | undefined;
  readonly columns: readonly IndexColumn[];
  readonly clustered: boolean | undefined;
}

export type ReferentialAction = 'no action' | 'cascade' | 'set null' | 'set default';

export interface ForeignKeyConstraint extends Node {
  readonly kind: 'foreign key';
  readonly name: string | undefined;
  readonly columns: readonly string[];
  readonly referencedTable: ObjectName;
  /** Undefined: the referenced table's primary key. */
  readonly referencedColumns: readonly string[] | undefined;
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
}

export interface CheckConstraint extends Node {
  readonly kind: 'check';
  readonly name: string | undefined;
  readonly definition: Definition<Predicate>;
  /** The column whose definition contains it. */
  readonly column: string | undefined;
}

export interface DefaultConstraint extends Node {
  readonly kind: 'default constraint';
  readonly name: string | undefined;
  readonly definition: Definition;
  readonly column: string;
}

/** INDEX name (…) inside CREATE TABLE. */
export interface InlineIndex extends Node {
  readonly name: string;
  readonly unique: boolean;
  readonly clustered: boolean;
  readonly columns: readonly IndexColumn[];
  readonly included: readonly string[];
  readonly filter: Definition<Predicate> | undefined;
}

export interface TableBody {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly InlineIndex[];
}

export interface CreateTable extends StatementNode {
  readonly kind: 'create table';
  readonly name: ObjectName;
  readonly body: TableBody;
}

export interface AlterTable extends StatementNode {
  readonly kind: 'alter table';
  readonly name: ObjectName;
  readonly action: AlterTableAction;
}

export type AlterTableAction =
  | {
      readonly kind: 'add';
      readonly body: TableBody;
      /** WITH NOCHECK: existing rows are not tested. */
      readonly noCheck: boolean;
      /** ADD … DEFAULT … WITH VALUES, by column. */
      readonly withValues: readonly string[];
    }
  | {
      readonly kind: 'alter column';
      readonly name: string;
      readonly type: TypeName;
      readonly collation: string | undefined;
      readonly nullable: boolean | undefined;
    }
  | { readonly kind: 'drop'; readonly columns: readonly DropItem[]; readonly constraints: readonly DropItem[] }
  /** [WITH CHECK | NOCHECK] CHECK | NOCHECK CONSTRAINT ALL | names; `names` undefined is ALL. */
  | {
      readonly kind: 'check constraint';
      readonly enable: boolean;
      readonly validate: boolean;
      readonly names: readonly string[] | undefined;
    }
  /** ENABLE | DISABLE CHANGE_TRACKING. */
  | { readonly kind: 'change tracking'; readonly enable: boolean };

export interface DropItem {
  readonly name: string;
  readonly ifExists: boolean;
}

export interface CreateIndex extends StatementNode {
  readonly kind: 'create index';
  readonly name: string;
  readonly table: ObjectName;
  readonly unique: boolean;
  readonly clustered: boolean;
  readonly columns: readonly IndexColumn[];
  readonly included: readonly string[];
  readonly filter: Definition<Predicate> | undefined;
  readonly ignoreDuplicateKeys: boolean;
}

/** DROP INDEX name ON table, … and the old form table.name. */
export interface DropIndex extends StatementNode {
  readonly kind: 'drop index';
  readonly ifExists: boolean;
  readonly indexes: readonly { readonly name: string; readonly table: ObjectName }[];
}

/** CREATE STATISTICS name ON table (columns). */
export interface CreateStatistics extends StatementNode {
  readonly kind: 'create statistics';
  readonly name: string;
  readonly table: ObjectName;
  readonly columns: readonly string[];
}

/** CREATE FULLTEXT INDEX ON table (columns) KEY INDEX name. */
export interface CreateFullTextIndex extends StatementNode {
  readonly kind: 'create full-text index';
  readonly table: ObjectName;
  readonly columns: readonly string[];
  readonly keyIndex: string;
}

/** UPDATE STATISTICS table; `rowCount` is the option ROWCOUNT, which sets what the catalogue says. */
export interface UpdateStatistics extends StatementNode {
  readonly kind: 'update statistics';
  readonly table: ObjectName;
  readonly rowCount: number | undefined;
}

/** ALTER DATABASE name SET option = ON, OFF or, of QUERY_STORE, CLEAR; the name is undefined for CURRENT. */
export interface SetDatabaseOption extends StatementNode {
  readonly kind: 'database option';
  readonly database: string | undefined;
  readonly option: 'QUERY_STORE' | 'CHANGE_TRACKING';
  readonly state: 'ON' | 'OFF' | 'CLEAR';
}

/** CREATE | ALTER | CREATE OR ALTER. */
export type ModuleVerb = 'create' | 'alter' | 'create or alter';

/** `definition`, the text that sys.sql_modules shows, is the statement's own text from CREATE on (always "CREATE …"). */
export interface ModuleNode extends StatementNode {
  readonly verb: ModuleVerb;
  readonly name: ObjectName;
  readonly definition: string;
  /** WITH ENCRYPTION: nobody sees the definition. */
  readonly encrypted: boolean;
  readonly schemaBinding: boolean;
}

export interface CreateView extends ModuleNode {
  readonly kind: 'create view';
  readonly columns: readonly string[] | undefined;
  readonly query: Query;
  readonly checkOption: boolean;
}

export interface Parameter extends Node {
  /** With its @. */
  readonly name: string;
  readonly type: TypeName;
  readonly default: Expression | undefined;
  readonly output: boolean;
  readonly readOnly: boolean;
}

export type ExecuteAs =
  { readonly kind: 'caller' | 'self' | 'owner' } | { readonly kind: 'user'; readonly name: string };

export interface CreateProcedure extends ModuleNode {
  readonly kind: 'create procedure';
  readonly parameters: readonly Parameter[];
  readonly executeAs: ExecuteAs | undefined;
  readonly body: readonly Statement[];
}

export interface CreateFunction extends ModuleNode {
  readonly kind: 'create function';
  readonly parameters: readonly Parameter[];
  readonly executeAs: ExecuteAs | undefined;
  /** WITH RETURNS NULL ON NULL INPUT. */
  readonly returnsNullOnNullInput: boolean;
  readonly returns:
    | { readonly kind: 'scalar'; readonly type: TypeName; readonly body: readonly Statement[] }
    | { readonly kind: 'inline'; readonly query: Query }
    | {
        readonly kind: 'table';
        readonly variable: string;
        readonly table: TableBody;
        readonly body: readonly Statement[];
      };
}

export interface CreateSchema extends StatementNode {
  readonly kind: 'create schema';
  readonly name: string;
  readonly owner: string | undefined;
}

/** ALTER SCHEMA target TRANSFER [OBJECT::] name. */
export interface TransferToSchema extends StatementNode {
  readonly kind: 'alter schema transfer';
  readonly schema: string;
  readonly object: ObjectName;
}

export interface SequenceOptions {
  readonly start: bigint | undefined;
  readonly increment: bigint | undefined;
  /** null: NO MINVALUE / NO MAXVALUE. */
  readonly minimum: bigint | null | undefined;
  readonly maximum: bigint | null | undefined;
  readonly cycle: boolean | undefined;
}

export interface CreateSequence extends StatementNode {
  readonly kind: 'create sequence';
  readonly name: ObjectName;
  readonly type: TypeName | undefined;
  readonly options: SequenceOptions;
}

export interface CreateSynonym extends StatementNode {
  readonly kind: 'create synonym';
  readonly name: ObjectName;
  readonly target: ObjectName;
}

export interface AlterSequence extends StatementNode {
  readonly kind: 'alter sequence';
  readonly name: ObjectName;
  /** RESTART, RESTART WITH n; null: at the start value. */
  readonly restart: bigint | null | undefined;
  readonly options: SequenceOptions;
}

/** CREATE TYPE … FROM, or AS TABLE. */
export interface CreateType extends StatementNode {
  readonly kind: 'create type';
  readonly name: ObjectName;
  /** Absent for a table type. */
  readonly base: TypeName | undefined;
  readonly nullable: boolean | undefined;
  readonly table?: TableBody;
}

export type DroppableKind =
  | 'table'
  | 'view'
  | 'procedure'
  | 'function'
  | 'sequence'
  | 'synonym'
  | 'schema'
  | 'type'
  | 'security policy'
  | 'login'
  | 'user'
  | 'role';

export interface Drop extends StatementNode {
  readonly kind: 'drop';
  readonly object: DroppableKind;
  readonly ifExists: boolean;
  readonly names: readonly ObjectName[];
}

/** `predicates` of CREATE, and the ADD, ALTER and DROP of ALTER SECURITY POLICY. */
export interface SecurityPredicate extends Node {
  readonly action: 'add' | 'alter' | 'drop';
  readonly type: 'filter' | 'block';
  /** Undefined for DROP. */
  readonly function: ObjectName | undefined;
  readonly args: readonly Expression[];
  readonly table: ObjectName;
  readonly operation: 'after insert' | 'after update' | 'before update' | 'before delete' | undefined;
}

export interface SecurityPolicy extends StatementNode {
  readonly kind: 'security policy';
  readonly verb: 'create' | 'alter';
  readonly name: ObjectName;
  readonly predicates: readonly SecurityPredicate[];
  readonly enabled: boolean | undefined;
  readonly schemaBinding: boolean;
}

export interface CreateLogin extends StatementNode {
  readonly kind: 'create login';
  readonly name: string;
  readonly password: string;
  readonly defaultDatabase: string | undefined;
}

export interface AlterLogin extends StatementNode {
  readonly kind: 'alter login';
  readonly name: string;
  readonly password: string | undefined;
  readonly enabled: boolean | undefined;
  readonly defaultDatabase: string | undefined;
}

export interface CreateUser extends StatementNode {
  readonly kind: 'create user';
  readonly name: string;
  /** Undefined: the login of the same name; null: WITHOUT LOGIN. */
  readonly login: string | null | undefined;
  readonly defaultSchema: string | undefined;
}

export interface AlterUser extends StatementNode {
  readonly kind: 'alter user';
  readonly name: string;
  readonly newName: string | undefined;
  readonly login: string | undefined;
  readonly defaultSchema: string | undefined;
}

export interface CreateRole extends StatementNode {
  readonly kind: 'create role';
  readonly name: string;
  readonly owner: string | undefined;
}

/** ALTER [SERVER] ROLE r ADD | DROP MEMBER m. */
export interface AlterRoleMember extends StatementNode {
  readonly kind: 'alter role member';
  readonly server: boolean;
  readonly role: string;
  readonly action: 'add' | 'drop';
  readonly member: string;
}

/** GRANT, DENY, REVOKE. */
export interface PermissionStatement extends StatementNode {
  readonly kind: 'permission';
  readonly action: 'grant' | 'deny' | 'revoke';
  /** REVOKE GRANT OPTION FOR. */
  readonly grantOptionFor: boolean;
  readonly permissions: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly securable: Securable;
  readonly principals: readonly string[];
  readonly withGrantOption: boolean;
  readonly cascade: boolean;
}

export type Securable =
  | { readonly kind: 'database' }
  | { readonly kind: 'object' | 'type'; readonly name: ObjectName; readonly columns: readonly string[] }
  | { readonly kind: 'schema' | 'role' | 'user' | 'login'; readonly name: string };

/** EXECUTE AS USER | LOGIN = 'x' | CALLER, and REVERT. */
export interface ExecuteAsStatement extends StatementNode {
  readonly kind: 'execute as';
  readonly principal: 'user' | 'login' | 'caller';
  readonly name: Expression | undefined;
}

export interface Revert extends StatementNode {
  readonly kind: 'revert';
}

/** CREATE, ALTER, DROP DATABASE: the session may refuse them. */
export interface DatabaseStatement extends StatementNode {
  readonly kind: 'database';
  readonly verb: 'create' | 'drop';
  readonly names: readonly string[];
  readonly ifExists: boolean;
}

export type DefinitionStatement =
  | CreateTable
  | AlterTable
  | CreateIndex
  | CreateStatistics
  | CreateFullTextIndex
  | UpdateStatistics
  | SetDatabaseOption
  | DropIndex
  | CreateView
  | CreateProcedure
  | CreateFunction
  | CreateSchema
  | TransferToSchema
  | CreateSequence
  | CreateSynonym
  | AlterSequence
  | CreateType
  | Drop
  | SecurityPolicy
  | CreateLogin
  | AlterLogin
  | CreateUser
  | AlterUser
  | CreateRole
  | AlterRoleMember
  | PermissionStatement
  | ExecuteAsStatement
  | Revert
  | DatabaseStatement;
