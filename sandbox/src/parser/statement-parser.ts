import { notSupported } from '../engine/sql-error.ts';
import type {
  Block,
  If,
  LoopControl,
  RaiseError,
  Return,
  Statement,
  Throw,
  TransactionStatement,
  TryCatch,
  UpdateStatistics,
  WaitForDelay,
  While,
} from './ast.ts';
import { CreateParser } from './create-parser.ts';
import type { Bare } from './dml-parser.ts';
import { isReserved, type Token } from './lexer.ts';
import { NILADIC_FUNCTIONS, RESERVED_FUNCTIONS } from './reserved-words.ts';
import { syntaxError } from './syntax-error.ts';

const REFUSED: Readonly<Record<string, string>> = {
  BACKUP: 'BACKUP',
  BULK: 'BULK INSERT',
  CLOSE: 'cursors',
  DBCC: 'DBCC',
  DEALLOCATE: 'cursors',
  FETCH: 'cursors',
  GOTO: 'GOTO',
  OPEN: 'cursors',
  READTEXT: 'READTEXT',
  RECONFIGURE: 'RECONFIGURE',
  RESTORE: 'RESTORE',
  SETUSER: 'SETUSER',
  SHUTDOWN: 'SHUTDOWN',
  UPDATETEXT: 'UPDATETEXT',
  WRITETEXT: 'WRITETEXT',
};

/** Control of flow, transactions and messages: all statements except data and definition statements. */
export abstract class StatementParser extends CreateParser {
  private loops = 0;
  private handlers = 0;

  protected override statementsToEndOfBatch(): Statement[] {
    return this.statements(() => this.token.kind === 'end');
  }

  protected override statementsUntilEnd(): Statement[] {
    const body = this.statements(() => this.is('END'));
    return body;
  }

  private statements(done: () => boolean): Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      while (this.eat(';'));
      if (done()) return statements;
      if (statements.length > 0) this.checkSeparation();
      statements.push(this.statement());
    }
  }

  /** Words that a semicolon must precede. */
  private checkSeparation(): void {
    if (this.previous?.upper === ';') return;
    if (this.is('WITH')) {
      const message =
        "Incorrect syntax near the keyword 'with'. If this statement is a common table expression, an xmlnamespaces " +
        'clause or a change tracking context clause, the previous statement must be terminated with a semicolon.';
      throw syntaxError(319, message, this.token.line);
    }
    if (this.is('THROW')) throw this.unexpected();
  }

  protected statement(): Statement {
    const first = this.token;
    const bare = this.nested(() => this.bareStatement());
    const end = this.previous!;
    const text = end.upper === ';' && end !== first ? this.before(end) : end.end;
    this.eat(';');
    return { ...bare, line: first.line, start: first.start, end: text } as Statement;
  }

  private updateStatistics(): Bare<UpdateStatistics> {
    this.need('UPDATE');
    this.need('STATISTICS');
    const table = this.name();
    if (this.eat('(')) {
      this.list(() => this.identifier());
      this.need(')');
    } else if (this.token.kind === 'word' && !this.is('WITH') && !isReserved(this.token)) this.identifier();
    return { kind: 'update statistics', table, rowCount: this.eat('WITH') ? this.statisticsOptions() : undefined };
  }

  private before(semicolon: Token): number {
    return this.source.slice(0, semicolon.start).trimEnd().length;
  }

  private bareStatement(): Bare<Statement> {
    const { token } = this;
    switch (token.upper) {
      case 'SELECT':
      case 'WITH':
      case '(':
        return this.queryStatement();
      case 'INSERT':
        return this.insert([]);
      case 'UPDATE':
        return this.ahead('UPDATE', 'STATISTICS') ? this.updateStatistics() : this.update([]);
      case 'DELETE':
        return this.delete([]);
      case 'MERGE':
        return this.merge([]);
      case 'DECLARE':
        return this.declareStatement();
      case 'SET':
        return this.set();
      case 'IF':
        return this.if();
      case 'WHILE':
        return this.while();
      case 'BEGIN':
        return this.begin();
      case 'BREAK':
      case 'CONTINUE':
        return this.loopControl();
      case 'COMMIT':
      case 'ROLLBACK':
      case 'SAVE':
        return this.endOfTransaction();
      case 'PRINT':
        this.advance();
        return { kind: 'print', expression: this.expression() };
      case 'RAISERROR':
        return this.raiseError();
      case 'THROW':
        return this.throw();
      case 'USE':
        this.advance();
        return { kind: 'use', database: this.identifier() };
      case 'RETURN':
        return this.return();
      case 'WAITFOR':
        return this.waitFor();
      case 'TRUNCATE':
        return this.truncate();
      case 'EXEC':
      case 'EXECUTE':
        return this.execute();
      case 'GRANT':
      case 'DENY':
      case 'REVOKE':
        return this.permission();
      case 'REVERT':
        this.advance();
        if (this.is('WITH')) throw notSupported('REVERT WITH COOKIE', token.line);
        return { kind: 'revert' };
      case 'KILL':
        return this.kill();
      case 'CHECKPOINT':
        this.advance();
        if (this.token.kind === 'number') throw notSupported('CHECKPOINT with a duration', token.line);
        return { kind: 'checkpoint' };
      case 'CREATE':
        return this.create();
      case 'ALTER':
        return this.alter();
      case 'DROP':
        return this.dropStatement();
    }
    return this.other();
  }

  /** Refused statements, and a procedure call without EXEC, which is valid at the beginning of a batch only. */
  private other(): Bare<Statement> {
    const { token } = this;
    const refused = REFUSED[token.upper];
    if (refused !== undefined) throw notSupported(refused, token.line);
    if (this.is('ENABLE', 'DISABLE') && this.peek().upper === 'TRIGGER') throw notSupported('triggers', token.line);
    if (this.isName && this.peek().upper === ':') throw notSupported('labels and GOTO', token.line);
    if (this.position === 0 && this.isName) return this.procedureCall();
    throw this.unexpected();
  }

  private queryStatement(): Bare<Statement> {
    const { line } = this.token;
    const ctes = this.withClause();
    if (this.is('INSERT')) return this.insert(ctes);
    if (this.is('UPDATE')) return this.update(ctes);
    if (this.is('DELETE')) return this.delete(ctes);
    if (this.is('MERGE')) return this.merge(ctes);
    return { kind: 'select statement', query: this.statementQuery(ctes, line) };
  }

  private declareStatement(): Bare<Statement> {
    this.advance();
    const variables = this.list(() => {
      const { line } = this.token;
      if (this.isName && (this.peek().upper === 'CURSOR' || this.peek(2).upper === 'CURSOR'))
        throw notSupported('cursors', line);
      const name = this.variableName();
      this.eat('AS');
      if (this.eat('TABLE')) return { kind: 'table', name, table: this.tableBody(), line } as const;
      const type = this.typeName();
      const value = this.eat('=') ? this.expression() : undefined;
      return { kind: 'scalar', name, type, value, line } as const;
    });
    return { kind: 'declare', variables };
  }

  private if(): Bare<If> {
    this.advance();
    const condition = this.predicate();
    const then = this.statement();
    const otherwise = this.eat('ELSE') ? this.statement() : undefined;
    return { kind: 'if', condition, then, otherwise };
  }

  private while(): Bare<While> {
    this.advance();
    const condition = this.predicate();
    this.loops++;
    const body = this.statement();
    this.loops--;
    return { kind: 'while', condition, body };
  }

  private loopControl(): Bare<LoopControl> {
    const { upper, line } = this.advance();
    if (this.loops === 0) {
      const message = `Cannot use a ${upper} statement outside the scope of a WHILE statement.`;
      throw syntaxError(upper === 'BREAK' ? 135 : 136, message, line);
    }
    return { kind: upper === 'BREAK' ? 'break' : 'continue' };
  }

  private begin(): Bare<Block | TryCatch | TransactionStatement> {
    const { line } = this.advance();
    if (this.eat('TRY')) return this.tryCatch();
    if (this.is('DISTRIBUTED')) throw notSupported('distributed transactions', line);
    if (this.is('ATOMIC', 'DIALOG', 'CONVERSATION') && !(this.is('ATOMIC') && this.peek().upper !== 'WITH')) {
      throw notSupported(`BEGIN ${this.token.upper}`, line);
    }
    if (this.eatOne('TRAN', 'TRANSACTION')) {
      const name = this.transactionName();
      if (this.eat('WITH', 'MARK')) throw notSupported('BEGIN TRANSACTION … WITH MARK', line);
      return { kind: 'begin transaction', ...name };
    }
    const body = this.statements(() => this.is('END'));
    if (body.length === 0) throw this.unexpected();
    this.need('END');
    return { kind: 'block', body };
  }

  private tryCatch(): Bare<TryCatch> {
    const body = this.statements(() => this.is('END'));
    if (body.length === 0) throw this.unexpected();
    this.need('END', 'TRY');
    this.eat(';');
    this.need('BEGIN', 'CATCH');
    this.handlers++;
    const handler = this.statements(() => this.is('END'));
    this.handlers--;
    this.need('END', 'CATCH');
    return { kind: 'try', body, handler };
  }

  private transactionName(): Pick<TransactionStatement, 'name' | 'variable'> {
    if (this.token.kind === 'variable') return { name: undefined, variable: this.variableName() };
    return { name: this.isName ? this.identifier() : undefined, variable: undefined };
  }

  private endOfTransaction(): Bare<TransactionStatement> {
    const { upper, line } = this.advance();
    const kind = upper === 'COMMIT' ? 'commit' : upper === 'ROLLBACK' ? 'rollback' : 'save transaction';
    let name: Pick<TransactionStatement, 'name' | 'variable'> = { name: undefined, variable: undefined };
    if (this.eatOne('TRAN', 'TRANSACTION')) name = this.transactionName();
    else if (kind === 'save transaction') throw this.unexpected();
    else this.eat('WORK');
    if (kind === 'save transaction' && name.name === undefined && name.variable === undefined) throw this.unexpected();
    if (this.is('WITH') && this.peek().upper === '(') throw notSupported('DELAYED_DURABILITY', line);
    return { kind, ...name };
  }

  private raiseError(): Bare<RaiseError> {
    const { line } = this.advance();
    if (!this.is('(')) throw this.unexpected();
    const [message, severity, state, ...args] = this.parenthesized(() => this.expression());
    if (!message || !severity || !state) throw this.unexpected(this.previous);
    if (args.length > 20)
      throw syntaxError(
        2747,
        'Too many substitution parameters for RAISERROR. Cannot exceed 20 substitution parameters.',
        line,
      );
    const options: string[] = [];
    if (this.eat('WITH')) {
      this.list(() => {
        const option = this.eatOne('LOG', 'NOWAIT', 'SETERROR');
        if (!option) throw this.unexpected();
        options.push(option);
      });
    }
    return { kind: 'raiserror', message, severity, state, args, options };
  }

  private throw(): Bare<Throw> {
    const { line } = this.advance();
    if (!['string', 'number', 'variable'].includes(this.token.kind)) {
      if (this.handlers > 0) return { kind: 'throw', arguments: undefined };
      const message =
        'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside ' +
        'a CATCH block, or add error parameters to the THROW statement.';
      throw syntaxError(10704, message, line);
    }
    const constant = (): ReturnType<StatementParser['primary']> => {
      if (!['string', 'number', 'variable'].includes(this.token.kind)) throw this.unexpected();
      return this.primary();
    };
    const number = constant();
    this.need(',');
    const message = constant();
    this.need(',');
    return { kind: 'throw', arguments: { number, message, state: constant() } };
  }

  private return(): Bare<Return> {
    this.advance();
    return { kind: 'return', value: this.startsExpression() ? this.expression() : undefined };
  }

  private startsExpression(): boolean {
    const { token } = this;
    if (token.kind === 'end') return false;
    if (token.kind === 'symbol') return this.is('(', '-', '+', '~');
    if (!isReserved(token)) return !this.is('THROW');
    const called = this.peek().upper === '(';
    if (called && (RESERVED_FUNCTIONS.has(token.upper) || this.is('CONVERT', 'TRY_CONVERT'))) return true;
    return this.is('NULL', 'CASE') || NILADIC_FUNCTIONS.has(token.upper);
  }

  private waitFor(): Bare<WaitForDelay> {
    const { line } = this.advance();
    const mode = this.eatOne('DELAY', 'TIME');
    if (!mode) throw this.is('(') ? notSupported('WAITFOR (RECEIVE …)', line) : this.unexpected();
    if (this.token.kind !== 'string' && this.token.kind !== 'variable') throw this.unexpected();
    return { kind: 'waitfor', mode: mode === 'DELAY' ? 'delay' : 'time', time: this.primary() };
  }

  private truncate(): Bare<Statement> {
    this.advance();
    this.need('TABLE');
    const table = this.name();
    if (this.ahead('WITH', '(')) throw notSupported('TRUNCATE TABLE … WITH (PARTITIONS …)', this.token.line);
    return { kind: 'truncate', table };
  }

  private kill(): Bare<Statement> {
    const { line } = this.advance();
    if (!['number', 'variable'].includes(this.token.kind))
      throw notSupported('KILL of anything but a session number', line);
    const session = this.primary();
    if (this.is('WITH')) throw notSupported('KILL … WITH STATUSONLY', line);
    return { kind: 'kill', session };
  }
}
