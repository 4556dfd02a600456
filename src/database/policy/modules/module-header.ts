import { readDottedName, type TokenReader } from '../lexer/token-reader.js';
import { STRING, VARIABLE, WORD } from '../lexer/tsql-lexer.js';

export interface HeaderParameter {
  /** Without the @. */
  readonly name: string;
  /** The first word of its type, in lower case: `decimal`, or a schema. */
  readonly type: string;
  /** The default as the text has it: `NULL`, `N'x'`, `-1`. Absent for a parameter that must be given. */
  readonly default?: string;
}

/** The part of a module's text in front of its statements. */
export interface ModuleHeader {
  readonly kind: 'procedure' | 'function' | 'view';
  readonly parameters: readonly HeaderParameter[];
  /** The first token of the statements. */
  readonly body: number;
}

/** Why the header of a module can't be read; it continues "The text of dbo.X …". */
export class HeaderFault {
  constructor(readonly what: string) {}
}

const KINDS: Readonly<Record<string, ModuleHeader['kind']>> = {
  proc: 'procedure',
  procedure: 'procedure',
  function: 'function',
  view: 'view',
};
/** What may stand between the parameters of a procedure or the columns of a view and its AS. */
const OPTIONS: ReadonlySet<string> = new Set(
  'with , recompile schemabinding view_metadata execute exec as caller self owner'.split(' '),
);

/** Reads CREATE PROCEDURE, FUNCTION or VIEW up to its statements. The catalogue doesn't have the defaults of parameters. */
export function readModuleHeader(reader: TokenReader): ModuleHeader | HeaderFault {
  let i = reader.isWord(0, 'CREATE', 'ALTER') ? 1 : 0;
  if (lower(reader, i) === 'or' && reader.isWord(i + 1, 'ALTER')) i += 2;
  const kind = KINDS[lower(reader, i)];
  if (i === 0 || kind === undefined) return new HeaderFault('is not that of a procedure, function or view');
  i = readDottedName(reader, i + 1).next;
  if (reader.isSign(i, ';')) return new HeaderFault('is one of several with the same name and a number');
  switch (kind) {
    case 'procedure':
      return procedure(reader, i);
    case 'function':
      return tableFunction(reader, i);
    case 'view': {
      const after = reader.isSign(i, '(') ? behind(reader, i) : i;
      return withBody('view', [], behindOptions(reader, after));
    }
    default:
      return kind satisfies never;
  }
}

function procedure(reader: TokenReader, from: number): ModuleHeader | HeaderFault {
  const enclosed = reader.isSign(from, '(') && reader.kind(from + 1) === VARIABLE;
  const { parameters, next } = readParameters(reader, enclosed ? from + 1 : from);
  return withBody('procedure', parameters, behindOptions(reader, enclosed ? next + 1 : next));
}

/** A function's statements begin with BEGIN or RETURN; the columns of the table that it returns stand in parentheses. */
function tableFunction(reader: TokenReader, from: number): ModuleHeader | HeaderFault {
  if (!reader.isSign(from, '(')) return new HeaderFault('has no list of parameters');
  const { parameters, next } = readParameters(reader, from + 1);
  let i = next + 1;
  while (i < reader.tokens.count && !reader.isWord(i, 'BEGIN', 'RETURN')) {
    if (lower(reader, i) === 'external') return new HeaderFault('runs code of an assembly (CLR)');
    i = reader.isSign(i, '(') ? behind(reader, i) : i + 1;
  }
  return withBody('function', parameters, i);
}

function withBody(
  kind: ModuleHeader['kind'],
  parameters: readonly HeaderParameter[],
  body: number | HeaderFault,
): ModuleHeader | HeaderFault {
  return body instanceof HeaderFault ? body : { kind, parameters, body };
}

/** Returns the first token behind AS. */
function behindOptions(reader: TokenReader, from: number): number | HeaderFault {
  for (let i = from; i < reader.tokens.count; i++) {
    const word = lower(reader, i);
    if (word === 'as' && !['execute', 'exec'].includes(lower(reader, i - 1))) {
      return lower(reader, i + 1) === 'external' ? new HeaderFault('runs code of an assembly (CLR)') : i + 1;
    }
    // EXECUTE AS 'name'
    if (!OPTIONS.has(word) && reader.kind(i) !== STRING)
      return new HeaderFault(`has the option ${reader.shown(i).slice(0, 40).toUpperCase()}`);
  }
  return new HeaderFault('has no statements');
}

interface ReadParameters {
  readonly parameters: readonly HeaderParameter[];
  /** The token behind the last parameter. */
  readonly next: number;
}

function readParameters(reader: TokenReader, from: number): ReadParameters {
  const parameters: HeaderParameter[] = [];
  let i = from;
  while (reader.kind(i) === VARIABLE) {
    const name = reader.shown(i).slice(1);
    const type = typeAt(reader, i + 1);
    const { equals, next } = readParameter(reader, i + 1);
    parameters.push(
      equals === undefined ? { name, type } : { name, type, default: defaultOf(reader, equals + 1, next) },
    );
    i = reader.isSign(next, ',') ? next + 1 : next;
  }
  return { parameters, next: i };
}

/** The first word of the type that a variable is declared with: `@a int`, `@a AS sys.int`. */
export function typeAt(reader: TokenReader, from: number): string {
  return reader.nameAt(reader.isWord(from, 'AS') ? from + 1 : from).toLowerCase();
}

/** From behind a parameter's name to the comma, the parenthesis or the word that ends it. */
function readParameter(reader: TokenReader, from: number): { equals: number | undefined; next: number } {
  let equals: number | undefined;
  // `@a AS int`
  let i = reader.isWord(from, 'AS') ? from + 1 : from;
  while (i < reader.tokens.count && !reader.isSign(i, ',') && !reader.isSign(i, ')')) {
    if (reader.isWord(i, 'WITH', 'FOR', 'AS')) break;
    if (reader.isSign(i, '=')) equals = i;
    i = reader.isSign(i, '(') ? behind(reader, i) : i + 1;
  }
  return { equals, next: i };
}

function defaultOf(reader: TokenReader, from: number, end: number): string {
  let last = end - 1;
  while (last > from && ['out', 'output', 'readonly'].includes(lower(reader, last))) last--;
  return reader.shown(from, last);
}

/** The token behind the parenthesis that closes the one at `from`; the end of the text where none does. */
export function behind(reader: TokenReader, from: number): number {
  let depth = 0;
  for (let i = from; i < reader.tokens.count; i++) {
    if (reader.isSign(i, '(')) depth++;
    else if (reader.isSign(i, ')') && --depth === 0) return i + 1;
  }
  return reader.tokens.count;
}

/** A word or a sign in lower case; '' for everything else. */
export function lower(reader: TokenReader, i: number): string {
  if (reader.kind(i) === WORD) return reader.shown(i).toLowerCase();
  return reader.isSign(i, ',') ? ',' : '';
}
