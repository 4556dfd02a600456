import { notSupported } from '../engine/sql-error.ts';
import type { AssignedValue, ExecuteArgument, ExecuteAsStatement, ExecuteStatement, Expression } from './ast.ts';
import type { Bare } from './dml-parser.ts';
import { nullLiteral, stringLiteral } from './literals.ts';
import { SetParser } from './set-parser.ts';

/** EXECUTE. */
export abstract class ExecuteParser extends SetParser {
  protected override executeStatement(): ExecuteStatement {
    const first = this.token;
    const bare = this.execute();
    if (bare.kind !== 'execute') throw this.unexpected(first);
    return { ...bare, line: first.line, start: first.start, end: this.previous!.end };
  }

  protected execute(): Bare<ExecuteStatement | ExecuteAsStatement> {
    this.advance();
    if (this.eat('AS')) return this.executeAs();
    if (this.is('(')) return this.dynamic();
    let returnVariable: string | undefined;
    if (this.token.kind === 'variable' && this.peek().upper === '=') {
      returnVariable = this.variableName();
      this.advance();
    }
    if (this.token.kind !== 'variable') return this.procedureCall(returnVariable);
    const target = { kind: 'procedure variable', variable: this.variableName() } as const;
    return this.executeCall(target, returnVariable);
  }

  /** A procedure's name and arguments; EXEC may be missing at the beginning of a batch. */
  protected procedureCall(returnVariable?: string): Bare<ExecuteStatement> {
    const name = this.name();
    if (this.is(';') && this.peek().kind === 'number') throw notSupported('numbered procedures', this.token.line);
    return this.executeCall({ kind: 'procedure', name }, returnVariable);
  }

  private executeCall(target: ExecuteStatement['target'], returnVariable: string | undefined): Bare<ExecuteStatement> {
    const args = this.startsArgument() ? this.list(() => this.executeArgument()) : [];
    this.withOptions();
    return { kind: 'execute', target, args, returnVariable };
  }

  /** EXEC (string): only strings, variables and +. */
  private dynamic(): Bare<ExecuteStatement> {
    this.need('(');
    const first = this.token;
    const expression = this.nested(() => this.expression());
    if (!this.isConcatenation(expression)) throw this.unexpected(first);
    if (this.is(',')) throw notSupported('EXEC (string, arguments) at a linked server', this.token.line);
    this.need(')');
    if (this.is('AT')) throw notSupported('EXEC … AT linked server', this.token.line);
    if (this.is('AS')) throw notSupported('EXEC (string) AS USER', this.token.line);
    this.withOptions();
    return { kind: 'execute', target: { kind: 'string', expression }, args: [], returnVariable: undefined };
  }

  private isConcatenation(x: Expression): boolean {
    let at = x;
    for (; at.kind === 'binary' && at.operator === '+'; at = at.left) {
      if (!['literal', 'variable', 'global variable'].includes(at.right.kind)) return false;
    }
    return ['literal', 'variable', 'global variable'].includes(at.kind);
  }

  private withOptions(): void {
    if (!this.eat('WITH')) return;
    if (this.is('RESULT')) throw notSupported('EXECUTE … WITH RESULT SETS', this.token.line);
    this.need('RECOMPILE');
  }

  private startsArgument(): boolean {
    const { kind } = this.token;
    if (kind === 'end') return false;
    if (kind === 'symbol') return this.is('-', '+');
    return kind !== 'word' || this.isName || this.is('NULL', 'DEFAULT');
  }

  private executeArgument(): ExecuteArgument {
    const { line } = this.token;
    let name: string | undefined;
    if (this.token.kind === 'variable' && this.peek().upper === '=') {
      name = this.variableName();
      this.advance();
    }
    const value = this.argumentValue();
    const output = this.eat('OUTPUT') || this.eat('OUT');
    if (output && value.kind !== 'variable') throw this.unexpected(this.previous);
    return { name, value, output, line };
  }

  /** A constant, a variable, NULL, DEFAULT, or a bare word, which is a string. Anything else is a syntax error. */
  private argumentValue(): AssignedValue {
    const { token } = this;
    if (this.eat('NULL')) return nullLiteral(token.line);
    if (this.eat('DEFAULT')) return { kind: 'default', line: token.line };
    if (this.isName) return stringLiteral({ ...this.advance(), unicode: true });
    if (token.kind === 'variable' || token.kind === 'global') return this.primary();
    if (this.is('-', '+')) {
      const next = this.peek().kind;
      if (next !== 'number' && next !== 'money') throw this.unexpected(this.peek());
      return this.unary();
    }
    if (!['string', 'number', 'money', 'binary'].includes(token.kind)) throw this.unexpected();
    return this.primary();
  }
}
