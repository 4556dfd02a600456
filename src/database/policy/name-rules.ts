import { limitsObjects, mayTouch } from '../access.js';
import type { Place } from './clauses.js';
import { isHarmlessRowset, isMethod, isExternalFunction, isExternalView } from './external-functions.js';
import type { PolicyRules } from './policy-rules.js';
import { type PolicyRule, Refusal } from './refusal.js';
import { type DottedName, readDottedName, type TokenReader } from './token-reader.js';
import { QUOTED, WORD } from './tsql-lexer.js';
import { isStatementKeyword } from './tsql-words.js';

const MAX_NAME_PARTS = 4;
const LOCK_HINTS = new Set(['xlock', 'updlock', 'tablockx']);
/** The type behind a column of OPENJSON … WITH; no hint is called so. */
const TYPE =
  /^(?:bigint|binary|bit|char|date(?:time(?:2|offset)?)?|decimal|float|int|json|money|n?(?:char|text|varchar)|numeric|real|small(?:datetime|int|money)|time|tinyint|uniqueidentifier|varbinary|xml)$/i;
/** Functions that show definitions or data by a name in a text or an argument. Not for a person with limits. */
const REVEALING = new Set([
  'object_definition',
  'changetable',
  'containstable',
  'freetexttable',
  'predict',
  'vector_search',
  'openxml',
  'semanticsimilaritytable',
  'semantickeyphrasetable',
  'semanticsimilaritydetailstable',
]);

/** Rowset functions whose first argument is the name of a table; CHANGETABLE has a word before it. */
const TABLE_BY_NAME = new Set([
  'changetable',
  'containstable',
  'freetexttable',
  'semantickeyphrasetable',
  'semanticsimilaritydetailstable',
  'semanticsimilaritytable',
]);

/** What a name may be, by the place where it stands. */
export class NameRules {
  private readonly limited: boolean;
  private defined: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly reader: TokenReader,
    private readonly rules: PolicyRules,
  ) {
    this.limited = limitsObjects(rules.access);
  }

  /** Names of common table expressions, with the token where each begins. */
  define(defined: ReadonlyMap<string, number>): void {
    this.defined = defined;
  }

  /** Whether no rule concerns a name of one part that is no call. */
  isFree(i: number, place: Place): boolean {
    switch (place) {
      case 'expression':
        return true;
      case 'table':
        return !this.limited;
      case 'hint':
        return this.reader.kind(i) === WORD;
      default:
        return place satisfies never;
    }
  }

  /** Throws Refusal. `i` is the first token of the name. */
  check(i: number, name: DottedName, place: Place): void {
    this.reservedParts(i, name);
    if (place === 'hint') this.hint(i, name);
    if (name.call) this.function(i, name);
    if (place === 'table') this.table(i, name);
    else if (name.parts.length >= MAX_NAME_PARTS && !isMethodCall(name)) this.longColumn(i, name);
  }

  /** A reserved word is no name behind a dot either. */
  private reservedParts(from: number, { next }: DottedName): void {
    for (let i = from; i < next; i++) {
      if (this.reader.kind(i) === WORD && isStatementKeyword(this.reader.wordAt(i))) {
        throw new Refusal('forbidden-word', this.reader.start(i), this.reader.shown(i));
      }
    }
  }

  /** `WITH ([XLOCK])`: nobody promises that quotes make a hint a name. A column of OPENJSON has its type behind it. */
  private hint(i: number, name: DottedName): void {
    const { reader } = this;
    if (reader.kind(i) !== QUOTED || name.parts.length > 1) return;
    const followedByType = reader.kind(name.next) === WORD && TYPE.test(reader.shown(name.next));
    if (LOCK_HINTS.has(lastOf(name)) && !followedByType) throw this.refuse('exclusive-lock', i, name);
  }

  private function(i: number, name: DottedName): void {
    const { parts } = name;
    const qualifier = parts.length > 1 ? (parts[parts.length - 2] ?? '').toLowerCase() : undefined;
    if (isExternalFunction(lastOf(name), qualifier)) throw this.refuse('outward-function', i, name);
    if (name.variable || isMethod(lastOf(name))) return;
    if (parts.length === 3 && !this.isAllowedDatabase(parts)) throw this.refuse('three-part-name', i, name);
    if (TABLE_BY_NAME.has(lastOf(name))) this.tableArgument(name);
    if (!this.limited) return;
    const revealing = parts.length === 1 && REVEALING.has(lastOf(name));
    // A function of somebody's own may read any table.
    const own = parts.length === 2 && !mayTouch(this.rules.access, parts[0] ?? '', parts[1] ?? '');
    if (revealing || own || parts.length > 2) throw this.refuse('outside-limits', i, name);
  }

  private tableArgument({ next }: DottedName): void {
    const { reader } = this;
    const first = next + 1;
    const from = /^(?:changes|version)$/i.test(reader.shown(first)) ? first + 1 : first;
    const argument = readDottedName(reader, from);
    if (argument.parts.length > 2) this.table(from, argument);
  }

  private table(i: number, name: DottedName): void {
    const { parts } = name;
    // The one method that gives rows: t.doc.nodes('/a').
    if (name.variable || (name.call && parts.length > 1 && lastOf(name) === 'nodes')) return;
    if (parts.length >= MAX_NAME_PARTS) throw this.refuse('four-part-name', i, name);
    if (parts.length === 3 && !this.isAllowedDatabase(parts)) throw this.refuse('three-part-name', i, name);
    if (parts.length > 1 && isExternalView(lastOf(name))) throw this.refuse('outward-function', i, name);
    if (this.limited && !this.isWithinLimits(i, name)) throw this.refuse('outside-limits', i, name);
  }

  private isWithinLimits(i: number, name: DottedName): boolean {
    const [first = '', second] = name.parts;
    if (second !== undefined) return name.parts.length === 2 && mayTouch(this.rules.access, first, second);
    if (name.call) return isHarmlessRowset(lastOf(name));
    // A definition further on does not count yet: the name means a table until then.
    const defined = this.defined.get(first);
    return defined !== undefined && defined < i;
  }

  /** A column of four parts needs a table of three. */
  private longColumn(i: number, name: DottedName): void {
    if (name.parts.length > MAX_NAME_PARTS || name.call || !this.rules.allowThreePartNames) {
      throw this.refuse('four-part-name', i, name);
    }
  }

  private isAllowedDatabase([database = '']: readonly string[]): boolean {
    const own = database === '' || database.toLowerCase() === this.rules.database.toLowerCase();
    return (own || this.rules.allowThreePartNames) && !this.limited;
  }

  private refuse(rule: PolicyRule, i: number, name: DottedName): Refusal {
    return new Refusal(rule, this.reader.start(i), name.parts.join('.'));
  }
}

function lastOf({ parts }: DottedName): string {
  return (parts[parts.length - 1] ?? '').toLowerCase();
}

function isMethodCall(name: DottedName): boolean {
  return name.call && name.parts.length > 1 && isMethod(lastOf(name));
}
