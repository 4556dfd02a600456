import { notSupported } from '../engine/sql-error.ts';
import type { Join, JsonColumn, ObjectName, Query, TableSource } from './ast.ts';
import { HintParser } from './hint-parser.ts';
import { isReserved } from './lexer.ts';

/** Words that are keywords only where they continue the statement; there they cannot be an alias. */
const NO_ALIAS: ReadonlySet<string> = new Set(['USING', 'OUTPUT']);

const REFUSED_ROWSETS: ReadonlySet<string> = new Set([
  'OPENROWSET',
  'OPENQUERY',
  'OPENXML',
  'OPENDATASOURCE',
  'CONTAINSTABLE',
  'FREETEXTTABLE',
  'CHANGETABLE',
  'PREDICT',
]);

/** The sources of a FROM clause. */
export abstract class TableSourceParser extends HintParser {
  protected fromClause(): TableSource[] {
    return this.list(() => this.joins(this.pivotableSource()));
  }

  protected tableSource(): TableSource {
    return this.pivotableSource();
  }

  /** [AS] alias. */
  protected alias(): string | undefined {
    if (this.eat('AS')) return this.identifier();
    if (!this.isName || NO_ALIAS.has(this.token.upper) || this.beginsWindowClause()) return undefined;
    return this.identifier();
  }

  private beginsWindowClause(): boolean {
    return this.is('WINDOW') && this.peek(2).upper === 'AS' && this.peek(3).upper === '(';
  }

  private columnAliases(): string[] | undefined {
    return this.is('(') ? this.parenthesized(() => this.identifier()) : undefined;
  }

  private joins(first: TableSource): TableSource {
    let left = first;
    for (let length = 0; ; length++) {
      this.checkChain(length);
      const { line } = left;
      if (this.eat('CROSS', 'JOIN')) {
        left = {
          kind: 'join',
          type: 'cross',
          left,
          right: this.pivotableSource(),
          on: undefined,
          hint: undefined,
          line,
        };
        continue;
      }
      if (this.ahead('CROSS', 'APPLY') || this.ahead('OUTER', 'APPLY')) {
        const outer = this.advance().upper === 'OUTER';
        this.advance();
        left = { kind: 'apply', outer, left, right: this.pivotableSource(), line };
        continue;
      }
      if (!this.is('JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL')) return left;
      const { type, hint } = this.joinType();
      let right = this.pivotableSource();
      // a JOIN b JOIN c ON … ON …: the inner join comes first.
      if (!this.is('ON')) right = this.nested(() => this.joins(right));
      this.need('ON');
      left = { kind: 'join', type, left, right, on: this.predicate(), hint, line };
    }
  }

  private joinType(): Pick<Join, 'type' | 'hint'> {
    const word = this.eatOne('INNER', 'LEFT', 'RIGHT', 'FULL');
    if (word && word !== 'INNER') this.eat('OUTER');
    const hint = this.eatOne('LOOP', 'HASH', 'MERGE', 'REMOTE');
    this.need('JOIN');
    const type = word === 'LEFT' ? 'left' : word === 'RIGHT' ? 'right' : word === 'FULL' ? 'full' : 'inner';
    return { type, hint };
  }

  private pivotableSource(): TableSource {
    let source = this.is('(') ? this.nested(() => this.parenthesizedSource()) : this.namedSource();
    for (let length = 0; this.is('PIVOT', 'UNPIVOT'); length++) {
      this.checkChain(length);
      source = this.is('PIVOT') ? this.pivot(source) : this.unpivot(source);
    }
    return source;
  }

  /** A derived table or joins in parentheses. */
  private parenthesizedSource(): TableSource {
    const inside = this.queryOrJoins();
    if (inside.kind !== 'query') return inside;
    return this.derivedTable(inside);
  }

  private derivedTable(query: Query): TableSource {
    const alias = this.alias();
    if (alias === undefined) throw this.unexpected();
    return { kind: 'derived table', query, alias, columnAliases: this.columnAliases(), line: query.line };
  }

  /** Reads `( … )`; only the text behind `((…` shows whether it is a query. */
  private queryOrJoins(): Query | TableSource {
    this.need('(');
    let inside: Query | TableSource;
    if (this.startsQuery || this.is('VALUES')) inside = this.query();
    else if (this.is('(')) {
      inside = this.nested(() => this.queryOrJoins());
      if (inside.kind !== 'query') inside = this.joins(inside);
      else if (this.is('UNION', 'EXCEPT', 'INTERSECT', 'ORDER')) inside = this.query(inside);
      else if (!this.is(')')) inside = this.joins(this.derivedTable(inside));
    } else inside = this.joins(this.pivotableSource());
    this.need(')');
    return inside;
  }

  private namedSource(): TableSource {
    const { token } = this;
    const { line } = token;
    if (REFUSED_ROWSETS.has(token.upper) && this.peek().upper === '(') throw notSupported(token.upper, line);
    if (token.kind === 'variable') {
      const name = [this.variableName()];
      if (this.is('.')) throw notSupported(`methods of ${name[0]!} (XML)`, line);
      return this.table(name, line);
    }
    if (isReserved(token)) throw this.unexpected();
    const name = this.name();
    if (this.is('::')) throw notSupported('system functions called with ::', line);
    // t (NOLOCK) is a table with a hint, f (x) a function.
    const hints = this.tableHints(true);
    if (hints.length > 0) {
      const alias = this.alias();
      return { kind: 'table', name, alias, hints, line };
    }
    return this.is('(') ? this.tableFunction(name, line) : this.table(name, line);
  }

  private table(name: ObjectName, line: number): TableSource {
    if (this.ahead('FOR', 'SYSTEM_TIME')) throw notSupported('temporal tables (FOR SYSTEM_TIME)', line);
    if (this.ahead('FOR', 'PATH')) throw notSupported('graph tables (FOR PATH)', line);
    const alias = this.alias();
    if (this.is('TABLESAMPLE')) throw notSupported('TABLESAMPLE', this.token.line);
    const hints = this.tableHints(true);
    if (this.is('TABLESAMPLE')) throw notSupported('TABLESAMPLE', this.token.line);
    return { kind: 'table', name, alias, hints, line };
  }

  private tableFunction(name: ObjectName, line: number): TableSource {
    this.need('(');
    const args = this.is(')') ? [] : this.nested(() => this.arguments(true));
    this.need(')');
    if (this.is('.')) throw notSupported('methods of XML values', line);
    const openJson = name.length === 1 && name[0]!.toUpperCase() === 'OPENJSON';
    const schema = openJson && this.eat('WITH') ? this.parenthesized(() => this.jsonColumn()) : undefined;
    const alias = this.alias();
    const columnAliases = alias === undefined ? undefined : this.columnAliases();
    if (this.ahead('WITH', '(')) throw this.unexpected();
    return { kind: 'table function', name, args, schema, alias, columnAliases, line };
  }

  private jsonColumn(): JsonColumn {
    const { line } = this.token;
    const name = this.identifier();
    const type = this.typeName();
    if (this.is('COLLATE')) throw notSupported('COLLATE in the schema of OPENJSON', line);
    const path = this.token.kind === 'string' ? this.string() : undefined;
    const asJson = this.eat('AS');
    if (asJson) this.need('JSON');
    return { name, type, path, asJson, line };
  }

  private pivot(source: TableSource): TableSource {
    const { line } = this.advance();
    this.need('(');
    const aggregate = this.primary();
    if (aggregate.kind !== 'function' || aggregate.over) throw this.unexpected();
    this.need('FOR');
    const column = this.name();
    this.need('IN');
    const values = this.parenthesized(() => this.identifier());
    this.need(')');
    return { kind: 'pivot', source, aggregate, column, values, alias: this.requiredAlias(), line };
  }

  private unpivot(source: TableSource): TableSource {
    const { line } = this.advance();
    this.need('(');
    const valueColumn = this.identifier();
    this.need('FOR');
    const nameColumn = this.identifier();
    this.need('IN');
    const columns = this.parenthesized(() => this.name());
    this.need(')');
    return { kind: 'unpivot', source, valueColumn, nameColumn, columns, alias: this.requiredAlias(), line };
  }

  private requiredAlias(): string {
    const alias = this.alias();
    if (alias === undefined) throw this.unexpected();
    return alias;
  }
}
