import { SqlError } from './sql-error.ts';

/**
 * A JSON value with its position in the source, so that JSON_QUERY returns the original text and JSON_MODIFY changes
 * nothing else. Members keep their order; of two equal keys the first counts.
 */
export interface JsonNode {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';
  readonly start: number;
  readonly end: number;
  /** The decoded text of a string. */
  readonly text?: string;
  readonly members?: readonly JsonMember[];
  readonly items?: readonly JsonNode[];
}

export interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly value: JsonNode;
}

/** SQL Server allows 128 levels. */
const MAX_DEPTH = 128;

const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonParser {
  private readonly source: string;
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  document(): JsonNode {
    const value = this.value(0);
    this.blank();
    if (this.at < this.source.length) throw this.failure();
    return value;
  }

  private failure(): SqlError {
    const c = this.source[this.at] ?? '.';
    return new SqlError(
      13609,
      `JSON text is not properly formatted. Unexpected character '${c}' is found at position ${this.at}.`,
    );
  }

  private blank(): void {
    for (;;) {
      const c = this.source.charCodeAt(this.at);
      if (c !== 32 && c !== 9 && c !== 10 && c !== 13) return;
      this.at++;
    }
  }

  private expect(c: string): void {
    this.blank();
    if (this.source[this.at] !== c) throw this.failure();
    this.at++;
  }

  private value(depth: number): JsonNode {
    this.blank();
    const start = this.at;
    switch (this.source[start]) {
      case '{':
        return this.object(start, depth);
      case '[':
        return this.array(start, depth);
      case '"':
        return { kind: 'string', start, text: this.string(), end: this.at };
      case 't':
        return this.word('true', start);
      case 'f':
        return this.word('false', start);
      case 'n':
        return this.word('null', start);
      default:
        return this.number(start);
    }
  }

  private word(word: 'true' | 'false' | 'null', start: number): JsonNode {
    for (const c of word) {
      if (this.source[this.at] !== c) throw this.failure();
      this.at++;
    }
    return { kind: word, start, end: this.at };
  }

  private number(start: number): JsonNode {
    const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = start;
    const m = pattern.exec(this.source);
    if (!m) throw this.failure();
    this.at = pattern.lastIndex;
    return { kind: 'number', start, end: this.at };
  }

  private string(): string {
    this.at++;
    let result = '';
    let from = this.at;
    for (;;) {
      const c = this.source[this.at];
      if (c === undefined || c < ' ') throw this.failure();
      if (c === '"') break;
      if (c !== '\\') {
        this.at++;
        continue;
      }
      result += this.source.slice(from, this.at);
      const e = this.source[++this.at] ?? '';
      if (e === 'u') {
        const hex = this.source.slice(this.at + 1, this.at + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.failure();
        result += String.fromCharCode(parseInt(hex, 16));
        this.at += 5;
      } else {
        const decoded = ESCAPED[e];
        if (decoded === undefined) throw this.failure();
        result += decoded;
        this.at++;
      }
      from = this.at;
    }
    result += this.source.slice(from, this.at);
    this.at++;
    return result;
  }

  private deeper(depth: number): number {
    if (depth >= MAX_DEPTH)
      throw new SqlError(13606, 'JSON text is not properly formatted. Nesting level exceeds 128.');
    return depth + 1;
  }

  private object(start: number, depth: number): JsonNode {
    const inner = this.deeper(depth);
    const members: JsonMember[] = [];
    this.at++;
    this.blank();
    if (this.source[this.at] !== '}') {
      for (;;) {
        this.blank();
        const keyStart = this.at;
        if (this.source[this.at] !== '"') throw this.failure();
        const key = this.string();
        this.expect(':');
        members.push({ key, keyStart, value: this.value(inner) });
        this.blank();
        if (this.source[this.at] === '}') break;
        this.expect(',');
      }
    }
    this.at++;
    return { kind: 'object', start, end: this.at, members };
  }

  private array(start: number, depth: number): JsonNode {
    const inner = this.deeper(depth);
    const items: JsonNode[] = [];
    this.at++;
    this.blank();
    if (this.source[this.at] !== ']') {
      for (;;) {
        items.push(this.value(inner));
        this.blank();
        if (this.source[this.at] === ']') break;
        this.expect(',');
      }
    }
    this.at++;
    return { kind: 'array', start, end: this.at, items };
  }
}

/** Parses JSON text; error 13609 when it isn't. */
export const parseJson = (source: string): JsonNode => new JsonParser(source).document();

export interface JsonPath {
  readonly strict: boolean;
  readonly append: boolean;
  readonly steps: readonly (string | number)[];
}

/** Parses `[append] [lax|strict] $.a."b c"[0]`; error 13607 when it isn't a path. */
export function parseJsonPath(source: string): JsonPath {
  const m = /^\s*(append\s+)?(?:(lax|strict)\s+)?\$/.exec(source);
  const failure = (at: number): SqlError =>
    new SqlError(
      13607,
      `JSON path is not properly formatted. Unexpected character '${source[at] ?? '.'}' is found at position ${at}.`,
    );
  if (!m) throw failure(0);
  const steps: (string | number)[] = [];
  const step = /\s*(?:\.\s*(?:"((?:[^"\\]|\\.)*)"|([^\s.[\]"]+))|\[\s*(\d+)\s*\])/y;
  let at = m[0].length;
  while (at < source.trimEnd().length) {
    step.lastIndex = at;
    const s = step.exec(source);
    if (!s) throw failure(at);
    if (s[3] !== undefined) steps.push(Number(s[3]));
    else steps.push(s[1] === undefined ? (s[2] ?? '') : s[1].replace(/\\(.)/g, '$1'));
    at = step.lastIndex;
  }
  return { strict: m[2] === 'strict', append: m[1] !== undefined, steps };
}

export function jsonChild(node: JsonNode, step: string | number): JsonNode | undefined {
  return typeof step === 'number' ? node.items?.[step] : node.members?.find(member => member.key === step)?.value;
}

/** The value that a path selects; undefined when there is none. */
export function followPath(root: JsonNode, steps: readonly (string | number)[]): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of steps) {
    node = jsonChild(node, step);
    if (!node) return undefined;
  }
  return node;
}

/** A scalar as OPENJSON and JSON_VALUE show it: the decoded string, the number as written, NULL for null. */
export function scalarText(node: JsonNode, source: string): string | null {
  if (node.kind === 'null') return null;
  return node.kind === 'string' ? (node.text ?? '') : source.slice(node.start, node.end);
}
