import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type YAMLError } from 'yaml';

/** Keys and indexes from the top of the file: `['metrics', 2, 'expression']`. */
export type KeyPath = readonly (string | number)[];

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const MAX_ALIASES = 100;

/** A parsed YAML file that knows where each value stands. */
export class PlacedYaml {
  private readonly document: Document;
  private readonly lines = new LineCounter();

  constructor(text: string) {
    this.document = parseDocument(text, { lineCounter: this.lines, merge: true, prettyErrors: false });
  }

  get errors(): readonly { readonly place: Place; readonly text: string }[] {
    return this.document.errors.map(error => ({ place: this.placeAt(error.pos[0]), text: sentenceOf(error) }));
  }

  /** Throws ReferenceError for an anchor that is not defined, or too many aliases. */
  data(): unknown {
    return this.document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  }

  /** The place of the value, of one of its keys, or of the nearest value around it that is in the file. */
  placeOf(path: KeyPath, key?: string): Place {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? this.document.contents : this.document.getIn(path.slice(0, length), true);
      if (!isNode(node)) continue;
      if (length === path.length && key !== undefined && isMap(node)) {
        const pair = node.items.find(item => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
        if (pair !== undefined && isNode(pair.key)) return this.placeAt(pair.key.range?.[0] ?? 0);
      }
      return this.placeAt(node.range?.[0] ?? 0);
    }
    return { line: 1, column: 1 };
  }

  private placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** The parser's messages may quote the file, so each code has words of ours. */
function sentenceOf({ code }: YAMLError): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key stands here twice';
    case 'BAD_INDENT':
      return 'the line is not indented as the lines around it, or a bracket is not closed';
    case 'TAB_AS_INDENT':
      return 'the line begins with a tab: YAML is indented with spaces';
    case 'MISSING_CHAR':
      return 'a quote, a colon or a bracket is missing';
    case 'UNEXPECTED_TOKEN':
      return 'this is not expected here: a bracket, a comma or a quote may be missing before';
    case 'BAD_ALIAS':
      return 'the alias names no anchor';
    case 'MULTIPLE_DOCS':
      return 'the file has more than one document';
    default:
      return `this is not valid YAML (${code})`;
  }
}
