import { childOf, descendants, numberOf, type PlanElement } from './plan-document.js';
import { type MissingIndex, missingIndexesOf } from './missing-indexes.js';
import { MODULES } from './plan-attributes.js';
import { operatorsOf, type PlanOperator, rounded } from './plan-operators.js';
import { type PlanWarning, warningsOf } from './plan-warnings.js';

/** The time that one run took, in milliseconds. */
export interface PlanTimes {
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

/** The facts about the plans of one statement that explain_query returns. */
export interface PlanFacts {
  /** In the optimizer's unit, which serves to compare plans and is not a time. */
  readonly cost: number;
  readonly estimatedRows: number;
  readonly operators: readonly PlanOperator[];
  readonly warnings: readonly PlanWarning[];
  readonly missingIndexes: readonly MissingIndex[];
  /** Kilobytes. */
  readonly memory?: { readonly granted: number; readonly used?: number };
  readonly threads: number;
  readonly notParallel?: string;
  /** Absent for a plan that was only estimated. */
  readonly times?: PlanTimes;
}

/** Reads plans that were redacted for a person. Unknown elements are skipped. */
export function factsOf(plans: readonly PlanElement[]): PlanFacts {
  const facts = { cost: 0, estimatedRows: 0, threads: 1 };
  const operators: PlanOperator[] = [];
  const warnings: PlanWarning[] = [];
  const missing: MissingIndex[] = [];
  let memory: PlanFacts['memory'];
  let notParallel: string | undefined;
  let times: PlanTimes | undefined;
  for (const [statement, queryPlan] of plans.flatMap(plan => [...queryPlansOf(plan)])) {
    const read = operatorsOf(queryPlan, operators.length);
    facts.cost += numberOf(statement, 'StatementSubTreeCost') ?? subtreeCost(queryPlan);
    facts.estimatedRows += numberOf(statement, 'StatementEstRows') ?? read[0]?.operator.estimated_rows ?? 0;
    facts.threads = Math.max(facts.threads, numberOf(queryPlan, 'DegreeOfParallelism') ?? 1);
    operators.push(...read.map(({ operator }) => operator));
    warnings.push(...warningsOf(statement, queryPlan, read));
    missing.push(...missingIndexesOf(queryPlan));
    memory ??= memoryOf(queryPlan);
    notParallel ??= queryPlan.attributes.NonParallelPlanReason;
    const { elapsedMs = 0, cpuMs = 0 } = times ?? {};
    const own = childOf(queryPlan, 'QueryTimeStats');
    if (own !== undefined)
      times = {
        elapsedMs: elapsedMs + (numberOf(own, 'ElapsedTime') ?? 0),
        cpuMs: cpuMs + (numberOf(own, 'CpuTime') ?? 0),
      };
  }
  return {
    ...facts,
    cost: Number(facts.cost.toPrecision(4)),
    estimatedRows: rounded(facts.estimatedRows),
    operators,
    warnings,
    missingIndexes: missing,
    ...(memory === undefined ? {} : { memory }),
    ...(notParallel === undefined ? {} : { notParallel }),
    ...(times === undefined ? {} : { times }),
  };
}

/** The plans of the statements themselves, without those of functions that they call. */
function* queryPlansOf(plan: PlanElement): Generator<readonly [statement: PlanElement, queryPlan: PlanElement]> {
  for (const element of [plan, ...descendants(plan, ({ name }) => name !== 'QueryPlan' && !MODULES.has(name))]) {
    const queryPlan = childOf(element, 'QueryPlan');
    if (queryPlan !== undefined && !MODULES.has(element.name)) yield [element, queryPlan];
  }
}

function subtreeCost(queryPlan: PlanElement): number {
  return numberOf(childOf(queryPlan, 'RelOp'), 'EstimatedTotalSubtreeCost') ?? 0;
}

function memoryOf(queryPlan: PlanElement): PlanFacts['memory'] {
  const info = childOf(queryPlan, 'MemoryGrantInfo');
  const granted =
    numberOf(info, 'GrantedMemory') ?? numberOf(info, 'SerialDesiredMemory') ?? numberOf(queryPlan, 'MemoryGrant');
  if (granted === undefined || granted === 0) return undefined;
  const used = numberOf(info, 'MaxUsedMemory');
  return { granted, ...(used === undefined || used === 0 ? {} : { used }) };
}
