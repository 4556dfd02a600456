import type { TokenReader } from '../../database/policy/lexer/token-reader.js';
import { NUMBER, WORD } from '../../database/policy/lexer/tsql-lexer.js';
import { ExpressionFault } from './expression-fault.js';
import { type ColumnReference, columnsOf, readTokens, type RowExpression, rowExpressionOf } from './row-expression.js';

const AGGREGATES = ['SUM', 'COUNT', 'MIN', 'MAX', 'AVG'] as const;
const CALLS: Readonly<Record<string, number>> = { NULLIF: 2, COALESCE: 2, ROUND: 2, ABS: 1 };

/** One aggregate over the rows of a metric; without `of` it counts the rows. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly name: (typeof AGGREGATES)[number];
  readonly distinct: boolean;
  readonly of?: RowExpression;
}

/** An expression of a metric: numbers and aggregates, and arithmetic between them. */
export type MetricExpression =
  | Aggregate
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'negative'; readonly of: MetricExpression }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly MetricExpression[] }
  | {
      readonly kind: 'operation';
      readonly sign: '+' | '-' | '*' | '/';
      readonly left: MetricExpression;
      readonly right: MetricExpression;
    };

/**
 * Reads `SUM(Price * Quantity) / COUNT(DISTINCT OrderID)`. Each column must be inside of SUM, COUNT, MIN, MAX or AVG.
 * Throws ExpressionFault.
 */
export function readMetricExpression(text: string): MetricExpression {
  const parser = new MetricParser(readTokens(text));
  const expression = parser.run();
  if (aggregatesOf(expression).length === 0)
    throw new ExpressionFault('A metric needs SUM, COUNT, MIN, MAX or AVG.', 0);
  return expression;
}

export function aggregatesOf(expression: MetricExpression): readonly Aggregate[] {
  switch (expression.kind) {
    case 'aggregate':
      return [expression];
    case 'number':
      return [];
    case 'negative':
      return aggregatesOf(expression.of);
    case 'call':
      return expression.arguments.flatMap(aggregatesOf);
    case 'operation':
      return [...aggregatesOf(expression.left), ...aggregatesOf(expression.right)];
    default:
      return expression satisfies never;
  }
}

export function metricColumnsOf(expression: MetricExpression): readonly ColumnReference[] {
  return aggregatesOf(expression).flatMap(({ of }) => (of === undefined ? [] : columnsOf(of)));
}

/** Recursive descent; the depth of parentheses is limited, because the file is written by hand. */
class MetricParser {
  private at = 0;
  private depth = 0;

  constructor(private readonly reader: TokenReader) {}

  run(): MetricExpression {
    const expression = this.sum();
    if (this.at < this.reader.tokens.count)
      throw this.fault(`${JSON.stringify(this.reader.shown(this.at).slice(0, 40))} is not expected here.`);
    return expression;
  }

  private sum(): MetricExpression {
    if (++this.depth > 50) throw this.fault('The parentheses are nested too deeply.');
    let left = this.product();
    for (let sign = this.signOf('+', '-'); sign !== undefined; sign = this.signOf('+', '-'))
      left = { kind: 'operation', sign, left, right: this.product() };
    this.depth--;
    return left;
  }

  private product(): MetricExpression {
    let left = this.factor();
    for (let sign = this.signOf('*', '/'); sign !== undefined; sign = this.signOf('*', '/'))
      left = { kind: 'operation', sign, left, right: this.factor() };
    return left;
  }

  private factor(): MetricExpression {
    const { reader } = this;
    if (this.signOf('-', '-') !== undefined) return { kind: 'negative', of: this.factor() };
    if (reader.isSign(this.at, '(')) {
      this.at++;
      const inner = this.sum();
      this.expect(')');
      return inner;
    }
    if (reader.kind(this.at) === NUMBER) return { kind: 'number', text: reader.shown(this.at++) };
    if (reader.kind(this.at) === WORD && reader.isSign(this.at + 1, '(')) return this.call();
    if (this.at >= reader.tokens.count) throw this.fault('The expression ends too early.');
    throw this.fault(
      `${reader.shown(this.at).slice(0, 60)} stands outside of SUM, COUNT, MIN, MAX and AVG, which a metric is made of.`,
    );
  }

  private call(): MetricExpression {
    const { reader } = this;
    const written = reader.shown(this.at).toUpperCase();
    const name = AGGREGATES.find(known => known === (written === 'COUNT_BIG' ? 'COUNT' : written));
    if (name !== undefined) return this.aggregate(name);
    const count = Object.hasOwn(CALLS, written) ? CALLS[written] : undefined;
    if (count === undefined) {
      throw this.fault(
        `${written} has no place around aggregates. A metric is made of SUM, COUNT, MIN, MAX, AVG, + - * /, NULLIF, COALESCE, ROUND and ABS.`,
      );
    }
    this.at += 2;
    const given = [this.sum()];
    while (reader.isSign(this.at, ',')) {
      this.at++;
      given.push(this.sum());
    }
    if (given.length !== count) throw this.fault(`${written} takes ${count} argument${count === 1 ? '' : 's'}.`);
    this.expect(')');
    return { kind: 'call', name: written, arguments: given };
  }

  private aggregate(name: Aggregate['name']): Aggregate {
    const { reader } = this;
    this.at += 2;
    const distinct = this.takeWord('distinct');
    if (!distinct) this.takeWord('all');
    const end = this.closing();
    if (name === 'COUNT' && !distinct && reader.isSign(this.at, '*') && this.at + 1 === end) {
      this.at = end + 1;
      return { kind: 'aggregate', name, distinct };
    }
    const of = rowExpressionOf(reader, this.at, end);
    this.at = end + 1;
    return { kind: 'aggregate', name, distinct, of };
  }

  /** The token of the parenthesis that closes the one before this token. */
  private closing(): number {
    const { reader } = this;
    for (let i = this.at, open = 1; i < reader.tokens.count; i++) {
      if (reader.isSign(i, '(')) open++;
      else if (reader.isSign(i, ')') && --open === 0) return i;
    }
    throw this.fault('A parenthesis is not closed.');
  }

  private signOf<S extends string>(...signs: readonly S[]): S | undefined {
    const sign = signs.find(each => this.reader.isSign(this.at, each));
    if (sign !== undefined) this.at++;
    return sign;
  }

  private takeWord(word: string): boolean {
    const found = this.reader.kind(this.at) === WORD && this.reader.shown(this.at).toLowerCase() === word;
    if (found) this.at++;
    return found;
  }

  private expect(sign: string): void {
    if (!this.reader.isSign(this.at, sign)) throw this.fault(`${JSON.stringify(sign)} is missing here.`);
    this.at++;
  }

  private fault(message: string): ExpressionFault {
    return new ExpressionFault(message, Math.min(this.reader.start(this.at), this.reader.text.length));
  }
}
