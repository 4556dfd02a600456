import { childOf, childrenOf, descendants, isTrue, numberOf, type PlanElement } from './plan-document.js';
import { HIDDEN } from './plan-attributes.js';
import { unquoted } from './plan-visibility.js';
import { shownPart } from '../../database/object-name.js';

export interface PlanOperator {
  readonly id: number;
  /** The id of the operator that reads its rows; absent for the last operator. */
  readonly parent?: number;
  /** The physical operator, with the logical one where they differ: `Hash Match (Inner Join)`. */
  readonly operator: string;
  /** schema.table, or `[hidden]`. */
  readonly object?: string;
  readonly index?: string;
  /** Its own share of the statement's estimated cost, in percent. */
  readonly cost_percent: number;
  /** The total of all executions. */
  readonly estimated_rows: number;
  readonly actual_rows?: number;
  readonly executions?: number;
  /** The number of rows that it read, if it read more than it passed on. */
  readonly rows_read?: number;
  /** The number of rows in the table that it reads. */
  readonly table_rows?: number;
}

/** An operator with the element that it was read from. */
export interface ReadOperator {
  readonly operator: PlanOperator;
  readonly element: PlanElement;
}

const isOperator = ({ name }: PlanElement): boolean => name === 'RelOp';

/** Returns the operators of one query plan, in preorder. The root, which returns the rows, gets the id `firstId`. */
export function operatorsOf(queryPlan: PlanElement, firstId: number): readonly ReadOperator[] {
  const root = childOf(queryPlan, 'RelOp');
  if (root === undefined) return [];
  const total = numberOf(root, 'EstimatedTotalSubtreeCost') ?? 0;
  const found: ReadOperator[] = [];
  const pending: { element: PlanElement; parent?: number }[] = [{ element: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { element, parent } = next;
    const inputs = inputsOf(element);
    const id = firstId + found.length;
    const operator = operatorOf(element, inputs, total);
    found.push({ operator: { id, ...(parent === undefined ? {} : { parent }), ...operator }, element });
    pending.push(...[...inputs].reverse().map(input => ({ element: input, parent: id })));
  }
  return found;
}

/** Returns the operators whose rows this one reads. */
function inputsOf(element: PlanElement): readonly PlanElement[] {
  return [...descendants(element, child => !isOperator(child))].filter(isOperator);
}

/** Yields the elements of an operator that do not belong to one of its inputs. */
export function* ownParts(element: PlanElement): Generator<PlanElement> {
  for (const part of descendants(element, child => !isOperator(child))) if (!isOperator(part)) yield part;
}

function operatorOf(
  element: PlanElement,
  inputs: readonly PlanElement[],
  total: number,
): Omit<PlanOperator, 'id' | 'parent'> {
  const { PhysicalOp: physical = 'Unknown', LogicalOp: logical = physical } = element.attributes;
  const below = inputs.reduce((sum, input) => sum + (numberOf(input, 'EstimatedTotalSubtreeCost') ?? 0), 0);
  const own = Math.max(0, (numberOf(element, 'EstimatedTotalSubtreeCost') ?? 0) - below);
  const actual = countersOf(element);
  const tableRows = numberOf(element, 'TableCardinality');
  return {
    operator: logical === physical ? physical : `${physical} (${logical})`,
    ...objectOf(element),
    cost_percent: total === 0 ? 0 : Math.round((own / total) * 1000) / 10,
    estimated_rows: rounded(estimatedRows(element)),
    ...(actual === undefined ? {} : { actual_rows: actual.rows, executions: actual.executions }),
    ...(actual?.read === undefined || actual.read <= actual.rows ? {} : { rows_read: actual.read }),
    ...(tableRows === undefined ? {} : { table_rows: tableRows }),
  };
}

/** EstimateRows is the estimate of one execution; rebinds and rewinds count the further executions. */
function estimatedRows(element: PlanElement): number {
  const again = (numberOf(element, 'EstimateRebinds') ?? 0) + (numberOf(element, 'EstimateRewinds') ?? 0);
  return (numberOf(element, 'EstimateRows') ?? 0) * (1 + again);
}

interface Counters {
  readonly rows: number;
  readonly executions: number;
  readonly read?: number;
}

/** Returns the totals of all threads. Thread 0 of a parallel operator only coordinates, and its counters are 0. */
function countersOf(element: PlanElement): Counters | undefined {
  const threads = childrenOf(childOf(element, 'RunTimeInformation'), 'RunTimeCountersPerThread');
  if (threads.length === 0) return undefined;
  const sum = (attribute: string): number =>
    threads.reduce((all, thread) => all + (numberOf(thread, attribute) ?? 0), 0);
  const often = Math.max(...threads.map(thread => numberOf(thread, 'ActualExecutions') ?? 0));
  const reads = threads.some(thread => numberOf(thread, 'ActualRowsRead') !== undefined);
  return {
    rows: sum('ActualRows'),
    // Each thread of a parallel operator executes it once.
    executions: often <= 1 ? often : sum('ActualExecutions'),
    ...(reads ? { read: sum('ActualRowsRead') } : {}),
  };
}

function objectOf(element: PlanElement): Pick<PlanOperator, 'object' | 'index'> {
  for (const part of ownParts(element)) {
    if (part.name !== 'Object') continue;
    const { Schema: schema, Table: table, Index: index } = part.attributes;
    if (table === undefined) continue;
    return {
      object: tableText(schema, table),
      ...(index === undefined || index === HIDDEN ? {} : { index: unquoted(index) }),
    };
  }
  return {};
}

/** Writes a table as schema.table, with brackets only where a name needs them. */
export function tableText(schema: string | undefined, table: string): string {
  if (table === HIDDEN) return HIDDEN;
  const name = shownPart(unquoted(table));
  return schema === undefined ? name : `${shownPart(unquoted(schema))}.${name}`;
}

/** Whether an operator reads a table or an index from its beginning to its end. */
export function isScan({ attributes }: PlanElement): boolean {
  return /\bScan$/.test(attributes.PhysicalOp ?? '') && attributes.PhysicalOp !== 'Constant Scan';
}

export function isLookup(element: PlanElement): boolean {
  return [...ownParts(element)].some(part => part.name === 'IndexScan' && isTrue(part, 'Lookup'));
}

/** Rounds to whole rows, and below ten rows to one decimal digit. */
export function rounded(rows: number): number {
  return rows < 10 ? Math.round(rows * 10) / 10 : Math.round(rows);
}
