import { SqlError } from '../sql-error.ts';

/** A value in a JSON text: `text` is its own slice, so that numbers keep their digits. */
export type JsonNode =
  | { readonly kind: 'null' | 'boolean' | 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly value: string }
  | { readonly kind: 'array'; readonly text: string; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly text: string; readonly members: readonly (readonly [string, JsonNode])[] };

const MAX_DEPTH = 128;

export function parseJson(text: string): JsonNode {
  return new JsonParser(text).document();
}

class JsonParser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonNode {
    this.space();
    const first = this.text[this.at];
    if (first !== '{' && first !== '[') throw this.unexpected();
    const node = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.unexpected();
    return node;
  }

  private unexpected(): SqlError {
    const character = this.text[this.at] ?? '.';
    return new SqlError(
      13609,
      `JSON text is not properly formatted. Unexpected character '${character}' is found at position ${this.at}.`,
      16,
      4,
    );
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private value(depth: number): JsonNode {
    if (depth > MAX_DEPTH)
      throw new SqlError(13606, `JSON text that has more than ${MAX_DEPTH} nesting levels cannot be parsed.`);
    const start = this.at;
    const c = this.text[start];
    if (c === '"') {
      const value = this.string();
      return { kind: 'string', text: this.text.slice(start, this.at), value };
    }
    if (c === '{') return this.object(start, depth);
    if (c === '[') return this.array(start, depth);
    LITERAL.lastIndex = start;
    const match = LITERAL.exec(this.text);
    if (!match) throw this.unexpected();
    this.at += match[0].length;
    const kind = match[0] === 'null' ? 'null' : match[0] === 'true' || match[0] === 'false' ? 'boolean' : 'number';
    return { kind, text: match[0] };
  }

  private string(): string {
    STRING.lastIndex = this.at;
    const match = STRING.exec(this.text);
    if (!match) {
      // This is the first invalid character.
      this.at++;
      while (this.at < this.text.length && this.text[this.at] !== '\\' && this.text[this.at]! >= ' ') this.at++;
      throw this.unexpected();
    }
    this.at += match[0].length;
    return JSON.parse(match[0]) as string;
  }

  private object(start: number, depth: number): JsonNode {
    const members: [string, JsonNode][] = [];
    this.at++;
    this.space();
    if (this.text[this.at] === '}') this.at++;
    else {
      for (;;) {
        this.space();
        if (this.text[this.at] !== '"') throw this.unexpected();
        const name = this.string();
        this.space();
        if (this.text[this.at] !== ':') throw this.unexpected();
        this.at++;
        this.space();
        members.push([name, this.value(depth + 1)]);
        if (!this.more('}')) break;
      }
    }
    return { kind: 'object', text: this.text.slice(start, this.at), members };
  }

  private array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.at++;
    this.space();
    if (this.text[this.at] === ']') this.at++;
    else {
      for (;;) {
        this.space();
        items.push(this.value(depth + 1));
        if (!this.more(']')) break;
      }
    }
    return { kind: 'array', text: this.text.slice(start, this.at), items };
  }

  /** After a member: true at a comma, false at the closing bracket. */
  private more(closing: string): boolean {
    this.space();
    const c = this.text[this.at];
    if (c !== ',' && c !== closing) throw this.unexpected();
    this.at++;
    return c === ',';
  }
}

const LITERAL = /null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

export interface JsonPath {
  readonly strict: boolean;
  readonly steps: readonly (string | number)[];
}

export function parseJsonPath(path: string): JsonPath {
  const mode = /^\s*(lax|strict)\s+/i.exec(path);
  let at = mode ? mode[0].length : /^\s*/.exec(path)![0].length;
  const unexpected = (): SqlError =>
    new SqlError(
      13607,
      `JSON path is not properly formatted. Unexpected character '${path[at] ?? '.'}' is found at position ${at}.`,
      16,
      4,
    );
  if (path[at] !== '$') throw unexpected();
  at++;
  const steps: (string | number)[] = [];
  const STEP = /\.\s*(?:"((?:[^"\\]|\\.)*)"|([\p{L}_$][\p{L}\p{N}_$]*))|\[\s*(\d+)\s*\]/uy;
  while (at < path.length) {
    if (/^\s*$/.test(path.slice(at))) break;
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (!match) {
      if (path[at] === '.' || path[at] === '[') at++;
      throw unexpected();
    }
    if (match[3] !== undefined) steps.push(Number(match[3]));
    else steps.push(match[2] ?? (JSON.parse(`"${match[1]!}"`) as string));
    at += match[0].length;
  }
  return { strict: mode?.[1]?.toLowerCase() === 'strict', steps };
}

/** The value that a path selects; without one undefined (lax) or error 13608 (strict). */
export function followPath(node: JsonNode, path: JsonPath): JsonNode | undefined {
  let at: JsonNode | undefined = node;
  for (const step of path.steps) {
    if (typeof step === 'number') at = at.kind === 'array' ? at.items[step] : undefined;
    else at = at.kind === 'object' ? at.members.find(([name]) => name === step)?.[1] : undefined;
    if (!at) {
      if (path.strict) throw new SqlError(13608, 'Property cannot be found on the specified JSON path.');
      return undefined;
    }
  }
  return at;
}
