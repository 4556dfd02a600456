import type { Expression, Predicate, Statement, TypeName } from './ast.ts';
import { checkSequencePlacement } from './sequence-placement.ts';
import { StatementParser } from './statement-parser.ts';

class Parser extends StatementParser {
  batch(): Statement[] {
    const statements = this.statementsToEndOfBatch();
    if (this.takesSequenceValues) checkSequencePlacement(statements);
    return statements;
  }

  whole<T>(parse: () => T): T {
    const result = parse();
    if (this.token.kind !== 'end') throw this.unexpected();
    return result;
  }

  wholeExpression(): Expression {
    return this.whole(() => this.expression());
  }

  wholePredicate(): Predicate {
    return this.whole(() => this.predicate());
  }

  wholeType(): TypeName {
    return this.whole(() => this.typeName());
  }
}

/** The statements of a batch. With QUOTED_IDENTIFIER off, "…" is a string. Throws SqlError with SQL Server's number, text and line. */
export function parseBatch(text: string, quotedIdentifiers = true): Statement[] {
  return new Parser(text, quotedIdentifiers).batch();
}

export function parseExpression(text: string): Expression {
  return new Parser(text).wholeExpression();
}

export function parsePredicate(text: string): Predicate {
  return new Parser(text).wholePredicate();
}

export function parseDataType(text: string): TypeName {
  return new Parser(text).wholeType();
}
