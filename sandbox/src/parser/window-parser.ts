import type { FrameBound, OrderItem, WindowFrame, WindowSpecification } from './ast.ts';
import { ExpressionParser } from './expression-parser.ts';
import { syntaxError } from './syntax-error.ts';

const ORDER: readonly FrameBound['kind'][] = [
  'unbounded preceding',
  'preceding',
  'current row',
  'following',
  'unbounded following',
];

const shown = (b: FrameBound): string => (b.count > 0 ? `${b.count} ${b.kind}` : b.kind).toUpperCase();

/** ORDER BY and OVER. */
export abstract class WindowParser extends ExpressionParser {
  protected orderBy(): OrderItem[] {
    if (!this.eat('ORDER')) return [];
    this.need('BY');
    return this.list(() => {
      const expression = this.expression();
      const descending = this.eat('DESC');
      if (!descending) this.eat('ASC');
      return { expression, descending, line: expression.line };
    });
  }

  protected over(): WindowSpecification | undefined {
    const { line } = this.token;
    if (!this.eat('OVER')) return undefined;
    if (this.is('(')) return this.windowSpecification();
    return { base: this.identifier(), partitionBy: [], orderBy: [], frame: undefined, line };
  }

  /** `([name] [PARTITION BY …] [ORDER BY …] [ROWS | RANGE …])`. */
  protected windowSpecification(): WindowSpecification {
    const { line } = this.token;
    this.need('(');
    const specification = this.nested(() => {
      const base = this.isName && !this.is('PARTITION', 'ROWS', 'RANGE') ? this.identifier() : undefined;
      let partitionBy: WindowSpecification['partitionBy'] = [];
      if (this.eat('PARTITION')) {
        this.need('BY');
        partitionBy = this.expressionList();
      }
      const orderBy = this.orderBy();
      const frame = this.frame();
      if (frame && orderBy.length === 0 && base === undefined) {
        throw syntaxError(10756, 'Window frame with ROWS or RANGE must have an ORDER BY clause.', frame.line);
      }
      return { base, partitionBy, orderBy, frame, line };
    });
    this.need(')');
    return specification;
  }

  private frame(): WindowFrame | undefined {
    const { line } = this.token;
    const unit = this.eatOne('ROWS', 'RANGE');
    if (!unit) return undefined;
    const between = this.eat('BETWEEN');
    const start = this.bound();
    if (between) this.need('AND');
    const end: FrameBound = between ? this.bound() : { kind: 'current row', count: 0 };
    if (unit === 'RANGE' && [start, end].some(b => b.kind === 'preceding' || b.kind === 'following')) {
      const message = 'RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters.';
      throw syntaxError(4194, message, line);
    }
    const wrongOrder = ORDER.indexOf(start.kind) > ORDER.indexOf(end.kind);
    if (wrongOrder || start.kind === 'unbounded following' || end.kind === 'unbounded preceding') {
      const text = between ? `BETWEEN ${shown(start)} AND ${shown(end)}` : shown(start);
      const message = `'${text}' is not a valid window frame and cannot be used with the OVER clause.`;
      throw syntaxError(4193, message, line);
    }
    return { unit: unit === 'ROWS' ? 'rows' : 'range', start, end, line };
  }

  private bound(): FrameBound {
    if (this.eat('CURRENT')) {
      this.need('ROW');
      return { kind: 'current row', count: 0 };
    }
    const unbounded = this.eat('UNBOUNDED');
    const { token } = this;
    if (!unbounded && (token.kind !== 'number' || !/^\d+$/.test(token.text))) throw this.unexpected();
    const count = unbounded ? 0 : Number(this.advance().text);
    const direction = this.eatOne('PRECEDING', 'FOLLOWING');
    if (!direction) throw this.unexpected();
    const side = direction === 'PRECEDING' ? 'preceding' : 'following';
    return { kind: unbounded ? `unbounded ${side}` : side, count };
  }
}
