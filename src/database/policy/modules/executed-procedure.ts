import { readDottedName, TokenReader } from '../lexer/token-reader.js';
import { tokenize } from '../lexer/tsql-lexer.js';
import { executedName } from './module-words.js';

/** The first procedure that a statement executes, with EXEC or as the first name of its text. */
export function executedProcedure(statement: string): { readonly schema: string; readonly name: string } | undefined {
  const reader = new TokenReader(statement, tokenize(statement));
  for (let i = 0; i < reader.tokens.count; i++) {
    if (reader.isWord(i, 'EXEC', 'EXECUTE')) return named(executedName(reader, i));
  }
  return reader.isName(0) && reader.wordAt(0) === 0 ? named(readDottedName(reader, 0).parts) : undefined;
}

function named(parts: readonly string[] = []): { readonly schema: string; readonly name: string } | undefined {
  const [name, schema = ''] = [...parts].reverse();
  return name === undefined ? undefined : { schema, name };
}
