import { notSupported } from '../engine/sql-error.ts';
import type {
  CommonTableExpression,
  Expression,
  GroupingCombination,
  GroupingElement,
  GroupingSet,
  NamedWindow,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SetOperation,
  TableValues,
  Top,
} from './ast.ts';
import { ForClauseParser } from './for-clause-parser.ts';
import { numberLiteral } from './literals.ts';
import { syntaxError } from './syntax-error.ts';

/** SELECT and its clauses. */
export abstract class QueryParser extends ForClauseParser {
  protected override query(begun?: Query): Query {
    const { line } = begun ?? this.token;
    const ctes = begun ? begun.ctes : this.withClause();
    return this.queryAfterWith(ctes, line, begun);
  }

  /** The query of a statement, which may have OPTION. */
  protected statementQuery(ctes: readonly CommonTableExpression[], line: number): Query {
    const query = this.queryAfterWith(ctes, line);
    return { ...query, hints: this.queryHints() };
  }

  protected withClause(): CommonTableExpression[] {
    if (!this.eat('WITH')) return [];
    if (this.is('XMLNAMESPACES')) throw notSupported('WITH XMLNAMESPACES', this.token.line);
    return this.list(() => {
      const { line } = this.token;
      const name = this.identifier();
      const columns = this.is('(') ? this.parenthesized(() => this.identifier()) : undefined;
      this.need('AS', '(');
      // A WITH inside of a common table expression is a syntax error; subqueries can't have one either.
      if (this.is('WITH')) throw this.unexpected();
      const query = this.nested(() => this.query());
      this.need(')');
      return { name, columns, query, line };
    });
  }

  protected queryAfterWith(ctes: readonly CommonTableExpression[], line: number, begun?: Query): Query {
    const body = this.setOperations(begun && this.bare(begun));
    const orderBy = this.orderBy();
    let offset: Expression | undefined;
    let fetch: Expression | undefined;
    if (orderBy.length > 0 && this.eat('OFFSET')) {
      offset = this.expression();
      if (!this.eatOne('ROWS', 'ROW')) throw this.unexpected();
      if (this.eat('FETCH')) {
        if (!this.eatOne('NEXT', 'FIRST')) throw this.unexpected();
        fetch = this.expression();
        if (!this.eatOne('ROWS', 'ROW')) throw this.unexpected();
        this.need('ONLY');
      }
    }
    return { kind: 'query', ctes, body, orderBy, offset, fetch, for: this.forClause(), hints: [], line };
  }

  /** A parenthesized part of a query has neither ORDER BY nor FOR. */
  private bare(query: Query): QueryBody {
    if (query.orderBy.length > 0) throw syntaxError(156, "Incorrect syntax near the keyword 'ORDER'.", query.line);
    if (query.for) throw syntaxError(156, "Incorrect syntax near the keyword 'FOR'.", query.line);
    if (query.ctes.length > 0) throw syntaxError(156, "Incorrect syntax near the keyword 'WITH'.", query.line);
    return query.body;
  }

  private setOperations(begun?: QueryBody): QueryBody {
    let left = this.intersections(begun);
    for (let length = 0; this.is('UNION', 'EXCEPT'); length++) {
      this.checkChain(length);
      const except = this.advance().upper === 'EXCEPT';
      const operator = except ? 'except' : this.eat('ALL') ? 'union all' : 'union';
      left = { kind: 'set operation', operator, left, right: this.intersections(), line: left.line };
    }
    return left;
  }

  /** INTERSECT binds tighter than UNION and EXCEPT. */
  private intersections(begun?: QueryBody): QueryBody {
    let left = begun ?? this.specification();
    for (let length = 0; this.eat('INTERSECT'); length++) {
      this.checkChain(length);
      const right = this.specification();
      left = { kind: 'set operation', operator: 'intersect', left, right, line: left.line } satisfies SetOperation;
    }
    return left;
  }

  private specification(): QueryBody {
    if (this.is('SELECT')) return this.select();
    if (this.is('VALUES')) return this.values();
    if (!this.is('(')) throw this.unexpected();
    this.need('(');
    const inner = this.nested(() => this.setOperations());
    this.need(')');
    return inner;
  }

  private values(): TableValues {
    const { line } = this.advance();
    const rows = this.list(() => this.parenthesized(() => this.expression()));
    this.checkRowWidths(rows, line);
    return { kind: 'values', rows, line };
  }

  protected checkRowWidths(rows: readonly (readonly unknown[])[], line: number): void {
    if (rows.every(r => r.length === rows[0]!.length)) return;
    throw syntaxError(10709, 'The number of columns for each row in a table value constructor must be the same.', line);
  }

  private select(): Select {
    const { line } = this.advance();
    const distinct = this.eat('DISTINCT');
    if (!distinct) this.eat('ALL');
    const top = this.top();
    const items = this.list(() => this.selectItem());
    const into = this.eat('INTO') ? this.name() : undefined;
    if (into && this.is('ON')) throw notSupported('SELECT INTO … ON filegroup', this.token.line);
    const from = this.eat('FROM') ? this.fromClause() : [];
    const where = this.eat('WHERE') ? this.predicate() : undefined;
    const groupBy = this.groupBy();
    const having = this.eat('HAVING') ? this.predicate() : undefined;
    const windows = this.eat('WINDOW') ? this.list(() => this.namedWindow()) : [];
    return { kind: 'select', distinct, top, items, into, from, where, groupBy, having, windows, line };
  }

  private namedWindow(): NamedWindow {
    const { line } = this.token;
    const name = this.identifier();
    this.need('AS');
    return { name, specification: this.windowSpecification(), line };
  }

  /** TOP (n) [PERCENT] [WITH TIES]; without parentheses only a constant. */
  protected top(): Top | undefined {
    const { line } = this.token;
    if (!this.eat('TOP')) return undefined;
    let expression: Expression;
    if (this.is('(')) expression = this.parenthesizedValue();
    else if (this.token.kind === 'number') expression = numberLiteral(this.advance());
    else throw this.unexpected();
    const percent = this.eat('PERCENT');
    const withTies = this.eat('WITH', 'TIES');
    return { expression, percent, withTies, line };
  }

  protected selectItem(): SelectItem {
    const { token } = this;
    const { line } = token;
    if (this.eat('*')) return { kind: 'star', qualifier: undefined, line };
    const next = this.peek().upper;
    if (token.kind === 'variable' && /^([-+*/%&|^]?=)$/.test(next)) return this.assignment();
    const named = this.isName || token.kind === 'string';
    if (named && next === '=') {
      const alias = token.kind === 'string' ? this.string() : this.identifier();
      this.advance();
      return { kind: 'expression', expression: this.expression(), alias, line };
    }
    const qualifier = this.starQualifier();
    if (qualifier) return { kind: 'star', qualifier, line };
    const expression = this.expression();
    return { kind: 'expression', expression, alias: this.columnAlias(), line };
  }

  private assignment(): SelectItem {
    const { line } = this.token;
    const variable = this.variableName();
    const operator = this.advance();
    const expression = this.compoundAssignment(operator, { kind: 'variable', name: variable, line }, this.expression());
    return { kind: 'assignment', variable, expression, line };
  }

  private starQualifier(): string[] | undefined {
    let length = 0;
    const isPart = (kind: string): boolean => kind === 'word' || kind === 'quoted';
    while (isPart(this.peek(length).kind) && this.peek(length + 1).upper === '.') length += 2;
    if (length === 0 || this.peek(length).upper !== '*') return undefined;
    const parts: string[] = [];
    while (!this.eat('*')) {
      parts.push(this.identifier());
      this.need('.');
    }
    return parts;
  }

  private columnAlias(): string | undefined {
    const explicit = this.is('AS');
    if (this.token.kind === 'string') return this.string();
    if (explicit && this.peek().kind === 'string') {
      this.advance();
      return this.string();
    }
    return this.alias();
  }

  private groupBy(): GroupingElement[] | undefined {
    const { line } = this.token;
    if (!this.eat('GROUP')) return undefined;
    this.need('BY');
    if (this.is('ALL')) throw notSupported('GROUP BY ALL', line);
    const elements = this.list(() => this.groupingElement());
    if (this.ahead('WITH', '(')) throw notSupported('GROUP BY … WITH (DISTRIBUTED_AGG)', line);
    const kind = this.eat('WITH', 'ROLLUP') ? 'rollup' : this.eat('WITH', 'CUBE') ? 'cube' : undefined;
    if (!kind) return elements;
    const items = elements.map(element => {
      if (element.kind !== 'expression') throw this.unexpected();
      return [element.expression];
    });
    return [{ kind, items, line }];
  }

  private groupingElement(): GroupingElement {
    const { line } = this.token;
    const combination = this.combination();
    if (combination) return combination;
    if (this.ahead('GROUPING', 'SETS', '(')) {
      this.need('GROUPING', 'SETS');
      return { kind: 'grouping sets', items: this.parenthesized(() => this.groupingSet()), line };
    }
    if (this.eat('(', ')')) return { kind: 'grouping sets', items: [{ kind: 'set', expressions: [], line }], line };
    return { kind: 'expression', expression: this.expression(), line };
  }

  private combination(): GroupingCombination | undefined {
    const { line } = this.token;
    if (!(this.is('ROLLUP', 'CUBE') && this.peek().upper === '(')) return undefined;
    const kind = this.advance().upper === 'ROLLUP' ? 'rollup' : 'cube';
    return { kind, items: this.parenthesized(() => this.expressionsOrOne()), line };
  }

  private groupingSet(): GroupingSet | GroupingCombination {
    const { line } = this.token;
    if (this.ahead('GROUPING', 'SETS', '(')) throw notSupported('GROUPING SETS inside of GROUPING SETS', line);
    return this.combination() ?? { kind: 'set', expressions: this.expressionsOrOne(), line };
  }

  /** Reads (), (a, b) or a; it must distinguish `(a + b) * 2` from a list. */
  private expressionsOrOne(): Expression[] {
    if (this.eat('(', ')')) return [];
    if (!this.is('(') || !this.isList()) return [this.expression()];
    return this.parenthesized(() => this.expression());
  }

  /** Whether the parenthesis that opens here closes before a comma or the next closing one. */
  private isList(): boolean {
    let depth = 0;
    for (let k = 0; ; k++) {
      const { kind, upper } = this.peek(k);
      if (kind === 'end') return true;
      if (upper === '(') depth++;
      if (upper === ')' && --depth === 0) return [',', ')'].includes(this.peek(k + 1).upper);
    }
  }
}
