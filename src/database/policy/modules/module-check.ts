import { judge } from '../judge.js';
import { readDottedName, TokenReader } from '../lexer/token-reader.js';
import { QUOTED, tokenize, VARIABLE } from '../lexer/tsql-lexer.js';
import { isMethod } from '../external-functions.js';
import { Mentions } from '../mentions.js';
import type { PolicyRules } from '../policy-rules.js';
import { explain, positionOf, Refusal } from '../refusal.js';
import { WriteChecker } from '../write-checker.js';
import { HeaderFault, type HeaderParameter, type ModuleHeader, readModuleHeader } from './module-header.js';
import { executedName, refusedInModule } from './module-words.js';
import { isTemporaryAlias } from './own-tables.js';
import { numberedMessage } from './raised-message.js';

/** An object that a module names. */
export interface NamedObject {
  /** '' where the module leaves it out. */
  readonly schema: string;
  readonly name: string;
  /** Whether EXEC names it. */
  readonly executed: boolean;
  /** Set where it may be a method of a column instead: `dbo.value(…)`. */
  readonly mayBeMethod?: boolean;
}

/** The objects that a text names. */
export interface Naming {
  readonly named: readonly NamedObject[];
  /** `a` of `a.b.value(…)`: it calls a method of a column unless there is a database of this name. */
  readonly notDatabases: readonly string[];
}

/** What a module that only reads names and takes. */
export interface ReadingModule extends Naming {
  readonly header: ModuleHeader;
}

/** Why a module counts as one that may do more than read; it continues "dbo.X …" and is not a sentence by itself. */
export class ModuleFault {
  constructor(readonly what: string) {}
}

const FIRST_WORDS = new Set(
  (
    'select with insert update delete merge truncate create drop declare set if begin while print raiserror throw return ' +
    'exec execute'
  ).split(' '),
);
/** Types of SQL Server with methods; those of an assembly run its code. */
const OWN_TYPES = new Set(['geography', 'geometry', 'hierarchyid']);
const LOCKS = /^(?:xlock|updlock|tablockx)$/i;
const OWN_PROPERTIES = new Set('lat long z m stx sty stsrid hasz hasm'.split(' '));

/** The checker with the words of a module that reads. */
class ModuleChecker extends WriteChecker {
  constructor(...[text, tokens, rules]: ConstructorParameters<typeof WriteChecker>) {
    super(text, tokens, rules, { first: FIRST_WORDS, refused: refusedInModule });
  }
}

/**
 * Judges the text of a procedure, a function or a view: its statements may be those of a closed list, and change nothing
 * but tables that end with the module. What it calls has to be judged by itself.
 */
export function checkModule(text: string, database: string): ReadingModule | ModuleFault {
  const tokens = tokenize(text);
  if (tokens.fault !== undefined)
    return faultOf(text, new Refusal(tokens.fault.rule, tokens.fault.offset, tokens.fault.text));
  // Servers may disagree about the end of such a comment, and then about what the module does.
  if (tokens.loneReturn) return new ModuleFault('has a comment that ends with a carriage return alone');
  const header = readModuleHeader(new TokenReader(text, tokens));
  if (header instanceof HeaderFault) return new ModuleFault(header.what);
  const reader = new TokenReader(text, tokens);
  const naming = judgeBody(withoutHeader(text, reader.start(header.body)), database, header.parameters);
  return naming instanceof ModuleFault ? naming : { header, ...naming };
}

/** Judges an expression that a table computes when it is read, as the catalogue has it. */
export function checkExpression(text: string, database: string): Naming | ModuleFault {
  return judgeBody(`SELECT ${text}`, database, []);
}

function judgeBody(body: string, database: string, parameters: readonly HeaderParameter[]): Naming | ModuleFault {
  const mentions = new Mentions([database]);
  const rules: PolicyRules = {
    allowMultipleStatements: true,
    allowThreePartNames: false,
    database,
    // All names are collected, because each is looked up.
    databases: [],
    access: {},
    mentions,
  };
  const tokens = tokenize(body);
  const reader = new TokenReader(body, tokens);
  const refusal = judge(body, tokens, rules, ModuleChecker) ?? hiddenEffect(reader, parameters);
  if (refusal !== undefined) return faultOf(body, refusal);
  if (mentions.isFull) return new ModuleFault('names more objects than this server checks');
  const calls = mentions.methodCalls.map(parts => functionOf(parts, mentions));
  const named = [
    ...mentions.all.map(({ schema, name, isExact }) => ({ schema, name, isExact, executed: false })),
    ...calls.filter(call => typeof call !== 'string'),
    ...executedNames(reader, mentions),
  ].filter(({ name, executed }) => executed || !name.startsWith('#'));
  if (!named.every(({ isExact }) => isExact)) return new ModuleFault(`names another database than ${database}`);
  return { named, notDatabases: calls.filter(call => typeof call === 'string') };
}

/** The function that a call means if it is no method of a column; the database where it would be in another one. */
function functionOf(parts: readonly string[], mentions: Mentions) {
  const [name = '', schema = '', written = ''] = [...parts].reverse();
  const found = mentions.databaseOf(written);
  return found === undefined ? written : { schema, name, isExact: found.isExact, executed: false, mayBeMethod: true };
}

/** What stands in front of a module's statements; undefined where it can't be read. */
export function readHeader(text: string): ModuleHeader | undefined {
  const tokens = tokenize(text);
  const header = tokens.fault === undefined ? readModuleHeader(new TokenReader(text, tokens)) : undefined;
  return header instanceof HeaderFault ? undefined : header;
}

/** The header becomes spaces, so that lines and columns stay those of the module. */
function withoutHeader(text: string, start: number): string {
  return text.slice(0, start).replace(/[^\n]/g, ' ') + text.slice(start);
}

function faultOf(text: string, refusal: Refusal): ModuleFault {
  const { line, column } = positionOf(text, refusal.offset);
  return new ModuleFault(`may do more than read (its line ${line}, column ${column}): ${explain(refusal, false).what}`);
}

function executedNames(reader: TokenReader, mentions: Mentions) {
  const found: (NamedObject & { isExact: boolean })[] = [];
  for (let i = 0; i < reader.tokens.count; i++) {
    if (!reader.isWord(i, 'EXEC', 'EXECUTE')) continue;
    const [name = '', schema = '', written = ''] = [...(executedName(reader, i) ?? [])].reverse();
    found.push({ schema, name, isExact: mentions.databaseOf(written)?.isExact === true, executed: true });
  }
  return found;
}

/** `WITH ([XLOCK])`: a hint may be quoted. Between other names it is a column. */
function isQuotedLock(reader: TokenReader, i: number): boolean {
  if (reader.kind(i) !== QUOTED || !LOCKS.test(reader.nameAt(i))) return false;
  return !reader.isSign(i - 1, '.') && !reader.isSign(i + 1, '.') && !reader.isWord(i - 1, 'AS');
}

/**
 * Methods and properties of types that an assembly defines run the assembly's code. An alias may begin with # too, and then
 * `DELETE #t` would mean another table.
 */
function hiddenEffect(reader: TokenReader, parameters: readonly HeaderParameter[]): Refusal | undefined {
  for (let i = 0; i < reader.tokens.count; i++) {
    if (isQuotedLock(reader, i)) return new Refusal('exclusive-lock', reader.start(i), reader.shown(i));
    const message = reader.isWord(i, 'RAISERROR') ? numberedMessage(reader, i, parameters) : undefined;
    if (message !== undefined) return new Refusal('module-message', reader.start(i), reader.shown(message));
    if (isTemporaryAlias(reader, i)) return new Refusal('module-write', reader.start(i), reader.shown(i));
    if (reader.isSign(i, ':') && reader.isSign(i + 1, ':') && !OWN_TYPES.has(reader.nameAt(i - 1).toLowerCase()))
      return new Refusal('unseen-code', reader.start(i - 1), reader.shown(i - 1));
    if (reader.kind(i) !== VARIABLE || !reader.isSign(i + 1, '.')) continue;
    const { parts, call } = readDottedName(reader, i);
    const member = (parts[1] ?? '').toLowerCase();
    if (call ? isMethod(member) : OWN_PROPERTIES.has(member)) continue;
    return new Refusal('unseen-code', reader.start(i), parts.join('.'));
  }
  return undefined;
}
