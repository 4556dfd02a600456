import { notSupported } from '../engine/sql-error.ts';
import type {
  BinaryOperator,
  ColumnReference,
  ComparisonOperator,
  Expression,
  ObjectName,
  Predicate,
  Query,
  ScalarSubquery,
  UnaryExpression,
} from './ast.ts';
import type { Token } from './lexer.ts';
import { syntaxError } from './syntax-error.ts';
import { TypeParser } from './type-parser.ts';

const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  '!<': '>=',
  '!>': '<=',
};

/** https://learn.microsoft.com/sql/t-sql/language-elements/operator-precedence-transact-sql, lowest first. */
const PRECEDENCE: readonly ReadonlySet<string>[] = [
  new Set(['+', '-', '&', '|', '^', '<<', '>>']),
  new Set(['*', '/', '%']),
];

const PREDICATES: ReadonlySet<string> = new Set<Predicate['kind']>([
  'comparison',
  'quantified comparison',
  'is null',
  'is distinct from',
  'between',
  'like',
  'in list',
  'in query',
  'exists',
  'free text',
  'not',
  'and',
  'or',
]);

type Operand = Expression | Predicate;

const isPredicate = (x: Operand | Query): x is Predicate => PREDICATES.has(x.kind);

/** Operators, conditions and parentheses. T-SQL keeps conditions apart from values; one pass, no backtracking. */
export abstract class ExpressionParser extends TypeParser {
  protected abstract primary(): Expression;
  /** A query from here on; `begun` is a parenthesized one that has been read and turns out to be its first part. */
  protected abstract query(begun?: Query): Query;

  protected get startsQuery(): boolean {
    return this.is('SELECT', 'WITH');
  }

  protected expression(): Expression {
    return this.binary(0);
  }

  protected predicate(): Predicate {
    return this.condition(this.or());
  }

  protected expressionList(): Expression[] {
    return this.list(() => this.expression());
  }

  private condition(x: Operand): Predicate {
    if (isPredicate(x)) return x;
    const near = this.token.kind === 'end' ? this.previous! : this.token;
    const text = 'An expression of non-boolean type specified in a context where a condition is expected';
    throw syntaxError(4145, `${text}, near '${this.shown(near)}'.`, near.line);
  }

  private or(begun?: Operand): Operand {
    const first = this.and(begun);
    return this.is('OR') ? this.chain('or', first, () => this.and()) : first;
  }

  private and(begun?: Operand): Operand {
    const first = this.not(begun);
    return this.is('AND') ? this.chain('and', first, () => this.not()) : first;
  }

  private chain(kind: 'and' | 'or', first: Operand, next: () => Operand): Predicate {
    const operands = [this.condition(first)];
    while (this.eat(kind.toUpperCase())) operands.push(this.condition(next()));
    return { kind, operands, line: first.line };
  }

  private not(begun?: Operand): Operand {
    const { line } = this.token;
    if (begun || !this.eat('NOT')) return this.test(begun);
    return { kind: 'not', operand: this.nested(() => this.condition(this.not())), line };
  }

  /** A comparison or another predicate, or a plain value. */
  private test(begun?: Operand): Operand {
    const { line } = this.token;
    if (begun && isPredicate(begun)) return begun;
    if (!begun && this.eat('EXISTS')) {
      this.need('(');
      const query = this.nested(() => this.query());
      this.need(')');
      return { kind: 'exists', query, line };
    }
    if (!begun && this.eat('FREETEXT')) return this.freeText(line);
    if (this.is('CONTAINS')) throw notSupported(`full-text search (${this.token.text})`, line);
    let left: Expression;
    if (begun) left = this.binary(0, this.postfix(begun));
    else if (this.is('(')) {
      const inner = this.parentheses(false);
      if (isPredicate(inner)) return inner;
      left = this.binary(0, this.postfix(this.value(inner)));
    } else left = this.expression();
    return this.comparison(left, line);
  }

  /** After FREETEXT: one column or several in parentheses, then the text. */
  private freeText(line: number): Operand {
    this.need('(');
    const several = this.eat('(');
    const columns = several ? this.list(() => this.fullTextColumn()) : [this.fullTextColumn()];
    if (several) this.need(')');
    this.need(',');
    const text = this.expression();
    this.need(')');
    return { kind: 'free text', columns, text, line };
  }

  private fullTextColumn(): ColumnReference {
    const { line } = this.token;
    if (this.is('*')) throw notSupported('full-text search in all columns (*)', line);
    const column = this.primary();
    if (column.kind !== 'column') throw this.unexpected();
    return column;
  }

  private comparison(left: Expression, line: number): Operand {
    const operator = COMPARISONS[this.token.upper];
    if (operator) {
      this.advance();
      if (!this.is('ANY', 'SOME', 'ALL')) {
        return { kind: 'comparison', operator, left, right: this.expression(), line };
      }
      const quantifier = this.advance().upper === 'ALL' ? 'all' : 'any';
      this.need('(');
      const query = this.nested(() => this.query());
      this.need(')');
      return { kind: 'quantified comparison', operator, left, quantifier, query, line };
    }
    if (this.eat('IS')) {
      const negated = this.eat('NOT');
      if (this.eat('DISTINCT')) {
        this.need('FROM');
        return { kind: 'is distinct from', left, right: this.expression(), negated, line };
      }
      this.need('NULL');
      return { kind: 'is null', expression: left, negated, line };
    }
    const negated = this.eat('NOT');
    if (this.eat('BETWEEN')) {
      const low = this.expression();
      this.need('AND');
      return { kind: 'between', expression: left, low, high: this.expression(), negated, line };
    }
    if (this.eat('LIKE')) {
      const pattern = this.expression();
      const escape = this.eat('ESCAPE') ? this.expression() : undefined;
      return { kind: 'like', expression: left, pattern, escape, negated, line };
    }
    if (this.eat('IN')) {
      this.need('(');
      const first = this.nested(() => this.queryOr<Expression>(begun => this.scalar(begun)));
      if (first.kind === 'query') {
        this.need(')');
        return { kind: 'in query', expression: left, query: first, negated, line };
      }
      const list = [first];
      while (this.eat(',')) list.push(this.expression());
      this.need(')');
      return { kind: 'in list', expression: left, list, negated, line };
    }
    if (negated) throw this.unexpected();
    return left;
  }

  private binary(level: number, begun?: Expression): Expression {
    const operators = PRECEDENCE[level];
    if (!operators) return begun ?? this.unary();
    let left = this.binary(level + 1, begun);
    for (let length = 0; this.token.kind === 'symbol' && operators.has(this.token.upper); length++) {
      this.checkChain(length);
      const operator = this.advance().upper as BinaryOperator;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1), line: left.line };
    }
    return left;
  }

  protected unary(): Expression {
    const { line } = this.token;
    const operator = this.eatOne('-', '+', '~');
    if (operator === undefined) return this.postfix(this.primary());
    const operand = this.nested(() => this.unary());
    return { kind: 'unary', operator, operand, line } satisfies UnaryExpression;
  }

  private postfix(first: Expression): Expression {
    let x = first;
    for (let length = 0; ; length++) {
      this.checkChain(length);
      if (this.eat('COLLATE')) x = { kind: 'collate', expression: x, collation: this.identifier(), line: x.line };
      else if (this.eat('AT', 'TIME', 'ZONE')) {
        x = { kind: 'at time zone', expression: x, zone: this.primary(), line: x.line };
      } else if (this.is('.')) throw notSupported('methods of XML and CLR values', x.line);
      else return x;
    }
  }

  /** `(…)` as a value: a subquery or an expression. */
  protected parenthesizedValue(): Expression {
    return this.value(this.parentheses(true) as Expression | Query);
  }

  private value(x: Expression | Query): Expression {
    return x.kind === 'query' ? ({ kind: 'subquery', query: x, line: x.line } satisfies ScalarSubquery) : x;
  }

  private parentheses(scalar: boolean): Operand | Query {
    this.need('(');
    const inner = this.nested(() =>
      this.queryOr<Operand>(begun => (scalar ? this.scalar(begun as Expression) : this.or(begun))),
    );
    this.need(')');
    return inner;
  }

  private scalar(begun: Expression | undefined): Expression {
    return begun ? this.binary(0, this.postfix(begun)) : this.expression();
  }

  /**
   * Reads a query or, by `rest`, something else after a parenthesis. Only the text behind `((SELECT 1) …` shows which
   * it is; `rest` then receives the subquery as its beginning.
   */
  private queryOr<T extends Operand>(rest: (begun?: Expression) => T): T | Query {
    if (this.startsQuery) return this.query();
    if (!this.is('(') || !this.beginsParenthesizedQuery()) return rest();
    this.need('(');
    const query = this.nested(() => this.query());
    this.need(')');
    if (this.is('UNION', 'EXCEPT', 'INTERSECT', 'ORDER', ')')) return this.query(query);
    return rest(this.value(query));
  }

  private beginsParenthesizedQuery(): boolean {
    return this.token.upper === '(' && (this.peek().upper === 'SELECT' || this.peek().upper === 'WITH');
  }

  /** A column name, or the name of a call. */
  protected columnName(): ObjectName {
    return this.name();
  }

  protected compoundAssignment(operator: Token, target: Expression, value: Expression): Expression {
    if (operator.upper === '=') return value;
    const binary = operator.upper.slice(0, -1) as BinaryOperator;
    return { kind: 'binary', operator: binary, left: target, right: value, line: target.line };
  }

  /** `=`, `+=` …. */
  protected get isAssignment(): boolean {
    return this.is('=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=');
  }
}
