import type { TokenReader } from '../lexer/token-reader.js';
import { STRING, VARIABLE } from '../lexer/tsql-lexer.js';
import { isStatementKeyword } from '../lexer/tsql-words.js';
import { behind, type HeaderParameter, lower, typeAt } from './module-header.js';

const TEXT_TYPES: ReadonlySet<string> = new Set(['char', 'varchar', 'nchar', 'nvarchar', 'sysname']);

/**
 * The token of the message that RAISERROR at token `i` raises by its number; undefined where it raises a text. What has the
 * attribute WITH_LOG in sys.messages is always written to the logs, and system messages may have it too (learn.microsoft.com:
 * sp_altermessage). A variable counts as a text only where its declaration says so.
 */
export function numberedMessage(
  reader: TokenReader,
  i: number,
  parameters: readonly HeaderParameter[],
): number | undefined {
  const at = reader.isSign(i + 1, '(') ? i + 2 : i + 1;
  const isText = reader.kind(at) === STRING || (lower(reader, at) === 'n' && reader.kind(at + 1) === STRING);
  if (isText) return undefined;
  if (reader.kind(at) !== VARIABLE) return at;
  const name = reader.shown(at).toLowerCase();
  const parameter = parameters.find(each => `@${each.name}`.toLowerCase() === name);
  return TEXT_TYPES.has(parameter?.type ?? declaredType(reader, name) ?? '') ? undefined : at;
}

/** The type of a variable by its DECLARE, of which a module has one. */
function declaredType(reader: TokenReader, name: string): string | undefined {
  for (let i = 0; i < reader.tokens.count; i++) {
    if (!reader.isWord(i, 'DECLARE')) continue;
    for (let at = i + 1; reader.kind(at) === VARIABLE; at = nextDeclared(reader, at)) {
      if (reader.shown(at).toLowerCase() === name) return typeAt(reader, at + 1);
    }
  }
  return undefined;
}

/** The token behind the comma that ends a declaration; that of the next statement where none does. */
function nextDeclared(reader: TokenReader, from: number): number {
  let i = from + 1;
  while (i < reader.tokens.count && !reader.isSign(i, ',')) {
    const ends = reader.isSign(i, ';') || reader.isWord(i, 'SELECT', 'WITH', 'THROW');
    if (ends || isStatementKeyword(reader.wordAt(i))) return reader.tokens.count;
    i = reader.isSign(i, '(') ? behind(reader, i) : i + 1;
  }
  return i + 1;
}
