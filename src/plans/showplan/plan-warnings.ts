import { childOf, childrenOf, numberOf, isTrue, type PlanElement } from './plan-document.js';
import { isLookup, isScan, type PlanOperator, type ReadOperator, tableText } from './plan-operators.js';
import { HIDDEN } from './plan-attributes.js';
import { unquoted } from './plan-visibility.js';

export const WARNING_KINDS = [
  'implicit_conversion',
  'missing_statistics',
  'stale_statistics',
  'spill',
  'memory_grant',
  'no_join_predicate',
  'unmatched_index',
  'wrong_estimate',
  'large_scan',
  'rows_discarded',
  'many_lookups',
  'optimizer_gave_up',
] as const;

export interface PlanWarning {
  readonly kind: (typeof WARNING_KINDS)[number];
  readonly text: string;
  /** The id of the operator that it is about. */
  readonly operator?: number;
}

/** A scan of a table with at least so many rows is a warning. */
const LARGE_TABLE = 10_000;
/** An estimate that differs by at least this factor is a warning, if at least WRONG_ROWS rows are concerned. */
const WRONG_FACTOR = 10;
const WRONG_ROWS = 100;
const DISCARDED_FACTOR = 10;
const DISCARDED_ROWS = 1_000;
const MANY_LOOKUPS = 1_000;
const MAX_WARNINGS = 50;
const MAX_COLUMNS = 5;

/** The warnings of a query plan: those of SQL Server and those that this server derives, in the order of WARNING_KINDS. */
export function warningsOf(
  statement: PlanElement,
  queryPlan: PlanElement,
  operators: readonly ReadOperator[],
): readonly PlanWarning[] {
  const gaveUp = statement.attributes.StatementOptmEarlyAbortReason;
  const found = [
    ...ofServer(queryPlan),
    ...operators.flatMap(({ operator, element }) =>
      ofServer(element).map(warning => ({ ...warning, operator: operator.id })),
    ),
    ...operators.flatMap(concluded),
    ...(gaveUp === 'TimeOut' || gaveUp === 'MemoryLimitExceeded'
      ? [
          {
            kind: 'optimizer_gave_up' as const,
            text: `The optimizer stopped early (${gaveUp}): the statement is complex.`,
          },
        ]
      : []),
  ];
  const rank = ({ kind }: PlanWarning): number => WARNING_KINDS.indexOf(kind);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, MAX_WARNINGS);
}

function ofServer(element: PlanElement): readonly PlanWarning[] {
  const warnings = childOf(element, 'Warnings');
  if (warnings === undefined) return [];
  return [
    ...(isTrue(warnings, 'NoJoinPredicate')
      ? [
          {
            kind: 'no_join_predicate' as const,
            text: 'A join has no condition, so every row is combined with every row.',
          },
        ]
      : []),
    ...(isTrue(warnings, 'UnmatchedIndexes')
      ? [{ kind: 'unmatched_index' as const, text: 'A filtered index could not be used because of a parameter.' }]
      : []),
    ...warnings.children.flatMap(warning => ofElement(warning, warnings) ?? []),
  ];
}

function ofElement(warning: PlanElement, all: PlanElement): PlanWarning | undefined {
  switch (warning.name) {
    case 'PlanAffectingConvert': {
      const { ConvertIssue: issue = '', Expression: expression = HIDDEN } = warning.attributes;
      const effect = issue === 'Seek Plan' ? 'keeps an index from being used' : 'makes the estimate of rows inaccurate';
      return { kind: 'implicit_conversion', text: `An implicit conversion ${effect}: ${expression}` };
    }
    case 'ColumnsWithNoStatistics':
      return onColumns('missing_statistics', 'No statistics on', warning);
    case 'ColumnsWithStaleStatistics':
      return onColumns('stale_statistics', 'Stale statistics on', warning);
    case 'SpillToTempDb':
      return { kind: 'spill', text: `Spilled to tempdb${levelOf(warning)}${pagesOf(all)}: the memory was too small.` };
    case 'SpillOccurred':
      return childOf(all, 'SpillToTempDb') === undefined
        ? { kind: 'spill', text: 'Spilled to tempdb in its last run.' }
        : undefined;
    case 'ExchangeSpillDetails':
      return { kind: 'spill', text: `An exchange of rows between threads spilled to tempdb${pagesOf(all)}.` };
    case 'MemoryGrantWarning': {
      const { GrantWarningKind: kind = '' } = warning.attributes;
      const granted = kilobytes(numberOf(warning, 'GrantedMemory'));
      const used = kilobytes(numberOf(warning, 'MaxUsedMemory'));
      return { kind: 'memory_grant', text: `${kind || 'Memory grant'}: ${granted} granted, ${used} used.` };
    }
    case 'Wait': {
      const seconds = numberOf(warning, 'WaitTime');
      return { kind: 'memory_grant', text: `Waited for memory${seconds === undefined ? '' : ` (${seconds} s)`}.` };
    }
    default:
      return undefined;
  }
}

function concluded({ operator, element }: ReadOperator): readonly PlanWarning[] {
  const { id } = operator;
  // An operator that an adaptive join or a start-up filter skipped has no actual rows to compare.
  if (operator.executions === 0) return [];
  const place = placeOf(operator);
  const warnings: PlanWarning[] = [];
  const { actual_rows: actual, estimated_rows: estimated, rows_read: read, table_rows: rows = 0 } = operator;
  if (actual !== undefined && isWrong(estimated, actual)) {
    const text = `${place} was estimated at ${rowsText(estimated)} and had ${count(actual)}.`;
    warnings.push({ kind: 'wrong_estimate', text, operator: id });
  }
  if (isScan(element) && rows >= LARGE_TABLE)
    warnings.push({ kind: 'large_scan', text: `${place} reads a table of ${rowsText(rows)}.`, operator: id });
  if (read !== undefined && read >= DISCARDED_ROWS && read >= DISCARDED_FACTOR * Math.max(actual ?? 0, 1)) {
    const text = `${place} looked at ${rowsText(read)} to pass on ${count(actual ?? 0)}.`;
    warnings.push({ kind: 'rows_discarded', text, operator: id });
  }
  if ((operator.executions ?? 0) >= MANY_LOOKUPS && isLookup(element)) {
    const text = `${place} looked up ${rowsText(operator.executions ?? 0)} one by one: an index with more columns would avoid it.`;
    warnings.push({ kind: 'many_lookups', text, operator: id });
  }
  return warnings;
}

function isWrong(estimated: number, actual: number): boolean {
  if (Math.max(estimated, actual) < WRONG_ROWS) return false;
  const [less, more] = [Math.min(estimated, actual), Math.max(estimated, actual)];
  return more >= WRONG_FACTOR * Math.max(less, 1);
}

export function placeOf({ operator, object, index }: PlanOperator): string {
  return `${operator}${object === undefined ? '' : ` of ${object}`}${index === undefined ? '' : ` (${index})`}`;
}

function onColumns(kind: PlanWarning['kind'], what: string, warning: PlanElement): PlanWarning | undefined {
  const names = childrenOf(warning, 'ColumnReference').map(({ attributes }) => {
    const { Schema: schema, Table: table, Column: column = HIDDEN } = attributes;
    if (column === HIDDEN) return HIDDEN;
    return table === undefined ? unquoted(column) : `${tableText(schema, table)}.${unquoted(column)}`;
  });
  if (names.length === 0) return undefined;
  const shown = names.slice(0, MAX_COLUMNS).join(', ');
  return { kind, text: `${what} ${shown}${names.length > MAX_COLUMNS ? ' …' : ''}.` };
}

function levelOf(warning: PlanElement): string {
  const level = numberOf(warning, 'SpillLevel');
  const threads = numberOf(warning, 'SpilledThreadCount');
  if (level === undefined) return '';
  return ` (level ${level}${threads === undefined || threads < 2 ? '' : `, ${threads} threads`})`;
}

function pagesOf(warnings: PlanElement): string {
  const details = ['SortSpillDetails', 'HashSpillDetails', 'ExchangeSpillDetails'].flatMap(name =>
    childrenOf(warnings, name),
  );
  const pages = details.reduce((sum, detail) => sum + (numberOf(detail, 'WritesToTempDb') ?? 0), 0);
  return pages === 0 ? '' : `, ${count(pages)} pages`;
}

export function kilobytes(size: number | undefined): string {
  if (size === undefined) return 'unknown';
  return size < 1024 ? `${size} KB` : `${count(Math.round(size / 102.4) / 10)} MB`;
}

export function count(number: number): string {
  return number.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

export function rowsText(rows: number): string {
  return `${count(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}
