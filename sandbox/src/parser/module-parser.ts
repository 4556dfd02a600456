import { notSupported } from '../engine/sql-error.ts';
import type {
  CreateFunction,
  CreateProcedure,
  CreateView,
  ExecuteAs,
  ModuleVerb,
  Parameter,
  Statement,
} from './ast.ts';
import type { Bare } from './dml-parser.ts';
import type { Token } from './lexer.ts';
import { nullLiteral, stringLiteral } from './literals.ts';
import { SecurityParser } from './security-parser.ts';
import { syntaxError } from './syntax-error.ts';

interface ModuleOptions {
  schemaBinding: boolean;
  encrypted: boolean;
  executeAs: ExecuteAs | undefined;
  returnsNullOnNullInput: boolean;
}

type FunctionResult = CreateFunction['returns'];

/** Views, procedures and functions. */
export abstract class ModuleParser extends SecurityParser {
  /** Reads statements up to END, which is not consumed. */
  protected abstract statementsUntilEnd(): Statement[];
  protected abstract statementsToEndOfBatch(): Statement[];

  /** The text begins with CREATE, also for ALTER, so that it can be run again. */
  private moduleText(object: Token): string {
    return `CREATE ${this.source.slice(object.start, this.previous!.end)}`;
  }

  protected createView(verb: ModuleVerb, object: Token): Bare<CreateView> {
    const name = this.name();
    const columns = this.is('(') ? this.parenthesized(() => this.identifier()) : undefined;
    const { schemaBinding, encrypted } = this.eat('WITH') ? this.options(['SCHEMABINDING']) : this.noOptions();
    this.need('AS');
    const query = this.query();
    const checkOption = this.eat('WITH', 'CHECK', 'OPTION');
    this.eat(';');
    if (this.token.kind !== 'end') throw this.unexpected();
    const definition = this.moduleText(object);
    return { kind: 'create view', verb, name, columns, query, checkOption, schemaBinding, encrypted, definition };
  }

  protected createProcedure(verb: ModuleVerb, object: Token): Bare<CreateProcedure> {
    const name = this.name();
    if (this.is(';')) throw notSupported('numbered procedures', this.token.line);
    const inParentheses = this.eat('(');
    const parameters = this.token.kind === 'variable' ? this.list(() => this.parameter()) : [];
    if (inParentheses) this.need(')');
    const options = this.eat('WITH') ? this.options(['RECOMPILE', 'EXECUTE']) : this.noOptions();
    if (this.is('FOR')) throw notSupported('procedures FOR REPLICATION', this.token.line);
    this.need('AS');
    if (this.is('EXTERNAL')) throw notSupported('CLR procedures', this.token.line);
    const body = this.statementsToEndOfBatch();
    const { schemaBinding, encrypted, executeAs } = options;
    const definition = this.moduleText(object);
    return { kind: 'create procedure', verb, name, parameters, executeAs, body, schemaBinding, encrypted, definition };
  }

  protected createFunction(verb: ModuleVerb, object: Token): Bare<CreateFunction> {
    const name = this.name();
    this.need('(');
    const parameters = this.is(')') ? [] : this.list(() => this.parameter());
    this.need(')');
    const output = parameters.find(p => p.output);
    if (output)
      throw syntaxError(
        181,
        'Cannot use the OUTPUT option in a DECLARE, CREATE AGGREGATE or CREATE FUNCTION statement.',
        output.line,
      );
    this.need('RETURNS');
    const { returns, options } = this.functionResult();
    this.eat(';');
    const { schemaBinding, encrypted, executeAs, returnsNullOnNullInput } = options;
    const definition = this.moduleText(object);
    return {
      kind: 'create function',
      verb,
      name,
      parameters,
      executeAs,
      returnsNullOnNullInput,
      returns,
      schemaBinding,
      encrypted,
      definition,
    };
  }

  private functionResult(): { returns: FunctionResult; options: ModuleOptions } {
    if (this.eat('TABLE')) {
      const options = this.eat('WITH') ? this.options(['SCHEMABINDING']) : this.noOptions();
      this.eat('AS');
      this.need('RETURN');
      const query = this.query();
      return { returns: { kind: 'inline', query }, options };
    }
    if (this.token.kind === 'variable') {
      const variable = this.variableName();
      this.need('TABLE');
      const table = this.tableBody();
      const options = this.functionOptions();
      return { returns: { kind: 'table', variable, table, body: this.body() }, options };
    }
    const type = this.typeName();
    const options = this.functionOptions();
    return { returns: { kind: 'scalar', type, body: this.body() }, options };
  }

  private functionOptions(): ModuleOptions {
    const options = this.eat('WITH')
      ? this.options(['SCHEMABINDING', 'RETURNS', 'CALLED', 'EXECUTE', 'INLINE'])
      : this.noOptions();
    this.eat('AS');
    if (this.is('EXTERNAL')) throw notSupported('CLR functions', this.token.line);
    return options;
  }

  private body(): Statement[] {
    const { line } = this.token;
    this.need('BEGIN');
    const body = this.nested(() => this.statementsUntilEnd());
    this.need('END');
    if (body[body.length - 1]?.kind !== 'return') {
      throw syntaxError(
        455,
        'The last statement included within a function must be a return statement.',
        this.previous?.line ?? line,
      );
    }
    return body;
  }

  private noOptions(): ModuleOptions {
    return { schemaBinding: false, encrypted: false, executeAs: undefined, returnsNullOnNullInput: false };
  }

  private options(allowed: readonly string[]): ModuleOptions {
    const options = this.noOptions();
    this.list(() => {
      const { upper, line } = this.token;
      const word = upper === 'EXEC' ? 'EXECUTE' : upper;
      if (['VIEW_METADATA', 'NATIVE_COMPILATION'].includes(word)) throw notSupported(`WITH ${word}`, line);
      if (word !== 'ENCRYPTION' && !allowed.includes(word)) throw this.unexpected();
      this.advance();
      if (word === 'SCHEMABINDING') options.schemaBinding = true;
      else if (word === 'ENCRYPTION') options.encrypted = true;
      else if (word === 'EXECUTE') options.executeAs = this.executeAsClause();
      else if (word === 'RETURNS') {
        this.need('NULL', 'ON', 'NULL', 'INPUT');
        options.returnsNullOnNullInput = true;
      } else if (word === 'CALLED') this.need('ON', 'NULL', 'INPUT');
      else if (word === 'INLINE') {
        this.need('=');
        if (!this.eatOne('ON', 'OFF')) throw this.unexpected();
      }
    });
    return options;
  }

  private executeAsClause(): ExecuteAs {
    this.need('AS');
    const word = this.eatOne('CALLER', 'SELF', 'OWNER');
    if (!word) return { kind: 'user', name: this.string() };
    return { kind: word === 'CALLER' ? 'caller' : word === 'SELF' ? 'self' : 'owner' };
  }

  private parameter(): Parameter {
    const { line } = this.token;
    const name = this.variableName();
    this.eat('AS');
    const type = this.typeName();
    if (this.is('VARYING', 'NULL', 'NOT')) throw notSupported(`the parameter option ${this.token.upper}`, line);
    const value = this.eat('=') ? this.parameterDefault() : undefined;
    const output = this.eat('OUTPUT') || this.eat('OUT');
    const readOnly = this.eat('READONLY');
    return { name, type, default: value, output, readOnly, line };
  }

  /** A constant or NULL; a bare word is a string. */
  private parameterDefault(): Parameter['default'] {
    const { token } = this;
    if (this.eat('NULL')) return nullLiteral(token.line);
    if (this.isName) return stringLiteral({ ...this.advance(), unicode: true });
    if (token.kind === 'symbol' && !this.is('-', '+')) throw this.unexpected();
    const value = this.unary();
    const constant = value.kind === 'unary' ? value.operand : value;
    if (constant.kind !== 'literal') throw this.unexpected(token);
    return value;
  }
}
