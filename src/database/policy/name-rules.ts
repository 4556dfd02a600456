import type { AccessLimits } from '../../common/principal.js';
import { limitsObjects, mayTouch } from '../access.js';
import { accessIn } from '../listed-databases.js';
import type { Place } from './clauses.js';
import { isHarmlessRowset, isMethod, isExternalFunction, isExternalView } from './external-functions.js';
import { Mentions } from './mentions.js';
import type { PolicyRules } from './policy-rules.js';
import { type PolicyRule, Refusal } from './refusal.js';
import { type DottedName, readDottedName, type TokenReader } from './lexer/token-reader.js';
import { QUOTED, WORD } from './lexer/tsql-lexer.js';
import { isStatementKeyword } from './lexer/tsql-words.js';

const MAX_NAME_PARTS = 4;
const LOCK_HINTS = new Set(['xlock', 'updlock', 'tablockx']);
/** The types that may follow a column of OPENJSON … WITH; none of them is the name of a hint. */
const TYPE =
  /^(?:bigint|binary|bit|char|date(?:time(?:2|offset)?)?|decimal|float|int|json|money|n?(?:char|text|varchar)|numeric|real|small(?:datetime|int|money)|time|tinyint|uniqueidentifier|varbinary|xml)$/i;
/**
 * Functions that return definitions or data of an object named in a string or argument. Limited users may not call
 * them.
 */
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

/** Rowset functions whose first argument is the name of a table; in CHANGETABLE a keyword precedes it. */
const TABLE_BY_NAME = new Set([
  'changetable',
  'containstable',
  'freetexttable',
  'semantickeyphrasetable',
  'semanticsimilaritydetailstable',
  'semanticsimilaritytable',
]);

/** Checks names by the place where they stand. */
export class NameRules {
  private readonly limited: boolean;
  /** The person's rules for the tenant's own database. */
  private readonly access: AccessLimits;
  private readonly mentions: Mentions;
  private defined: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly reader: TokenReader,
    private readonly rules: PolicyRules,
  ) {
    this.limited = limitsObjects(rules.access);
    this.access = accessIn(rules.access, rules.database);
    this.mentions = rules.mentions ?? new Mentions([rules.database, ...(rules.databases ?? [])]);
  }

  /** Sets the names of the common table expressions, with the token where each definition begins. */
  define(defined: ReadonlyMap<string, number>): void {
    this.defined = defined;
  }

  /** Whether no rule applies to a name of one part that is not a function call. */
  isFree(i: number, place: Place): boolean {
    switch (place) {
      case 'expression':
        return true;
      case 'table':
        // In a tenant of several databases it may be a synonym that leads to another one.
        return !this.limited && this.rules.databases === undefined;
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

  /** Refuses reserved words as parts of a name, also after a dot. */
  private reservedParts(from: number, { next }: DottedName): void {
    for (let i = from; i < next; i++) {
      if (this.reader.kind(i) === WORD && isStatementKeyword(this.reader.wordAt(i))) {
        throw new Refusal('forbidden-word', this.reader.start(i), this.reader.shown(i));
      }
    }
  }

  /**
   * Refuses `WITH ([XLOCK])`, because a quoted hint may still be a hint. A column of OPENJSON is followed by its type.
   */
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
    if (name.variable) return;
    if (isMethod(lastOf(name))) return this.methodCall(parts);
    if (parts.length === 3 && !this.isAllowedDatabase(parts)) throw this.refuse('three-part-name', i, name);
    if (TABLE_BY_NAME.has(lastOf(name))) this.tableArgument(name);
    this.mention(parts);
    if (!this.limited) return;
    const revealing = parts.length === 1 && REVEALING.has(lastOf(name));
    // A user-defined function may read any table.
    if (revealing || (parts.length > 1 && !this.mayUse(parts))) throw this.refuse('outside-limits', i, name);
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
    // The only method that returns rows: t.doc.nodes('/a').
    if (name.variable) return;
    if (name.call && parts.length > 1 && lastOf(name) === 'nodes') return this.methodCall(parts);
    if (parts.length >= MAX_NAME_PARTS) throw this.refuse('four-part-name', i, name);
    if (parts.length === 3 && !this.isAllowedDatabase(parts)) throw this.refuse('three-part-name', i, name);
    if (parts.length > 1 && isExternalView(lastOf(name))) throw this.refuse('outward-function', i, name);
    if (!this.isDefined(i, name)) this.mention(parts);
    if (this.limited && !this.isWithinLimits(i, name)) throw this.refuse('outside-limits', i, name);
  }

  private isWithinLimits(i: number, name: DottedName): boolean {
    if (name.parts.length > 1) return this.mayUse(name.parts);
    if (name.call) return isHarmlessRowset(lastOf(name));
    return this.isDefined(i, name);
  }

  /** Whether it is a common table expression. Before its definition such a name means a table. */
  private isDefined(i: number, { parts, call }: DottedName): boolean {
    const defined = parts.length === 1 && !call ? this.defined.get(parts[0] ?? '') : undefined;
    return defined !== undefined && defined < i;
  }

  /** Whether the person's rules allow an object. Its name has two or three parts. */
  private mayUse(parts: readonly string[]): boolean {
    const [name = '', schema = '', written = ''] = [...parts].reverse();
    if (parts.length === 2) return mayTouch(this.access, schema, name);
    const found = this.mentions.databaseOf(written);
    // Without a schema the name means one that depends on the login.
    if (found === undefined || schema === '' || parts.length > 3) return false;
    return mayTouch(accessIn(this.rules.access, found.database), schema, name);
  }

  /** A name of two parts is a column's method, or a function of a schema; of three parts also one of a database. */
  private methodCall(parts: readonly string[]): void {
    if (parts.length === 2 || parts.length === 3) this.mentions.addMethodCall(parts);
  }

  private mention(parts: readonly string[]): void {
    const [name = '', schema = '', written = ''] = [...parts].reverse();
    const found = this.mentions.databaseOf(written);
    // With one database only its spelling matters.
    if (found === undefined || (found.isExact && this.rules.databases === undefined)) return;
    this.mentions.add({ ...found, schema, name });
  }

  /** A column name of four parts needs a table name of three parts. */
  private longColumn(i: number, name: DottedName): void {
    if (name.parts.length > MAX_NAME_PARTS || name.call || !this.isAllowedDatabase(name.parts)) {
      throw this.refuse('four-part-name', i, name);
    }
  }

  private isAllowedDatabase([database = '']: readonly string[]): boolean {
    return this.mentions.databaseOf(database) !== undefined || (this.rules.allowThreePartNames && !this.limited);
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
