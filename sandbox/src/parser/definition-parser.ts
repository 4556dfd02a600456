import { notSupported } from '../engine/sql-error.ts';
import type {
  AlterSequence,
  AlterTable,
  AlterTableAction,
  ColumnDefinition,
  CreateFullTextIndex,
  CreateIndex,
  CreateSchema,
  CreateSequence,
  CreateStatistics,
  CreateSynonym,
  CreateTable,
  CreateType,
  DatabaseStatement,
  Drop,
  DropIndex,
  DropItem,
  DroppableKind,
  InlineIndex,
  SequenceOptions,
  SetDatabaseOption,
  TableConstraint,
  TransferToSchema,
} from './ast.ts';
import type { Bare } from './dml-parser.ts';
import { syntaxError } from './syntax-error.ts';
import { TableDefinitionParser } from './table-definition-parser.ts';

/** CREATE, ALTER and DROP of tables, indexes, schemas, sequences and types. */
export abstract class DefinitionParser extends TableDefinitionParser {
  protected createTable(): Bare<CreateTable> {
    const { line } = this.token;
    const name = this.name();
    const body = this.tableBody();
    if (this.ahead('AS', 'NODE') || this.ahead('AS', 'EDGE')) throw notSupported('graph tables', line);
    while (this.is('ON', 'TEXTIMAGE_ON')) this.filegroup();
    if (this.eat('WITH')) {
      this.need('(');
      throw notSupported(`the table option ${this.token.text.toUpperCase()}`, this.token.line);
    }
    return { kind: 'create table', name, body };
  }

  protected alterTable(): Bare<AlterTable> {
    const name = this.name();
    return { kind: 'alter table', name, action: this.alterTableAction() };
  }

  private alterTableAction(): AlterTableAction {
    const { line } = this.token;
    let check: boolean | undefined;
    if (this.ahead('WITH', 'CHECK') || this.ahead('WITH', 'NOCHECK')) {
      this.advance();
      check = this.advance().upper === 'CHECK';
    }
    if (this.eat('ADD')) return this.add(check === false);
    const enable = this.eatOne('CHECK', 'NOCHECK');
    if (enable) {
      this.need('CONSTRAINT');
      const names = this.eat('ALL') ? undefined : this.list(() => this.identifier());
      return { kind: 'check constraint', enable: enable === 'CHECK', validate: check === true, names };
    }
    if (check !== undefined) throw this.unexpected();
    if (this.eat('DROP')) return this.dropAction();
    if (this.eat('ALTER', 'COLUMN')) return this.alterColumn();
    const tracking = this.ahead('ENABLE', 'CHANGE_TRACKING') || this.ahead('DISABLE', 'CHANGE_TRACKING');
    if (tracking) {
      const enable = this.advance().upper === 'ENABLE';
      this.advance();
      return { kind: 'change tracking', enable };
    }
    if (this.is('ENABLE', 'DISABLE', 'SWITCH', 'REBUILD', 'SET', 'SPLIT', 'MERGE')) {
      throw notSupported(`ALTER TABLE … ${this.token.upper} ${this.peek().upper}`.trimEnd(), line);
    }
    throw this.unexpected();
  }

  private add(noCheck: boolean): AlterTableAction {
    const body: { columns: ColumnDefinition[]; constraints: TableConstraint[]; indexes: InlineIndex[] } = {
      columns: [],
      constraints: [],
      indexes: [],
    };
    const withValues = this.list(() => this.tableElement(body)).flat();
    return { kind: 'add', body, noCheck, withValues };
  }

  private dropAction(): AlterTableAction {
    const columns: DropItem[] = [];
    const constraints: DropItem[] = [];
    let into = constraints;
    let ifExists = false;
    if (this.is('PERIOD')) throw notSupported('temporal tables', this.token.line);
    this.list(() => {
      if (this.is('COLUMN', 'CONSTRAINT')) {
        into = this.advance().upper === 'COLUMN' ? columns : constraints;
        ifExists = this.ifExists();
      } else if (columns.length + constraints.length === 0) ifExists = this.ifExists();
      into.push({ name: this.identifier(), ifExists });
      if (this.is('WITH')) throw notSupported('ALTER TABLE … DROP CONSTRAINT … WITH', this.token.line);
    });
    return { kind: 'drop', columns, constraints };
  }

  private alterColumn(): AlterTableAction {
    const { line } = this.token;
    const name = this.identifier();
    if (this.is('ADD', 'DROP')) throw notSupported(`ALTER COLUMN … ${this.token.upper} ${this.peek().upper}`, line);
    const type = this.typeName();
    const collation = this.eat('COLLATE') ? this.identifier() : undefined;
    const nullable = this.eat('NOT', 'NULL') ? false : this.eat('NULL') ? true : undefined;
    if (this.is('SPARSE', 'MASKED', 'WITH')) throw notSupported(`ALTER COLUMN … ${this.token.upper}`, this.token.line);
    return { kind: 'alter column', name, type, collation, nullable };
  }

  private ifExists(): boolean {
    return this.eat('IF', 'EXISTS');
  }

  /** After CREATE [UNIQUE] [CLUSTERED | NONCLUSTERED] INDEX. */
  protected createIndex(unique: boolean, clustered: boolean): Bare<CreateIndex> {
    const name = this.identifier();
    this.need('ON');
    const table = this.name();
    const columns = this.indexColumns();
    const included = this.include();
    const filter = this.filter();
    const { ignoreDuplicateKeys } = this.indexOptions();
    this.filegroup();
    return { kind: 'create index', name, table, unique, clustered, columns, included, filter, ignoreDuplicateKeys };
  }

  /** After CREATE STATISTICS. */
  protected createStatistics(): Bare<CreateStatistics> {
    const name = this.identifier();
    this.need('ON');
    const table = this.name();
    this.need('(');
    const columns = this.list(() => this.identifier());
    this.need(')');
    if (this.is('WHERE')) throw notSupported('filtered statistics', this.token.line);
    if (this.eat('WITH')) this.statisticsOptions();
    return { kind: 'create statistics', name, table, columns };
  }

  /** After CREATE FULLTEXT INDEX: without languages, catalogs and options. */
  protected createFullTextIndex(): Bare<CreateFullTextIndex> {
    this.need('ON');
    const table = this.name();
    this.need('(');
    const columns = this.list(() => this.identifier());
    this.need(')');
    this.need('KEY');
    this.need('INDEX');
    return { kind: 'create full-text index', table, columns, keyIndex: this.identifier() };
  }

  /** FULLSCAN, SAMPLE n PERCENT and the like have no effect, because a histogram is made from all rows. */
  protected statisticsOptions(): number | undefined {
    let rowCount: number | undefined;
    this.list(() => {
      const option = this.advance().upper;
      if (this.eat('=')) {
        const value = Number(this.advance().text);
        if (option === 'ROWCOUNT') rowCount = value;
      } else if (option === 'SAMPLE') {
        this.advance();
        this.advance();
      }
    });
    return rowCount;
  }

  /** After ALTER DATABASE. */
  protected setDatabaseOption(): Bare<SetDatabaseOption> {
    if (this.is('SCOPED', 'AUDIT', 'ENCRYPTION'))
      throw notSupported(`ALTER DATABASE ${this.token.upper}`, this.token.line);
    const database = this.eat('CURRENT') ? undefined : this.identifier();
    const { line } = this.token;
    const option = this.eat('SET') ? this.advance().upper : '';
    if (option !== 'QUERY_STORE' && option !== 'CHANGE_TRACKING') throw notSupported('ALTER DATABASE', line);
    this.eat('=');
    const state = this.advance().upper;
    if (state !== 'ON' && state !== 'OFF' && (state !== 'CLEAR' || option !== 'QUERY_STORE'))
      throw notSupported(`${option} ${state}`, line);
    return { kind: 'database option', database, option, state };
  }

  protected dropIndex(): Bare<DropIndex> {
    const ifExists = this.ifExists();
    const indexes = this.list(() => {
      const parts = this.name();
      if (this.eat('ON')) return { name: parts[parts.length - 1]!, table: this.name() };
      if (parts.length === 1) {
        const message = `Must specify the table name and index name for the DROP INDEX statement.`;
        throw syntaxError(159, message, this.previous!.line);
      }
      return { name: parts[parts.length - 1]!, table: parts.slice(0, -1) };
    });
    if (this.ahead('WITH', '(')) throw notSupported('DROP INDEX … WITH', this.token.line);
    return { kind: 'drop index', ifExists, indexes };
  }

  protected createSchema(): Bare<CreateSchema> {
    const { line } = this.token;
    if (this.is('AUTHORIZATION')) throw notSupported('CREATE SCHEMA AUTHORIZATION without a name', line);
    const name = this.identifier();
    const owner = this.eat('AUTHORIZATION') ? this.principalName() : undefined;
    if (this.is('CREATE', 'GRANT', 'DENY', 'REVOKE')) throw notSupported('elements of CREATE SCHEMA', line);
    return { kind: 'create schema', name, owner };
  }

  protected alterSchema(): Bare<TransferToSchema> {
    const schema = this.identifier();
    this.need('TRANSFER');
    if (this.peek().upper === '::') {
      if (!this.is('OBJECT')) throw notSupported(`ALTER SCHEMA TRANSFER ${this.token.upper}::`, this.token.line);
      this.need('OBJECT', '::');
    }
    return { kind: 'alter schema transfer', schema, object: this.name() };
  }

  protected createSequence(): Bare<CreateSequence> {
    const name = this.name();
    const type = this.eat('AS') ? this.typeName() : undefined;
    return { kind: 'create sequence', name, type, options: this.sequenceOptions() };
  }

  protected createSynonym(): Bare<CreateSynonym> {
    const name = this.name();
    this.need('FOR');
    return { kind: 'create synonym', name, target: this.name() };
  }

  protected alterSequence(): Bare<AlterSequence> {
    const name = this.name();
    let restart: bigint | null | undefined;
    if (this.eat('RESTART')) restart = this.eat('WITH') ? this.integer() : null;
    return { kind: 'alter sequence', name, restart, options: this.sequenceOptions() };
  }

  private sequenceOptions(): SequenceOptions {
    const options: { -readonly [K in keyof SequenceOptions]: SequenceOptions[K] } = {
      start: undefined,
      increment: undefined,
      minimum: undefined,
      maximum: undefined,
      cycle: undefined,
    };
    for (;;) {
      if (this.eat('START', 'WITH')) options.start = this.integer();
      else if (this.eat('INCREMENT', 'BY')) options.increment = this.integer();
      else if (this.eat('MINVALUE')) options.minimum = this.integer();
      else if (this.eat('MAXVALUE')) options.maximum = this.integer();
      else if (this.eat('NO', 'MINVALUE')) options.minimum = null;
      else if (this.eat('NO', 'MAXVALUE')) options.maximum = null;
      else if (this.eat('CYCLE')) options.cycle = true;
      else if (this.eat('NO', 'CYCLE')) options.cycle = false;
      else if (this.eat('CACHE')) {
        // The size of the cache would be visible after a crash only.
        if (this.token.kind === 'number') this.integer();
      } else if (!this.eat('NO', 'CACHE')) return options;
    }
  }

  protected createType(): Bare<CreateType> {
    const { line } = this.token;
    const name = this.name();
    if (this.eat('AS')) {
      this.need('TABLE');
      const table = this.tableBody();
      if (this.is('WITH')) throw notSupported('memory-optimised table types', line);
      return { kind: 'create type', name, base: undefined, nullable: false, table };
    }
    if (this.is('EXTERNAL')) throw notSupported('CLR types', line);
    this.need('FROM');
    const base = this.typeName();
    const nullable = this.eat('NOT', 'NULL') ? false : this.eat('NULL') ? true : undefined;
    return { kind: 'create type', name, base, nullable };
  }

  protected drop(object: DroppableKind): Bare<Drop> {
    const ifExists = this.ifExists();
    const single = ['schema', 'type', 'security policy', 'login', 'user', 'role'].includes(object);
    const names = single ? [this.name()] : this.list(() => this.name());
    return { kind: 'drop', object, ifExists, names };
  }

  protected database(verb: 'create' | 'drop'): Bare<DatabaseStatement> {
    const ifExists = verb === 'drop' && this.ifExists();
    const names = verb === 'drop' ? this.list(() => this.identifier()) : [this.identifier()];
    if (
      verb === 'create' &&
      !this.is(';') &&
      this.token.kind !== 'end' &&
      this.is('ON', 'COLLATE', 'CONTAINMENT', 'WITH')
    ) {
      throw notSupported(`CREATE DATABASE … ${this.token.upper}`, this.token.line);
    }
    return { kind: 'database', verb, names, ifExists };
  }

  /** A user, role or login; public and dbo are names too. */
  protected principalName(): string {
    if (this.is('PUBLIC')) return this.advance().text.toLowerCase();
    return this.identifier();
  }
}
