import { notSupported } from '../engine/sql-error.ts';
import type {
  ColumnDefinition,
  Definition,
  IndexColumn,
  InlineIndex,
  Predicate,
  ReferentialAction,
  TableBody,
  TableConstraint,
} from './ast.ts';
import { DmlParser } from './dml-parser.ts';
import { IndexOptions } from './index-options.ts';
import { syntaxError } from './syntax-error.ts';

interface ReferencesClause {
  readonly referencedTable: readonly string[];
  readonly referencedColumns: readonly string[] | undefined;
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
}

interface ColumnParts {
  nullable: boolean | undefined;
  identity: ColumnDefinition['identity'];
  collation: string | undefined;
  rowGuid: boolean;
  constraints: TableConstraint[];
}

const REFUSED_COLUMN_OPTIONS: Readonly<Record<string, string>> = {
  SPARSE: 'sparse columns',
  FILESTREAM: 'FILESTREAM columns',
  GENERATED: 'GENERATED ALWAYS columns',
  MASKED: 'dynamic data masking',
  ENCRYPTED: 'encrypted columns',
  HIDDEN: 'hidden columns',
  COLUMN_SET: 'column sets',
};

/** Columns, constraints and indexes: CREATE TABLE, ALTER TABLE … ADD, table variables. */
export abstract class TableDefinitionParser extends DmlParser {
  /** `(…)` of CREATE TABLE, DECLARE @t TABLE and RETURNS @t TABLE. */
  protected tableBody(): TableBody {
    this.need('(');
    const body: { columns: ColumnDefinition[]; constraints: TableConstraint[]; indexes: InlineIndex[] } = {
      columns: [],
      constraints: [],
      indexes: [],
    };
    do {
      // A comma may stand before the closing parenthesis.
      if (this.is(')') && body.columns.length > 0) break;
      this.tableElement(body);
    } while (this.eat(','));
    this.need(')');
    return body;
  }

  /** Returns the columns that ALTER TABLE … ADD fills WITH VALUES. */
  protected tableElement(body: {
    columns: ColumnDefinition[];
    constraints: TableConstraint[];
    indexes: InlineIndex[];
  }): string[] {
    const { line } = this.token;
    if (this.ahead('PERIOD', 'FOR')) throw notSupported('temporal tables (PERIOD FOR SYSTEM_TIME)', line);
    if (this.is('INDEX')) body.indexes.push(this.inlineIndex());
    else if (this.is('CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN', 'DEFAULT')) {
      const constraint = this.tableConstraint();
      body.constraints.push(constraint);
      if (constraint.kind === 'default constraint' && this.eat('WITH', 'VALUES')) return [constraint.column];
    } else {
      const column = this.column(body.indexes);
      body.columns.push(column);
      if (this.eat('WITH', 'VALUES')) return [column.name];
    }
    return [];
  }

  private column(indexes: InlineIndex[]): ColumnDefinition {
    const { line } = this.token;
    const name = this.identifier();
    const parts: ColumnParts = {
      nullable: undefined,
      identity: undefined,
      collation: undefined,
      rowGuid: false,
      constraints: [],
    };
    if (this.eat('AS')) {
      const definition = this.definition();
      const persisted = this.eat('PERSISTED');
      this.columnOptions(name, parts, indexes);
      return { name, type: undefined, computed: { ...definition, persisted }, ...parts, line };
    }
    // A column `timestamp` needs no type.
    const bareTimestamp = name.toLowerCase() === 'timestamp' && this.is(',', ')');
    const type = bareTimestamp ? { name: 'rowversion', parts: [name], args: [], line } : this.typeName();
    this.columnOptions(name, parts, indexes);
    return { name, type, computed: undefined, ...parts, line };
  }

  private definition(): Definition {
    const first = this.position;
    const expression = this.expression();
    return { expression, text: this.definitionText(first) };
  }

  private columnOptions(name: string, parts: ColumnParts, indexes: InlineIndex[]): void {
    for (;;) {
      const { line, upper } = this.token;
      const refused = REFUSED_COLUMN_OPTIONS[upper];
      if (refused !== undefined) throw notSupported(refused, line);
      if (this.eat('NOT', 'NULL')) parts.nullable = false;
      else if (this.eat('NULL')) parts.nullable = true;
      else if (this.eat('COLLATE')) parts.collation = this.identifier();
      else if (this.eat('ROWGUIDCOL')) parts.rowGuid = true;
      else if (this.eat('IDENTITY')) parts.identity = this.identity();
      else if (this.eat('NOT', 'FOR', 'REPLICATION')) continue;
      else if (this.is('INDEX')) indexes.push(this.inlineIndex(name));
      else if (this.is('CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'REFERENCES', 'FOREIGN', 'DEFAULT')) {
        const constraint = this.eat('CONSTRAINT') ? this.identifier() : undefined;
        parts.constraints.push(this.constraint(constraint, name));
      } else return;
    }
  }

  private identity(): { seed: bigint; increment: bigint } {
    if (!this.eat('(')) return { seed: 1n, increment: 1n };
    const seed = this.integer();
    this.need(',');
    const increment = this.integer();
    this.need(')');
    return { seed, increment };
  }

  private tableConstraint(): TableConstraint {
    const name = this.eat('CONSTRAINT') ? this.identifier() : undefined;
    return this.constraint(name, undefined);
  }

  private constraint(name: string | undefined, column: string | undefined): TableConstraint {
    const { line } = this.token;
    if (this.ahead('PRIMARY', 'KEY') || this.is('UNIQUE')) {
      const kind = this.eat('UNIQUE') ? 'unique' : 'primary key';
      if (kind === 'primary key') this.need('PRIMARY', 'KEY');
      const clustered = this.clustered();
      if (this.is('HASH')) throw notSupported('hash indexes', line);
      const columns =
        column !== undefined && !this.is('(') ? [{ name: column, descending: false }] : this.indexColumns();
      this.constraintOptions();
      return { kind, name, columns, clustered, line };
    }
    if (this.eat('CHECK')) {
      this.eat('NOT', 'FOR', 'REPLICATION');
      return { kind: 'check', name, definition: this.check(), column, line };
    }
    if (this.eat('DEFAULT')) {
      const definition = this.definition();
      if (column === undefined) this.need('FOR');
      return { kind: 'default constraint', name, definition, column: column ?? this.identifier(), line };
    }
    let columns = column === undefined ? undefined : [column];
    if (this.eat('FOREIGN')) {
      this.need('KEY');
      if (columns === undefined || this.is('(')) columns = this.parenthesized(() => this.identifier());
    }
    if (columns === undefined) throw this.unexpected();
    return { kind: 'foreign key', name, columns, ...this.references(), line };
  }

  private check(): Definition<Predicate> {
    this.need('(');
    const first = this.position;
    const expression = this.predicate();
    const text = this.definitionText(first);
    this.need(')');
    return { expression, text };
  }

  private references(): ReferencesClause {
    this.need('REFERENCES');
    const referencedTable = this.name();
    const referencedColumns = this.is('(') ? this.parenthesized(() => this.identifier()) : undefined;
    let onDelete: ReferentialAction = 'no action';
    let onUpdate: ReferentialAction = 'no action';
    for (;;) {
      if (this.eat('ON', 'DELETE')) onDelete = this.referentialAction();
      else if (this.eat('ON', 'UPDATE')) onUpdate = this.referentialAction();
      else if (!this.eat('NOT', 'FOR', 'REPLICATION'))
        return { referencedTable, referencedColumns, onDelete, onUpdate };
    }
  }

  private referentialAction(): ReferentialAction {
    if (this.eat('NO', 'ACTION')) return 'no action';
    if (this.eat('CASCADE')) return 'cascade';
    if (this.eat('SET', 'NULL')) return 'set null';
    if (this.eat('SET', 'DEFAULT')) return 'set default';
    throw this.unexpected();
  }

  protected clustered(): boolean | undefined {
    if (this.eat('CLUSTERED')) return true;
    return this.eat('NONCLUSTERED') ? false : undefined;
  }

  protected indexColumns(): IndexColumn[] {
    return this.parenthesized(() => {
      const name = this.identifier();
      const descending = this.eat('DESC');
      if (!descending) this.eat('ASC');
      return { name, descending };
    });
  }

  private constraintOptions(): void {
    const { line } = this.token;
    if (this.indexOptions().ignoreDuplicateKeys) throw notSupported('IGNORE_DUP_KEY on a constraint', line);
    this.filegroup();
  }

  /** WITH (…) of indexes and constraints; options that only concern storage are accepted. */
  protected indexOptions(): IndexOptions {
    const options = new IndexOptions();
    if (this.eat('WITH', 'FILLFACTOR', '=')) this.integer();
    else if (this.eat('WITH')) this.parenthesized(() => this.indexOption(options));
    return options;
  }

  private indexOption(options: IndexOptions): void {
    const { upper: name, line } = this.token;
    if (!this.eat('FILLFACTOR')) this.identifier();
    this.need('=');
    const value = this.token.kind === 'number' ? String(this.integer()) : this.advance().upper;
    options.set(name, value, line);
  }

  /** ON [PRIMARY]: the only filegroup. */
  protected filegroup(): void {
    if (!this.is('ON', 'TEXTIMAGE_ON')) return;
    this.advance();
    const { line } = this.token;
    const name = this.eat('PRIMARY') ? 'PRIMARY' : this.identifier();
    if (!['primary', 'default'].includes(name.toLowerCase())) {
      throw syntaxError(1921, `Invalid filegroup '${name}' specified.`, line);
    }
    if (this.is('(')) throw notSupported('partitioned tables and indexes', line);
  }

  protected include(): string[] {
    return this.eat('INCLUDE') ? this.parenthesized(() => this.identifier()) : [];
  }

  protected filter(): Definition<Predicate> | undefined {
    if (!this.eat('WHERE')) return undefined;
    const first = this.position;
    const expression = this.predicate();
    return { expression, text: this.definitionText(first) };
  }

  private inlineIndex(column?: string): InlineIndex {
    const { line } = this.advance();
    const name = this.identifier();
    const unique = this.eat('UNIQUE');
    const clustered = this.clustered() ?? false;
    if (this.is('COLUMNSTORE', 'HASH')) throw notSupported(`${this.token.upper} indexes`, line);
    const columns = column !== undefined && !this.is('(') ? [{ name: column, descending: false }] : this.indexColumns();
    const included = this.include();
    const filter = this.filter();
    this.constraintOptions();
    return { name, unique, clustered, columns, included, filter, line };
  }
}
