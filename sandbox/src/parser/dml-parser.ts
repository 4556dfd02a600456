import { notSupported } from '../engine/sql-error.ts';
import type {
  AssignedValue,
  CommonTableExpression,
  Delete,
  DmlTarget,
  ExecuteStatement,
  Insert,
  InsertSource,
  Merge,
  MergeClause,
  OutputClause,
  SetClause,
  StatementNode,
  TableSource,
  Update,
} from './ast.ts';
import { QueryParser } from './query-parser.ts';
import { syntaxError } from './syntax-error.ts';

/** A statement without its position in the text. */
export type Bare<T> = T extends StatementNode ? Omit<T, keyof StatementNode> : never;

type Ctes = readonly CommonTableExpression[];

const MOST_INSERTED_ROWS = 1000;

/** INSERT, UPDATE, DELETE, MERGE. */
export abstract class DmlParser extends QueryParser {
  /** EXEC … as the source of an INSERT. */
  protected abstract executeStatement(): ExecuteStatement;

  protected insert(ctes: Ctes): Bare<Insert> {
    this.need('INSERT');
    const top = this.top();
    this.eat('INTO');
    const target = this.target();
    const columns =
      this.is('(') && !this.queryInParentheses() ? this.parenthesized(() => this.lastNamePart()) : undefined;
    const output = this.output();
    const source = this.insertSource();
    return { kind: 'insert', ctes, top, target, columns, output, source, hints: this.queryHints() };
  }

  /** Distinguishes INSERT t (SELECT …) from INSERT t (a, b). */
  private queryInParentheses(): boolean {
    let k = 0;
    while (this.peek(k).upper === '(') k++;
    return ['SELECT', 'WITH', 'VALUES'].includes(this.peek(k).upper);
  }

  private insertSource(): InsertSource {
    if (this.eat('DEFAULT', 'VALUES')) return { kind: 'default values' };
    if (this.is('EXEC', 'EXECUTE')) return { kind: 'execute', statement: this.executeStatement() };
    const { line } = this.token;
    if (!this.eat('VALUES')) {
      const query = this.query();
      return { kind: 'query', query };
    }
    const rows = this.list(() => this.parenthesized(() => this.assignedValue()));
    if (rows.length > MOST_INSERTED_ROWS) {
      const message = `The number of row value expressions in the INSERT statement exceeds the maximum allowed number of ${MOST_INSERTED_ROWS} row values.`;
      throw syntaxError(10738, message, line);
    }
    this.checkRowWidths(rows, line);
    return { kind: 'values', rows };
  }

  protected assignedValue(): AssignedValue {
    const { line } = this.token;
    return this.eat('DEFAULT') ? { kind: 'default', line } : this.expression();
  }

  private target(): DmlTarget {
    const { line, upper } = this.token;
    if (upper === 'OPENQUERY' || upper === 'OPENROWSET') throw notSupported(upper, line);
    const name = this.tableName();
    return { name, hints: this.tableHints(false), line };
  }

  /** A column of the target; qualified names are allowed for it. */
  private lastNamePart(): string {
    const name = this.name();
    return name[name.length - 1]!;
  }

  private output(): OutputClause[] {
    const clauses: OutputClause[] = [];
    while (this.is('OUTPUT')) {
      const { line } = this.advance();
      const items = this.list(() => this.selectItem());
      const into = this.eat('INTO') ? this.tableName() : undefined;
      const intoColumns =
        into && this.is('(') && !this.queryInParentheses() ? this.parenthesized(() => this.identifier()) : undefined;
      clauses.push({ items, into, intoColumns, line });
    }
    if (clauses.length > 2 || (clauses.length === 2 && (!clauses[0]!.into || clauses[1]!.into)))
      throw this.unexpected();
    return clauses;
  }

  private setClauses(): SetClause[] {
    return this.list(() => {
      const { line } = this.token;
      const variable = this.token.kind === 'variable' ? this.variableName() : undefined;
      if (variable !== undefined) {
        if (!this.isAssignment) throw this.unexpected();
        const columnFollows = this.is('=') && this.columnAssignmentAfter(1);
        const operator = this.advance();
        if (!columnFollows) {
          const target = { kind: 'variable', name: variable, line } as const;
          return {
            kind: 'variable',
            variable,
            value: this.compoundAssignment(operator, target, this.expression()),
            line,
          };
        }
      }
      const column = this.name();
      if (this.is('(')) throw notSupported(`the method ${column.join('.')} in SET`, line);
      if (!this.isAssignment) throw this.unexpected();
      const operator = this.advance();
      const value =
        operator.upper === '='
          ? this.assignedValue()
          : this.compoundAssignment(operator, { kind: 'column', parts: column, line }, this.expression());
      return { kind: 'column', column, value, variable, line };
    });
  }

  /** @v = column = x: a name and another assignment follow. */
  private columnAssignmentAfter(distance: number): boolean {
    let k = distance;
    const isPart = (kind: string): boolean => kind === 'word' || kind === 'quoted';
    if (!isPart(this.peek(k).kind)) return false;
    while (this.peek(k + 1).upper === '.' && isPart(this.peek(k + 2).kind)) k += 2;
    return /^[-+*/%&|^]?=$/.test(this.peek(k + 1).upper);
  }

  private from(): TableSource[] {
    return this.eat('FROM') ? this.fromClause() : [];
  }

  private where(): Update['where'] {
    if (!this.eat('WHERE')) return undefined;
    if (this.ahead('CURRENT', 'OF')) throw notSupported('cursors (WHERE CURRENT OF)', this.token.line);
    return this.predicate();
  }

  protected update(ctes: Ctes): Bare<Update> {
    this.need('UPDATE');
    const top = this.top();
    const target = this.target();
    this.need('SET');
    const set = this.setClauses();
    const output = this.output();
    const from = this.from();
    const where = this.where();
    return { kind: 'update', ctes, top, target, set, output, from, where, hints: this.queryHints() };
  }

  protected delete(ctes: Ctes): Bare<Delete> {
    this.need('DELETE');
    const top = this.top();
    this.eat('FROM');
    const target = this.target();
    const output = this.output();
    const from = this.from();
    const where = this.where();
    return { kind: 'delete', ctes, top, target, output, from, where, hints: this.queryHints() };
  }

  protected merge(ctes: Ctes): Bare<Merge> {
    this.need('MERGE');
    const top = this.top();
    this.eat('INTO');
    const target = this.target();
    const alias = this.alias();
    this.need('USING');
    const source = this.tableSource();
    this.need('ON');
    const on = this.predicate();
    const clauses: MergeClause[] = [];
    while (this.is('WHEN')) clauses.push(this.mergeClause());
    if (clauses.length === 0) throw this.unexpected();
    const output = this.output();
    const hints = this.queryHints();
    if (!this.is(';')) {
      throw syntaxError(10713, 'A MERGE statement must be terminated by a semi-colon (;).', this.token.line);
    }
    return { kind: 'merge', ctes, top, target, alias, source, on, clauses, output, hints };
  }

  private mergeClause(): MergeClause {
    const { line } = this.token;
    this.need('WHEN');
    const not = this.eat('NOT');
    this.need('MATCHED');
    let when: MergeClause['when'] = not ? 'not matched by target' : 'matched';
    if (not && this.eat('BY')) {
      if (this.eat('SOURCE')) when = 'not matched by source';
      else this.need('TARGET');
    }
    const condition = this.eat('AND') ? this.predicate() : undefined;
    this.need('THEN');
    const inserts = when === 'not matched by target';
    if (!this.is(...(inserts ? ['INSERT'] : ['UPDATE', 'DELETE']))) {
      if (!this.is('INSERT', 'UPDATE', 'DELETE')) throw this.unexpected();
      const clause = not ? (inserts ? 'WHEN NOT MATCHED' : 'WHEN NOT MATCHED BY SOURCE') : 'WHEN MATCHED';
      const message = `An action of type '${this.token.upper}' is not allowed in the '${clause}' clause of a MERGE statement.`;
      throw syntaxError(10711, message, this.token.line);
    }
    return { when, condition, action: this.mergeAction(), line };
  }

  private mergeAction(): MergeClause['action'] {
    if (this.eat('DELETE')) return { kind: 'delete' };
    if (this.eat('UPDATE')) {
      this.need('SET');
      return { kind: 'update', set: this.setClauses() };
    }
    this.need('INSERT');
    const columns = this.is('(') ? this.parenthesized(() => this.lastNamePart()) : undefined;
    if (this.eat('DEFAULT', 'VALUES')) return { kind: 'insert', columns, values: undefined };
    this.need('VALUES');
    return { kind: 'insert', columns, values: this.parenthesized(() => this.assignedValue()) };
  }
}
