import { readDottedName, TokenReader } from '../../database/policy/lexer/token-reader.js';
import { NUMBER, QUOTED, STRING, tokenize, VARIABLE, WORD } from '../../database/policy/lexer/tsql-lexer.js';
import { isStatementKeyword } from '../../database/policy/lexer/tsql-words.js';
import { explain, Refusal } from '../../database/policy/refusal.js';
import { ExpressionFault } from './expression-fault.js';
import {
  AGGREGATE_FUNCTIONS,
  DATE_PART_FUNCTIONS,
  OPERATOR_WORDS,
  SCALAR_FUNCTIONS,
  TYPE_FIRST_FUNCTIONS,
} from './scalar-functions.js';

/** A column as the author named it: `Price`, `Orders.Price` or `sales.Orders.Price`, without quotes. */
export interface ColumnReference {
  readonly parts: readonly string[];
  /** Where it stands in the author's text. */
  readonly offset: number;
}

/** An expression over the columns of one row: pieces of SQL text and the columns between them. */
export interface RowExpression {
  readonly pieces: readonly (string | ColumnReference)[];
}

/** Words that would make another statement or a subquery of an expression. */
const OTHER_CLAUSES: ReadonlySet<string> = new Set(
  'select from where join union except intersect group having order with over for exists option top distinct apply pivot unpivot within window any some all values go'.split(
    ' ',
  ),
);
const SIGNS = new Set('+-*/%=<>!(),&|^~');

/** Reads an expression. Throws ExpressionFault for everything that is not one expression over the columns of a row. */
export function readRowExpression(text: string): RowExpression {
  const reader = readTokens(text);
  return rowExpressionOf(reader, 0, reader.tokens.count);
}

/** Throws ExpressionFault for what can't even be divided into tokens. */
export function readTokens(text: string): TokenReader {
  const tokens = tokenize(text);
  const { fault } = tokens;
  if (fault !== undefined) {
    const { what } = explain(new Refusal(fault.rule, fault.offset, fault.text), false);
    throw new ExpressionFault(`${what[0]?.toUpperCase()}${what.slice(1)}.`, fault.offset);
  }
  if (tokens.count === 0) throw new ExpressionFault('The expression is empty.', 0);
  return new TokenReader(text, tokens);
}

/** The columns of an expression. */
export function columnsOf({ pieces }: RowExpression): readonly ColumnReference[] {
  return pieces.filter(piece => typeof piece !== 'string');
}

/** The SQL text, with each column as `nameOf` writes it. */
export function textOf({ pieces }: RowExpression, nameOf: (column: ColumnReference) => string): string {
  return pieces.map(piece => (typeof piece === 'string' ? piece : nameOf(piece))).join('');
}

/** The expression of the tokens from `from` up to, and without, `end`. */
export function rowExpressionOf(reader: TokenReader, from: number, end: number): RowExpression {
  return new RowExpressionReader(reader, from, end).run();
}

class RowExpressionReader {
  private readonly pieces: (string | ColumnReference)[] = [];
  /** For each open parenthesis the function that it belongs to, or ''. */
  private readonly open: string[] = [];
  private cases = 0;
  private at: number;

  constructor(
    private readonly reader: TokenReader,
    private readonly from: number,
    private readonly end: number,
  ) {
    this.at = from;
  }

  run(): RowExpression {
    if (this.from >= this.end) throw this.fault('An expression is missing here.', this.from);
    while (this.at < this.end) this.token();
    if (this.open.length > 0) throw this.fault('A parenthesis is not closed.', this.end - 1);
    if (!this.pieces.some(piece => typeof piece !== 'string' || /[\w']/.test(piece)))
      throw this.fault('An expression needs a column or a value.', this.from);
    if (this.cases > 0) throw this.fault('CASE has no END.', this.end - 1);
    return { pieces: this.pieces };
  }

  private token(): void {
    const { reader, at } = this;
    switch (reader.kind(at)) {
      case STRING:
      case NUMBER:
        return this.take();
      case VARIABLE:
        throw this.fault(`${reader.shown(at)}: an expression has no parameters.`, at);
      case QUOTED:
        return this.name();
      case WORD:
        return this.word();
      default:
        return this.sign();
    }
  }

  private sign(): void {
    const shown = this.reader.shown(this.at);
    if (!SIGNS.has(shown))
      throw this.fault(`The character ${JSON.stringify(shown)} has no place in an expression.`, this.at);
    if (shown === '(') this.open.push('');
    else if (shown === ')' && this.open.pop() === undefined)
      throw this.fault('A parenthesis is closed that was not opened.', this.at);
    this.take();
  }

  private word(): void {
    const { reader, at } = this;
    const word = reader.shown(at).toLowerCase();
    const calls = reader.isSign(at + 1, '(') && at + 1 < this.end;
    if (reader.isSign(at + 1, '.')) return this.name();
    if (word === 'n' && reader.kind(at + 1) === STRING && reader.start(at + 1) === reader.start(at) + 1) {
      this.add(reader.shown(at, at + 1), at);
      this.at += 2;
      return;
    }
    if (calls && SCALAR_FUNCTIONS.has(word)) return this.call(word);
    if (calls && AGGREGATE_FUNCTIONS.has(word))
      throw this.fault(`${word.toUpperCase()} adds rows up, which has no place in an expression over one row.`, at);
    if (word === 'current_timestamp') return this.take();
    if (OPERATOR_WORDS.has(word)) return this.operator(word);
    if (isStatementKeyword(reader.wordAt(at)) || OTHER_CLAUSES.has(word)) {
      throw this.fault(
        `${word.toUpperCase()} has no place in an expression. If it is the name of a column, write [${reader.shown(at)}].`,
        at,
      );
    }
    if (calls) throw this.fault(`${reader.shown(at)} is not a function that an expression may call.`, at);
    this.name();
  }

  /** Takes a function, its opening parenthesis, and a first argument that is no expression. */
  private call(name: string): void {
    this.add(name.toUpperCase(), this.at);
    this.at++;
    this.open.push(name);
    this.take();
    if (DATE_PART_FUNCTIONS.has(name)) this.plainWord('a part of a date, such as month');
    if (TYPE_FIRST_FUNCTIONS.has(name)) this.type();
  }

  private operator(word: string): void {
    if (word === 'case') this.cases++;
    if (word === 'end' && --this.cases < 0) throw this.fault('END has no CASE.', this.at);
    this.take();
    if (word === 'as') {
      if (!/^(?:try_)?(?:cast|parse)$/.test(this.open.at(-1) ?? ''))
        throw this.fault('AS has a place only in CAST. An expression gets its name from the definition.', this.at - 1);
      this.type();
    }
    if (word === 'collate') this.plainWord('the name of a collation');
  }

  private type(): void {
    this.plainWord('a type, such as decimal(19,4)');
    if (!this.reader.isSign(this.at, '(')) return;
    while (this.at < this.end && !this.reader.isSign(this.at, ')')) this.take();
    if (this.at < this.end) this.take();
  }

  private plainWord(what: string): void {
    if (this.at >= this.end || this.reader.kind(this.at) !== WORD) throw this.fault(`Here must be ${what}.`, this.at);
    this.take();
  }

  private name(): void {
    const { reader, at } = this;
    const { parts, next, call } = readDottedName(reader, at);
    const shown = reader.shown(at, next - 1);
    if (call) {
      throw this.fault(
        `${shown} is a function of the database, which may read any table. Write the expression without it, or make a query of it.`,
        at,
      );
    }
    if (next > this.end || parts.includes('') || parts.length > 3)
      throw this.fault(`${shown} is not the name of a column. Write Column, Table.Column or schema.Table.Column.`, at);
    this.add({ parts, offset: reader.start(at) }, at);
    this.at = next;
  }

  private take(): void {
    this.add(this.reader.shown(this.at), this.at);
    this.at++;
  }

  /** Tokens stay as far from each other as the author wrote them; a comment becomes a space. */
  private add(piece: string | ColumnReference, token: number): void {
    const { reader } = this;
    if (token > this.from && reader.start(token) > (reader.tokens.ends[token - 1] ?? 0)) this.pieces.push(' ');
    this.pieces.push(piece);
  }

  private fault(message: string, token: number): ExpressionFault {
    return new ExpressionFault(message, Math.min(this.reader.start(token), this.reader.text.length));
  }
}
