import { isMethod, isOutwardFunction } from './outward-functions.js';
import type { ReadRules } from './read-rules.js';
import { type PolicyRule, Refusal } from './refusal.js';
import { readDottedName, TokenReader } from './token-reader.js';
import { QUOTED, type Tokens, VARIABLE, WORD } from './tsql-lexer.js';
import { wordOf } from './tsql-words.js';

const FIRST_WORDS = new Set([
  'select',
  'with',
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'create',
  'alter',
  'drop',
  'declare',
  'set',
  'if',
  'begin',
  'while',
  'print',
  'raiserror',
  'throw',
  'return',
]);

/** SET options of the session: ours, or such that hide what a statement does. `SET @x`, `SET column =` are no options. */
const SESSION_SETTINGS = new Set([
  'xact_abort',
  'implicit_transactions',
  'transaction',
  'quoted_identifier',
  'ansi_nulls',
  'ansi_padding',
  'ansi_warnings',
  'ansi_defaults',
  'ansi_null_dflt_on',
  'ansi_null_dflt_off',
  'arithabort',
  'arithignore',
  'concat_null_yields_null',
  'context_info',
  'cursor_close_on_commit',
  'datefirst',
  'dateformat',
  'deadlock_priority',
  'fips_flagger',
  'fmtonly',
  'forceplan',
  'language',
  'lock_timeout',
  'noexec',
  'nocount',
  'numeric_roundabort',
  'offsets',
  'parseonly',
  'query_governor_cost_limit',
  'remote_proc_transactions',
  'rowcount',
  'showplan_all',
  'showplan_text',
  'showplan_xml',
  'statistics',
  'textsize',
]);

/** Things that CREATE, ALTER and DROP make outside of the data, or that could carry code past this check. */
const SERVER_THINGS = new Set([
  'application',
  'assembly',
  'asymmetric',
  'availability',
  'broker',
  'certificate',
  'column',
  'credential',
  'cryptographic',
  'database',
  'endpoint',
  'event',
  'external',
  'fulltext',
  'login',
  'master',
  'message',
  'partition',
  'queue',
  'remote',
  'resource',
  'role',
  'route',
  'rule',
  'search',
  'security',
  'server',
  'service',
  'symmetric',
  'user',
  'workload',
  'authorization',
  'procedure',
  'proc',
  'trigger',
  'function',
  'signature',
  'sensitivity',
  'or',
  'any',
  'default',
  'xml',
]);

/**
 * What no statement of a caller may do even where writing is allowed: end our transaction, change the session or the
 * person it acts for, run code that can't be seen here, or leave the database. What it may do inside the database is for
 * the login's permissions to say.
 */
export class WriteWalk {
  private readonly reader: TokenReader;

  constructor(
    text: string,
    tokens: Tokens,
    private readonly rules: ReadRules,
  ) {
    this.reader = new TokenReader(text, tokens);
  }

  run(): void {
    const { reader } = this;
    let first = 0;
    while (reader.isSign(first, ';') || reader.isSign(first, '(')) first++;
    if (first >= reader.tokens.count) throw new Refusal('empty', 0, '');
    // The first word of a batch, if it begins no statement, is the name of a procedure to run.
    if (!FIRST_WORDS.has(reader.shown(first).toLowerCase())) throw this.refuse('first-word', first);
    for (let i = 0; i < reader.tokens.count; i++) {
      const kind = reader.kind(i);
      if (kind === WORD && reader.wordAt(i) !== 0 && !reader.isSign(i - 1, '.')) this.word(i);
      if ((kind === WORD || kind === QUOTED || kind === VARIABLE) && !reader.isSign(i - 1, '.')) this.name(i);
    }
  }

  private word(i: number): void {
    const { reader } = this;
    switch (wordOf(reader.wordAt(i))) {
      case 'COMMIT':
      case 'ROLLBACK':
      case 'SAVE':
      case 'TRAN':
      case 'TRANSACTION':
        throw this.refuse('transaction-control', i);
      case 'BEGIN':
        if (reader.isWord(i + 1, 'DISTRIBUTED')) throw this.refuse('transaction-control', i);
        return;
      case 'EXEC':
      case 'EXECUTE':
      case 'PROC':
      case 'PROCEDURE':
        throw this.refuse('forbidden-word', i);
      case 'BACKUP':
      case 'BULK':
      case 'CHECKPOINT':
      case 'DBCC':
      case 'DENY':
      case 'DUMP':
      case 'GRANT':
      case 'KILL':
      case 'LOAD':
      case 'OPENDATASOURCE':
      case 'OPENQUERY':
      case 'OPENROWSET':
      case 'RECONFIGURE':
      case 'RESTORE':
      case 'REVERT':
      case 'REVOKE':
      case 'SETUSER':
      case 'SHUTDOWN':
      case 'TRIGGER':
      case 'WAITFOR':
        throw this.refuse('server-statement', i);
      case 'USE':
        if (reader.isWord(i + 1, 'HINT', 'PLAN')) return;
        throw this.refuse('session-setting', i);
      case 'SET':
        if (SESSION_SETTINGS.has(reader.shown(i + 1).toLowerCase()) && !reader.isSign(i + 2, '=')) {
          throw this.refuse('session-setting', i + 1);
        }
        return;
      case 'CREATE':
      case 'ALTER':
      case 'DROP':
      case 'ADD':
        this.definition(i);
        return;
      case 'GO':
        if (reader.aloneOnLine(i)) throw this.refuse('batch-separator', i);
        return;
      case 'CONVERSATION':
        throw this.refuse('forbidden-word', i);
      default:
        return;
    }
  }

  private definition(i: number): void {
    const { reader } = this;
    const word = wordOf(reader.wordAt(i));
    const thing = reader.shown(i + 1).toLowerCase();
    // ALTER TABLE t ADD column …, ALTER COLUMN …, DROP COLUMN …: parts of a table.
    const partOfTable = ['column', 'default'].includes(thing) && i > 0 && word !== 'CREATE';
    if (word === 'ADD') {
      if (thing === 'signature' || thing === 'sensitivity') throw this.refuse('server-statement', i);
      return;
    }
    if (SERVER_THINGS.has(thing) && !partOfTable) throw this.refuse('server-statement', i + 1);
  }

  private name(i: number): void {
    const { reader } = this;
    const dotted = readDottedName(reader, i);
    const { parts } = dotted;
    const name = (parts[parts.length - 1] ?? '').toLowerCase();
    const qualifier = parts.length > 1 ? (parts[parts.length - 2] ?? '').toLowerCase() : undefined;
    const word = parts.join('.');
    if (dotted.call && isOutwardFunction(name, qualifier)) throw new Refusal('outward-function', reader.start(i), word);
    if (dotted.variable || (dotted.call && isMethod(name))) return;
    if (parts.length >= 4 && !this.isOwn(parts)) throw new Refusal('four-part-name', reader.start(i), word);
    const target =
      reader.isWord(
        i - 1,
        'INTO',
        'INSERT',
        'UPDATE',
        'DELETE',
        'MERGE',
        'USING',
        'FROM',
        'JOIN',
        'TABLE',
        'VIEW',
        'APPLY',
        'ON',
      ) ||
      reader.isSign(i - 1, ',') ||
      reader.isSign(i - 1, ')');
    if (parts.length === 3 && (target || dotted.call) && !this.isOwn(parts) && !this.rules.allowThreePartNames) {
      throw new Refusal('three-part-name', reader.start(i), word);
    }
  }

  private isOwn(parts: readonly string[]): boolean {
    const [database = ''] = parts;
    return parts.length === 3 && (database === '' || database.toLowerCase() === this.rules.database.toLowerCase());
  }

  private refuse(rule: PolicyRule, i: number): Refusal {
    return new Refusal(rule, this.reader.start(i), this.reader.shown(i));
  }
}
