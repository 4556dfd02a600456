import { notSupported } from '../engine/sql-error.ts';
import type { Cast, Expression, FunctionCall, ObjectName, SearchedCase, SimpleCase } from './ast.ts';
import { isReserved } from './lexer.ts';
import { binaryLiteral, moneyLiteral, nullLiteral, numberLiteral, stringLiteral } from './literals.ts';
import { NILADIC_FUNCTIONS, RESERVED_FUNCTIONS } from './reserved-words.ts';
import { WindowParser } from './window-parser.ts';

/** Functions with their own syntax that the sandbox does not support. */
const REFUSED: Readonly<Record<string, string>> = {
  JSON_OBJECTAGG: 'JSON_OBJECTAGG',
  JSON_ARRAYAGG: 'JSON_ARRAYAGG',
  $PARTITION: '$PARTITION',
};

/** Constants, names, CASE, and functions with their own syntax. */
export abstract class PrimaryParser extends WindowParser {
  protected override primary(): Expression {
    const { token } = this;
    const { line } = token;
    switch (token.kind) {
      case 'number':
        return numberLiteral(this.advance());
      case 'string':
        return stringLiteral(this.advance());
      case 'money':
        return moneyLiteral(this.advance());
      case 'binary':
        return binaryLiteral(this.advance());
      case 'variable':
        return this.variable();
      case 'global':
        return { kind: 'global variable', name: this.advance().text.toUpperCase(), line };
      case 'symbol':
        if (token.upper === '(') return this.parenthesizedValue();
        throw this.unexpected();
      case 'word':
        return this.special() ?? this.named();
      case 'quoted':
        return this.named();
      case 'end':
        throw this.unexpected();
    }
  }

  private variable(): Expression {
    const { text: name, line } = this.advance();
    if (this.is('.')) throw notSupported(`methods of ${name} (XML and CLR types)`, line);
    return { kind: 'variable', name, line };
  }

  /** Words that begin an expression of their own. */
  private special(): Expression | undefined {
    const { upper, line } = this.token;
    const called = this.peek().upper === '(';
    if (upper === 'NULL') {
      this.advance();
      return nullLiteral(line);
    }
    if (upper === 'CASE') return this.nested(() => this.case());
    if (upper === 'NEXT' && this.ahead('NEXT', 'VALUE', 'FOR')) {
      this.need('NEXT', 'VALUE', 'FOR');
      this.takesSequenceValues = true;
      return { kind: 'next value', sequence: this.name(), over: this.over(), line };
    }
    if (NILADIC_FUNCTIONS.has(upper) && !called) {
      return { ...this.call([this.advance().text], [], line), niladic: true };
    }
    if (!called) return undefined;
    switch (upper) {
      case 'CAST':
      case 'TRY_CAST':
      case 'PARSE':
      case 'TRY_PARSE':
        return this.nested(() => this.cast());
      case 'CONVERT':
      case 'TRY_CONVERT':
        return this.nested(() => this.convert());
      case 'IIF':
        return this.nested(() => this.iif());
      case 'TRIM':
        return this.nested(() => this.trim());
      case 'JSON_OBJECT':
        return this.nested(() => this.jsonObject());
      case 'JSON_ARRAY':
        return this.nested(() => this.jsonArray());
      case 'IDENTITY':
        throw notSupported('the IDENTITY function of SELECT INTO', line);
    }
    if (RESERVED_FUNCTIONS.has(upper)) {
      this.advance();
      return this.nested(() => this.functionCall([upper], line));
    }
    return undefined;
  }

  /** A column or a call. */
  private named(): Expression {
    const { line } = this.token;
    if (isReserved(this.token)) throw this.unexpected();
    const refused = REFUSED[this.token.upper];
    if (refused !== undefined) throw notSupported(refused, line);
    const parts = this.columnName();
    if (this.is('::')) throw notSupported(`static methods of ${parts.join('.')}`, line);
    if (!this.is('(')) return { kind: 'column', parts, line };
    return this.nested(() => this.functionCall(parts, line));
  }

  private call(name: ObjectName, args: readonly Expression[], line: number): FunctionCall {
    return {
      kind: 'function',
      name,
      args,
      distinct: false,
      star: false,
      niladic: false,
      withinGroup: undefined,
      nulls: undefined,
      over: undefined,
      line,
    };
  }

  private functionCall(name: ObjectName, line: number): FunctionCall {
    this.need('(');
    const distinct = this.eat('DISTINCT');
    if (!distinct) this.eat('ALL');
    const star = !distinct && this.ahead('*', ')');
    if (star) this.advance();
    // A scalar function of a user is always called with its schema.
    const args = star || this.is(')') ? [] : this.arguments(name.length > 1);
    this.need(')');
    const withinGroup = this.eat('WITHIN') ? this.withinGroup() : undefined;
    const nulls = this.eat('IGNORE', 'NULLS')
      ? ('ignore' as const)
      : this.eat('RESPECT', 'NULLS')
        ? ('respect' as const)
        : undefined;
    const over = this.over();
    if (this.is('.')) throw notSupported('methods of XML and CLR values', line);
    return { ...this.call(name, args, line), distinct, star, withinGroup, nulls, over };
  }

  private takesDefault = false;

  protected arguments(takesDefault: boolean): Expression[] {
    return this.list(() => {
      // The arguments of an argument have a rule of their own.
      this.takesDefault = takesDefault;
      return this.callArgument();
    });
  }

  private callArgument(): Expression {
    if (!this.is('DEFAULT')) return this.expression();
    // The binder gives user-defined functions the parameter's default; built-in ones have none.
    if (!this.takesDefault) throw this.unexpected();
    const { line } = this.advance();
    return { kind: 'column', parts: ['DEFAULT'], line };
  }

  private withinGroup(): FunctionCall['withinGroup'] {
    this.need('GROUP', '(');
    if (!this.is('ORDER')) throw this.unexpected();
    const items = this.orderBy();
    this.need(')');
    return items;
  }

  private case(): SimpleCase | SearchedCase {
    const { line } = this.token;
    this.need('CASE');
    const otherwise = (): Expression | undefined => {
      const value = this.eat('ELSE') ? this.expression() : undefined;
      this.need('END');
      return value;
    };
    const then = (): Expression => {
      this.need('THEN');
      return this.expression();
    };
    if (this.is('WHEN')) {
      const branches: { when: SearchedCase['branches'][number]['when']; then: Expression }[] = [];
      while (this.eat('WHEN')) branches.push({ when: this.predicate(), then: then() });
      return { kind: 'searched case', branches, otherwise: otherwise(), line };
    }
    const input = this.expression();
    if (!this.is('WHEN')) throw this.unexpected();
    const branches: { when: Expression; then: Expression }[] = [];
    while (this.eat('WHEN')) branches.push({ when: this.expression(), then: then() });
    return { kind: 'simple case', input, branches, otherwise: otherwise(), line };
  }

  /** CAST (x AS type), PARSE (x AS type USING culture) and their TRY_ forms. */
  private cast(): Cast {
    const { upper, line } = this.advance();
    this.need('(');
    const expression = this.expression();
    this.need('AS');
    const type = this.typeName();
    const form = upper.endsWith('PARSE') ? 'parse' : 'cast';
    const culture = form === 'parse' && this.eat('USING') ? this.expression() : undefined;
    this.need(')');
    return { kind: 'cast', form, try: upper.startsWith('TRY_'), expression, type, style: undefined, culture, line };
  }

  private convert(): Cast {
    const { upper, line } = this.advance();
    this.need('(');
    const type = this.typeName();
    this.need(',');
    const expression = this.expression();
    const style = this.eat(',') ? this.expression() : undefined;
    this.need(')');
    const attempt = upper.startsWith('TRY_');
    return { kind: 'cast', form: 'convert', try: attempt, expression, type, style, culture: undefined, line };
  }

  private iif(): Expression {
    const { line } = this.advance();
    this.need('(');
    const condition = this.predicate();
    this.need(',');
    const whenTrue = this.expression();
    this.need(',');
    const whenFalse = this.expression();
    this.need(')');
    return { kind: 'iif', condition, whenTrue, whenFalse, line };
  }

  private trim(): Expression {
    const { line } = this.advance();
    this.need('(');
    const side = this.eatOne('LEADING', 'TRAILING', 'BOTH');
    let expression = this.expression();
    let characters: Expression | undefined;
    if (side || this.is('FROM')) {
      this.need('FROM');
      characters = expression;
      expression = this.expression();
    }
    this.need(')');
    const name = side === 'LEADING' ? 'leading' : side === 'TRAILING' ? 'trailing' : 'both';
    return { kind: 'trim', side: name, characters, expression, line };
  }

  private jsonObject(): Expression {
    const { line } = this.advance();
    this.need('(');
    const none = this.is(')', 'NULL', 'ABSENT') && (this.is(')') || this.peek().upper === 'ON');
    const entries = none
      ? []
      : this.list(() => {
          const key = this.expression();
          this.need(':');
          return { key, value: this.expression() };
        });
    const nulls = this.nullsOnNull() ?? 'null';
    this.need(')');
    return { kind: 'json object', entries, nulls, line };
  }

  private jsonArray(): Expression {
    const { line } = this.advance();
    this.need('(');
    const none = this.is(')') || (this.is('NULL', 'ABSENT') && this.peek().upper === 'ON');
    const values = none ? [] : this.expressionList();
    const nulls = this.nullsOnNull() ?? 'absent';
    this.need(')');
    return { kind: 'json array', values, nulls, line };
  }

  private nullsOnNull(): 'null' | 'absent' | undefined {
    if (this.eat('NULL', 'ON', 'NULL')) return 'null';
    return this.eat('ABSENT', 'ON', 'NULL') ? 'absent' : undefined;
  }
}
