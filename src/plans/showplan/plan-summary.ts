import type { PlanFacts } from './plan-facts.js';
import type { PlanOperator } from './plan-operators.js';
import { count, kilobytes, placeOf, rowsText } from './plan-warnings.js';

export const MAX_LINES = 15;
const MAX_OPERATORS = 5;
/** Operators below this share of the cost, in percent, are left out. */
const SMALLEST_SHARE = 1;
const MAX_INDEX_LINES = 2;
const LONGEST_LINE = 300;

/** Summarizes a plan in at most MAX_LINES lines, each of at most LONGEST_LINE characters. */
export function summaryOf(facts: PlanFacts, rows?: number): readonly string[] {
  const indexes = facts.missingIndexes.slice(0, MAX_INDEX_LINES).map(({ impact_percent: impact, create }) => {
    return `An index might save ${count(impact)} % of the cost. For an administrator, who knows the other queries: ${create}`;
  });
  const lines = [headline(facts, rows), ...topOperators(facts.operators), ...environment(facts)];
  const left = MAX_LINES - lines.length - indexes.length;
  const texts = [...new Set(facts.warnings.map(({ text }) => text))];
  const shown =
    texts.length <= left ? texts : [...texts.slice(0, left - 1), `${texts.length - left + 1} more warnings.`];
  return [...lines, ...shown, ...indexes].map(line =>
    line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line,
  );
}

function headline({ cost, estimatedRows, times }: PlanFacts, rows: number | undefined): string {
  const ran = rows === undefined ? ', not run' : `, ${count(rows)} returned`;
  const took = times === undefined ? '' : `; took ${count(times.elapsedMs)} ms (CPU ${count(times.cpuMs)} ms)`;
  return `Estimated cost ${cost}; ${rowsText(estimatedRows)} estimated${ran}${took}.`;
}

function topOperators(operators: readonly PlanOperator[]): readonly string[] {
  return [...operators]
    .sort((a, b) => b.cost_percent - a.cost_percent)
    .filter(({ cost_percent: share }, i) => i === 0 || share >= SMALLEST_SHARE)
    .slice(0, MAX_OPERATORS)
    .map(operator => {
      const { cost_percent: share, estimated_rows: estimated, actual_rows: actual, executions = 1 } = operator;
      const had = actual === undefined ? '' : `, ${count(actual)} actual`;
      const often = executions > 1 ? `, ${count(executions)} executions` : '';
      return `${count(share)} %: ${placeOf(operator)}: ${rowsText(estimated)} estimated${had}${often}.`;
    });
}

function environment({ memory, threads, notParallel }: PlanFacts): readonly string[] {
  return [
    ...(memory === undefined
      ? []
      : [
          `Memory grant ${kilobytes(memory.granted)}${memory.used === undefined ? '' : `, ${kilobytes(memory.used)} used`}.`,
        ]),
    ...(threads > 1 ? [`Parallel: ${threads} threads.`] : []),
    ...(notParallel === undefined ? [] : [`Not parallel: ${notParallel}.`]),
  ];
}
