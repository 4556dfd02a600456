import { codePageOf } from '../../engine/code-page.ts';
import { collationFor } from '../../engine/collation.ts';
import { compileExpression, compilePredicate } from '../../engine/query/compile-query.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType } from '../../engine/sql-type.ts';
import { isDecimal, isInteger, isString, isUnicode, precisionScale } from '../../engine/types.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type {
  CheckConstraint,
  ColumnDefinition,
  DefaultDefinition,
  ForeignKeyConstraint,
  IdentityDefinition,
  IndexColumn,
  IndexDefinition,
} from '../../storage/table.ts';
import type { ExecutionContext } from '../execution-context.ts';
import { resolveDeclaredType } from '../resolve-type.ts';
import type { SessionState } from '../session-state.ts';
import { defaultText, parenthesised } from './definition-text.ts';
import { systemName } from './names.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type BuiltColumn = Mutable<ColumnDefinition>;

export interface PendingForeignKey {
  readonly node: ast.ForeignKeyConstraint;
  readonly objectId: number;
  readonly name: string;
  readonly systemNamed: boolean;
}

const NOT_INDEXABLE = ['text', 'ntext', 'image', 'xml', 'geography', 'geometry'];

/** Builds the definitions of a table's columns, keys and checks from their syntax; also for ALTER TABLE. */
export class TableBuilder {
  readonly columns: BuiltColumn[] = [];
  readonly indexes: IndexDefinition[] = [];
  readonly checks: CheckConstraint[] = [];
  readonly foreignKeys: ForeignKeyConstraint[] = [];
  /** Foreign keys are resolved when the table exists, because a table may refer to itself. */
  readonly pendingForeignKeys: PendingForeignKey[] = [];
  private readonly session: SessionState;
  private readonly database: Database;
  private readonly tableName: string;
  private readonly context: ExecutionContext;
  private readonly names = new Set<string>();

  constructor(session: SessionState, database: Database, tableName: string, context: ExecutionContext) {
    this.session = session;
    this.database = database;
    this.tableName = tableName;
    this.context = context;
  }

  /** Starts from the existing shape of a table. */
  static of(
    builder: TableBuilder,
    shape: {
      columns: readonly ColumnDefinition[];
      indexes: readonly IndexDefinition[];
      checks: readonly CheckConstraint[];
      foreignKeys: readonly ForeignKeyConstraint[];
    },
  ): TableBuilder {
    builder.columns.push(...shape.columns);
    builder.indexes.push(...shape.indexes);
    builder.checks.push(...shape.checks);
    builder.foreignKeys.push(...shape.foreignKeys);
    return builder;
  }

  add(body: ast.TableBody, nextColumnId: () => number): void {
    for (const column of body.columns) this.column(column, nextColumnId());
    // A computed column may use any column of the table.
    body.columns.forEach(column => {
      if (column.computed) this.computed(column, column.computed);
    });
    const constraints = [...body.columns.flatMap(column => column.constraints), ...body.constraints];
    for (const constraint of constraints) this.constraint(constraint, body);
    for (const index of body.indexes) {
      this.index({ ...index, ignoreDuplicateKeys: false });
    }
  }

  ordinal(name: string): number {
    return this.columns.findIndex(column => column.name.toLowerCase() === name.toLowerCase());
  }

  private column(node: ast.ColumnDefinition, columnId: number): void {
    if (this.ordinal(node.name) >= 0) {
      throw new SqlError(
        2705,
        `Column names in each table must be unique. Column name '${node.name}' in table '${this.tableName}' is specified more than once.`,
        16,
        3,
      );
    }
    if (!node.type) {
      // The type of a computed column is known only when all columns are.
      this.columns.push({ name: node.name, columnId, type: { name: 'int' }, nullable: true });
      return;
    }
    const resolved = resolveDeclaredType(node.type, this.database, 'dbo', this.columns.length + 1);
    const type = withCollation(resolved.type, node.collation);
    const primary = node.constraints.some(constraint => constraint.kind === 'primary key');
    const implied = resolved.nullable ?? this.session.options.isOn('ANSI_NULL_DFLT_ON');
    const fixed = type.name === 'rowversion' || node.identity !== undefined || primary;
    if (node.identity && node.nullable === true) {
      throw new SqlError(
        8147,
        `Could not create IDENTITY attribute on nullable column '${node.name}', table '${this.tableName}'.`,
      );
    }
    this.columns.push({
      name: node.name,
      columnId,
      type,
      nullable: node.nullable ?? (fixed ? false : implied),
      ...(resolved.userTypeName === undefined ? {} : { userTypeName: resolved.userTypeName }),
      ...(node.identity ? { identity: this.identity(node, type) } : {}),
      ...(node.rowGuid ? { rowGuidCol: true } : {}),
    });
  }

  private identity(node: ast.ColumnDefinition, type: SqlType): IdentityDefinition {
    if (this.columns.some(column => column.identity)) {
      throw new SqlError(
        2744,
        `Multiple identity columns specified for table '${this.tableName}'. Only one identity column per table is allowed.`,
        16,
        2,
      );
    }
    if (!isInteger(type) && !(isDecimal(type) && precisionScale(type).scale === 0)) {
      throw new SqlError(
        2749,
        `Identity column '${node.name}' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.`,
        16,
        2,
      );
    }
    return { ...node.identity!, last: null };
  }

  private computed(node: ast.ColumnDefinition, definition: NonNullable<ast.ColumnDefinition['computed']>): void {
    const at = this.ordinal(node.name);
    const others = this.columns.map((column, i) => ({
      name: i === at || column.computed ? `${column.name}\u0000` : column.name,
      type: column.type,
      nullable: column.nullable,
    }));
    const compiled = compileExpression(definition.expression, this.context, others);
    this.columns[at] = {
      ...this.columns[at]!,
      type: compiled.type.untypedNull ? { name: 'int' } : compiled.type,
      nullable: !(definition.persisted && node.nullable === false),
      computed: {
        definition: parenthesised(definition.text),
        expression: definition.expression,
        persisted: definition.persisted,
      },
    };
  }

  private constraint(node: ast.TableConstraint, body: ast.TableBody): void {
    switch (node.kind) {
      case 'primary key':
      case 'unique':
        this.key(node, body);
        return;
      case 'foreign key': {
        const objectId = this.database.newObjectId();
        const name = this.claim(node.name) ?? systemName('FK', this.tableName, node.columns[0], objectId);
        this.pendingForeignKeys.push({ node, objectId, name, systemNamed: node.name === undefined });
        return;
      }
      case 'check': {
        const objectId = this.database.newObjectId();
        compilePredicate(node.definition.expression, this.context, this.columns);
        const name = node.column ?? onlyColumn(node.definition.expression);
        const column = name === undefined ? {} : { column: this.ordinal(name) };
        this.checks.push({
          kind: 'check',
          objectId,
          name: this.claim(node.name) ?? systemName('CK', this.tableName, node.column ?? null, objectId),
          systemNamed: node.name === undefined,
          definition: parenthesised(node.definition.text),
          predicate: node.definition.expression,
          disabled: false,
          notTrusted: false,
          ...column,
        });
        return;
      }
      case 'default constraint':
        this.default(node);
        return;
      default:
        node satisfies never;
    }
  }

  private default(node: ast.DefaultConstraint): void {
    const at = this.ordinal(node.column);
    const column = this.columns[at];
    if (!column)
      throw new SqlError(
        1752,
        `Column '${node.column}' in table '${this.tableName}' is invalid for creating a default constraint.`,
      );
    if (column.default) throw new SqlError(1781, 'Column already has a DEFAULT bound to it.');
    if (column.identity)
      throw new SqlError(
        1754,
        `Defaults cannot be created on columns with an IDENTITY attribute. Table '${this.tableName}', column '${column.name}'.`,
      );
    compileExpression(node.definition.expression, this.context);
    const objectId = this.database.newObjectId();
    const definition: DefaultDefinition = {
      objectId,
      name: this.claim(node.name) ?? systemName('DF', this.tableName, node.column, objectId),
      systemNamed: node.name === undefined,
      definition: defaultText(node.definition),
      expression: node.definition.expression,
    };
    this.columns[at] = { ...column, default: definition };
  }

  private key(node: ast.KeyConstraint, body: ast.TableBody): void {
    const primary = node.kind === 'primary key';
    if (primary && this.indexes.some(index => index.constraint === 'PRIMARY KEY')) {
      throw new SqlError(8110, `Cannot add multiple PRIMARY KEY constraints to table '${this.tableName}'.`, 16, 0);
    }
    const objectId = this.database.newObjectId();
    const name = this.claim(node.name) ?? systemName(primary ? 'PK' : 'UQ', this.tableName, undefined, objectId);
    const key = this.keyColumns(node.columns, name);
    if (primary) {
      for (const { ordinal } of key) {
        const column = this.columns[ordinal]!;
        const written = body.columns.find(candidate => candidate.name.toLowerCase() === column.name.toLowerCase());
        // In ALTER TABLE the columns exist already, and must be NOT NULL.
        if (written ? written.nullable === true : column.nullable) {
          throw new SqlError(
            8111,
            `Cannot define PRIMARY KEY constraint on nullable column in table '${this.tableName}'.`,
          );
        }
        this.columns[ordinal] = { ...column, nullable: false };
      }
    }
    const hasClustered = this.indexes.some(index => index.clustered);
    const clustered = node.clustered ?? (primary && !hasClustered && !body.indexes.some(index => index.clustered));
    if (clustered && hasClustered) throw this.secondClustered(name);
    this.indexes.push({
      ...this.indexBase(name, clustered, key),
      unique: true,
      constraint: primary ? 'PRIMARY KEY' : 'UNIQUE',
      constraintObjectId: objectId,
      systemNamed: node.name === undefined,
    });
  }

  index(node: Omit<ast.InlineIndex, 'line'> & { readonly ignoreDuplicateKeys: boolean }): void {
    if (this.indexes.some(index => index.name.toLowerCase() === node.name.toLowerCase())) {
      throw new SqlError(
        1913,
        `The operation failed because an index or statistics with name '${node.name}' already exists on table '${this.tableName}'.`,
      );
    }
    if (node.clustered && this.indexes.some(index => index.clustered)) throw this.secondClustered(node.name);
    const key = this.keyColumns(node.columns, node.name);
    const included = node.included.map(name => this.indexColumn(name).ordinal);
    if (node.filter) compilePredicate(node.filter.expression, this.context, this.columns);
    this.indexes.push({
      ...this.indexBase(node.name, node.clustered, key),
      unique: node.unique,
      included,
      ignoreDuplicateKey: node.ignoreDuplicateKeys,
      ...(node.filter
        ? { filter: { definition: parenthesised(node.filter.text), predicate: node.filter.expression } }
        : {}),
    });
  }

  private indexBase(name: string, clustered: boolean, key: readonly IndexColumn[]): Omit<IndexDefinition, 'unique'> {
    const used = new Set(this.indexes.map(index => index.indexId));
    let indexId = clustered ? 1 : 2;
    while (used.has(indexId)) indexId++;
    return { indexId, name, clustered, key, included: [], disabled: false, ignoreDuplicateKey: false, fillFactor: 0 };
  }

  private keyColumns(columns: readonly ast.IndexColumn[], name: string): IndexColumn[] {
    const key: IndexColumn[] = [];
    for (const node of columns) {
      const { ordinal, column } = this.indexColumn(node.name);
      if (key.some(other => other.ordinal === ordinal)) {
        throw new SqlError(
          1909,
          `Cannot use duplicate column names in index. Column name '${node.name}' listed more than once.`,
        );
      }
      if (NOT_INDEXABLE.includes(column.type.name) || column.type.length === -1) {
        throw new SqlError(
          1919,
          `Column '${node.name}' in table '${this.tableName}' is of a type that is invalid for use as a key column in an index.`,
        );
      }
      key.push({ ordinal, descending: node.descending });
    }
    if (key.length > 32)
      throw new SqlError(
        1904,
        `The index '${name}' on table '${this.tableName}' has ${key.length} columns in the key list. The maximum limit for index key column list is 32.`,
      );
    return key;
  }

  private indexColumn(name: string): { ordinal: number; column: ColumnDefinition } {
    const ordinal = this.ordinal(name);
    const column = this.columns[ordinal];
    if (!column) throw new SqlError(1911, `Column name '${name}' does not exist in the target table or view.`);
    return { ordinal, column };
  }

  private secondClustered(name: string): SqlError {
    const existing = this.indexes.find(index => index.clustered)!;
    return new SqlError(
      1902,
      `Cannot create more than one clustered index on table '${this.tableName}'. Drop the existing clustered index '${existing.name}' before creating another.`,
      16,
      name ? 3 : 1,
    );
  }

  /** Registers a constraint name. It must be unique within the schema and within the new definitions. */
  private claim(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    if (this.names.has(key) || this.context.constraintExists(name)) {
      throw new SqlError(2714, `There is already an object named '${name}' in the database.`, 16, 5);
    }
    this.names.add(key);
    return name;
  }
}

function withCollation(type: SqlType, collation: string | undefined): SqlType {
  if (collation === undefined) return type;
  if (!isString(type)) throw new SqlError(452, 'COLLATE clause cannot be used on user-defined data types.', 16);
  if (collation.toLowerCase() === 'database_default') return type;
  // Throws for a collation that doesn't exist or isn't implemented.
  collationFor(collation);
  if (!isUnicode(type)) codePageOf(collation);
  return { ...type, collation };
}

/** A check that uses one column belongs to that column, wherever it is written: error 547 names the column. */
function onlyColumn(predicate: ast.Predicate): string | undefined {
  const names = new Map<string, string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { kind, parts } = node as { kind?: unknown; parts?: unknown };
    if (kind === 'column' && Array.isArray(parts)) {
      const name = String(parts[parts.length - 1]);
      names.set(name.toLowerCase(), name);
      return;
    }
    Object.values(node).forEach(visit);
  };
  visit(predicate);
  return names.size === 1 ? [...names.values()][0] : undefined;
}
