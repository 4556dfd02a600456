import type * as ast from '../parser/ast.ts';
import { parseBatch } from '../parser/parse.ts';
import { doubleQuotesAsStrings } from './quoted-strings.ts';

const MAX_ENTRIES = 500;
const MAX_TEXT = 16 * 1024;

/** Parsed batches by their text, the least recently used dropped. Trees are never changed, so sessions share them. */
class ParseCache {
  private readonly trees = new Map<string, readonly ast.Statement[]>();

  parse(text: string, quotedIdentifiers: boolean): readonly ast.Statement[] {
    const key = `${quotedIdentifiers ? '"' : "'"}${text}`;
    const known = this.trees.get(key);
    if (known) {
      this.trees.delete(key);
      this.trees.set(key, known);
      return known;
    }
    const tree = parseBatch(quotedIdentifiers ? text : doubleQuotesAsStrings(text));
    if (text.length > MAX_TEXT) return tree;
    this.trees.set(key, tree);
    if (this.trees.size > MAX_ENTRIES) this.trees.delete(this.trees.keys().next().value!);
    return tree;
  }
}

export const parseCache = new ParseCache();
