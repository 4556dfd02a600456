import { notSupported } from '../engine/sql-error.ts';
import type { TypeName } from './ast.ts';
import { syntaxError } from './syntax-error.ts';
import { TokenStream } from './token-stream.ts';

/** ISO synonyms: https://learn.microsoft.com/sql/t-sql/data-types/data-type-synonyms-transact-sql. */
const SYNONYMS: Readonly<Record<string, string>> = {
  'char varying': 'varchar',
  'character varying': 'varchar',
  character: 'char',
  'binary varying': 'varbinary',
  dec: 'decimal',
  integer: 'int',
  'double precision': 'float',
  'national char': 'nchar',
  'national character': 'nchar',
  'national char varying': 'nvarchar',
  'national character varying': 'nvarchar',
  'national text': 'ntext',
  timestamp: 'rowversion',
};

export abstract class TypeParser extends TokenStream {
  protected typeName(): TypeName {
    const first = this.token;
    if (this.is('CURSOR')) throw notSupported('cursors', first.line);
    const parts = this.isoName() ?? this.name();
    const written = parts[parts.length - 1]!.toLowerCase();
    const name = parts.length === 1 || parts[0]!.toLowerCase() === 'sys' ? (SYNONYMS[written] ?? written) : written;
    if (name === 'xml' && this.is('(')) throw notSupported('XML schema collections', first.line);
    const args = this.is('(') ? this.parenthesized(() => this.argument()) : [];
    return { name, parts, args, line: first.line };
  }

  /** Names of several words, some of them reserved. */
  private isoName(): string[] | undefined {
    if (this.eat('DOUBLE')) {
      this.need('PRECISION');
      return ['double precision'];
    }
    const words: string[] = [];
    if (this.is('NATIONAL')) {
      words.push(this.advance().text);
      if (!this.is('CHAR', 'CHARACTER', 'TEXT')) throw this.unexpected();
    }
    const varying = this.is('CHAR', 'CHARACTER', 'BINARY') && this.peek().upper === 'VARYING';
    if (words.length === 0 && !varying) return undefined;
    words.push(this.advance().text);
    if (this.eat('VARYING')) words.push('varying');
    return [words.join(' ')];
  }

  private argument(): number {
    if (this.eat('MAX')) return -1;
    const { token } = this;
    // SQL Server gives 102 for signs, names and fractions here.
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.unexpected();
    this.advance();
    const value = Number(token.text);
    if (value > 2_147_483_647) {
      throw syntaxError(
        1001,
        `Line ${token.line}: Length or precision specification ${token.text} is invalid.`,
        token.line,
      );
    }
    return value;
  }
}
