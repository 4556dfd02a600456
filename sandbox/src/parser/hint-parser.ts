import { notSupported } from '../engine/sql-error.ts';
import type { QueryHint, TableHint } from './ast.ts';
import { PrimaryParser } from './primary-parser.ts';
import { syntaxError } from './syntax-error.ts';

/** https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table: those that matter outside of OPENROWSET(BULK). */
const TABLE_HINTS: ReadonlySet<string> = new Set([
  'FORCESCAN',
  'FORCESEEK',
  'HOLDLOCK',
  'INDEX',
  'NOEXPAND',
  'NOLOCK',
  'NOWAIT',
  'PAGLOCK',
  'READCOMMITTED',
  'READCOMMITTEDLOCK',
  'READPAST',
  'READUNCOMMITTED',
  'REPEATABLEREAD',
  'ROWLOCK',
  'SERIALIZABLE',
  'TABLOCK',
  'TABLOCKX',
  'UPDLOCK',
  'XLOCK',
]);
/** Valid names that would change the effect of a statement. */
const REFUSED_TABLE_HINTS: ReadonlySet<string> = new Set([
  'KEEPIDENTITY',
  'KEEPDEFAULTS',
  'IGNORE_CONSTRAINTS',
  'IGNORE_TRIGGERS',
  'SPATIAL_WINDOW_MAX_CELLS',
  'SNAPSHOT',
]);

/** https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-query, with the number some of them take. */
const QUERY_HINTS: readonly { readonly words: readonly string[]; readonly value?: true }[] = [
  { words: ['HASH', 'GROUP'] },
  { words: ['ORDER', 'GROUP'] },
  { words: ['CONCAT', 'UNION'] },
  { words: ['HASH', 'UNION'] },
  { words: ['MERGE', 'UNION'] },
  { words: ['LOOP', 'JOIN'] },
  { words: ['MERGE', 'JOIN'] },
  { words: ['HASH', 'JOIN'] },
  { words: ['DISABLE_OPTIMIZED_PLAN_FORCING'] },
  { words: ['EXPAND', 'VIEWS'] },
  { words: ['FAST'], value: true },
  { words: ['FORCE', 'ORDER'] },
  { words: ['IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX'] },
  { words: ['KEEP', 'PLAN'] },
  { words: ['KEEPFIXED', 'PLAN'] },
  { words: ['MAXDOP'], value: true },
  { words: ['MAXRECURSION'], value: true },
  { words: ['NO_PERFORMANCE_SPOOL'] },
  { words: ['OPTIMIZE', 'FOR', 'UNKNOWN'] },
  { words: ['PARAMETERIZATION', 'SIMPLE'] },
  { words: ['PARAMETERIZATION', 'FORCED'] },
  { words: ['QUERYTRACEON'], value: true },
  { words: ['RECOMPILE'] },
  { words: ['ROBUST', 'PLAN'] },
];

/** sys.dm_exec_valid_use_hints. */
const USE_HINTS: ReadonlySet<string> = new Set(
  `ABORT_QUERY_EXECUTION ALLOW_BATCH_MODE ASSUME_FIXED_MAX_SELECTIVITY_FOR_REGEXP ASSUME_FIXED_MIN_SELECTIVITY_FOR_REGEXP
  ASSUME_FULL_INDEPENDENCE_FOR_FILTER_ESTIMATES ASSUME_JOIN_PREDICATE_DEPENDS_ON_FILTERS
  ASSUME_MIN_SELECTIVITY_FOR_FILTER_ESTIMATES ASSUME_PARTIAL_CORRELATION_FOR_FILTER_ESTIMATES
  DISABLE_BATCH_MODE_ADAPTIVE_JOINS DISABLE_BATCH_MODE_MEMORY_GRANT_FEEDBACK DISABLE_DEFERRED_COMPILATION_TV
  DISABLE_INTERLEAVED_EXECUTION_TVF DISABLE_MEMORY_GRANT_FEEDBACK_PERSISTENCE DISABLE_OPTIMIZED_HALLOWEEN_PROTECTION
  DISABLE_OPTIMIZED_NESTED_LOOP DISABLE_OPTIMIZED_PLAN_FORCING DISABLE_OPTIMIZER_ROWGOAL DISABLE_PARAMETER_SNIFFING
  DISABLE_RESULT_CACHE DISABLE_ROW_MODE_MEMORY_GRANT_FEEDBACK DISABLE_TSQL_SCALAR_UDF_INLINING
  DISALLOW_BATCH_MODE DISABLE_CE_FEEDBACK DISABLE_DOP_FEEDBACK DISABLE_OPTIONAL_PARAMETER_OPTIMIZATION
  ENABLE_HIST_AMENDMENT_FOR_ASC_KEYS ENABLE_QUERY_OPTIMIZER_HOTFIXES FORCE_DEFAULT_CARDINALITY_ESTIMATION
  FORCE_LEGACY_CARDINALITY_ESTIMATION QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_100 QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_110
  QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_120 QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_130
  QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_140 QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_150
  QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_160 QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_170 QUERY_PLAN_PROFILE`.split(/\s+/),
);

const LARGEST_RECURSION = 32767;

/** Hints: known names are accepted (they don't change results), unknown ones refused as SQL Server does. */
export abstract class HintParser extends PrimaryParser {
  /** WITH (…) after a table; the old form without WITH only where a table is read. */
  protected tableHints(withoutWith: boolean): TableHint[] {
    if (!this.ahead('WITH', '(')) {
      if (!withoutWith || !this.is('(') || !TABLE_HINTS.has(this.peek().upper)) return [];
    } else this.advance();
    this.need('(');
    const hints = [this.tableHint()];
    // The comma between hints may be missing.
    while (!this.is(')')) {
      this.eat(',');
      hints.push(this.tableHint());
    }
    this.need(')');
    return hints;
  }

  private tableHint(): TableHint {
    const { upper: name, text, kind, line } = this.token;
    if (kind !== 'word') throw this.unexpected();
    if (REFUSED_TABLE_HINTS.has(name)) throw notSupported(`the table hint ${name}`, line);
    if (!TABLE_HINTS.has(name)) {
      const message =
        `"${text}" is not a recognized table hints option. If it is intended as a parameter to a table-valued ` +
        'function or to the CHANGETABLE function, ensure that your database compatibility mode is set to 90.';
      throw syntaxError(321, message, line);
    }
    this.advance();
    const args: string[] = [];
    if (name === 'INDEX' || name === 'FORCESEEK') this.hintArguments(name, args);
    return { name, args, line };
  }

  private hintArguments(hint: string, args: string[]): void {
    const value = (): void => {
      args.push(this.token.kind === 'number' ? String(this.integer()) : this.identifier());
      if (hint === 'FORCESEEK' && this.is('(')) args.push(...this.parenthesized(() => this.identifier()));
    };
    if (hint !== 'FORCESEEK' && this.eat('=')) {
      if (this.is('(')) this.parenthesized(value);
      else value();
    } else if (this.is('(')) this.parenthesized(value);
    else if (hint !== 'FORCESEEK') throw this.unexpected();
  }

  /** OPTION (…). */
  protected queryHints(): QueryHint[] {
    if (!this.eat('OPTION')) return [];
    const hints: QueryHint[] = [];
    this.parenthesized(() => hints.push(...this.queryHint()));
    return hints;
  }

  private queryHint(): QueryHint[] {
    const { line, text } = this.token;
    if (this.eat('USE', 'HINT')) return this.parenthesized(() => this.useHint());
    if (this.ahead('USE', 'PLAN')) throw notSupported('the query hint USE PLAN', line);
    if (this.ahead('TABLE', 'HINT')) throw notSupported('the query hint TABLE HINT', line);
    if (this.ahead('OPTIMIZE', 'FOR', '(')) throw notSupported('the query hint OPTIMIZE FOR with values', line);
    if (this.is('LABEL')) throw notSupported('the query hint LABEL', line);
    const grant = this.eatOne('MAX_GRANT_PERCENT', 'MIN_GRANT_PERCENT');
    if (grant) {
      this.need('=');
      return [{ name: grant, value: Number(this.integer()), line }];
    }
    const hint = QUERY_HINTS.find(h => this.eat(...h.words));
    if (!hint) throw syntaxError(102, `Incorrect syntax near '${text}'.`, line);
    const name = hint.words.join(' ');
    const value = hint.value ? Number(this.integer()) : undefined;
    if (name === 'MAXRECURSION' && value! > LARGEST_RECURSION) {
      const message = `The value ${value} specified for the MAXRECURSION option exceeds the allowed maximum of ${LARGEST_RECURSION}.`;
      throw syntaxError(310, message, line);
    }
    return [{ name, value, line }];
  }

  private useHint(): QueryHint {
    const { text, line } = this.token;
    this.string();
    if (!USE_HINTS.has(text.toUpperCase())) throw syntaxError(10715, `'${text}' is not a valid hint.`, line);
    return { name: `USE HINT ${text.toUpperCase()}`, value: undefined, line };
  }
}
