import { quoteName } from '../../database/object-name.js';
import { childrenOf, childOf, numberOf, type PlanElement } from './plan-document.js';
import { tableText } from './plan-operators.js';
import { unquoted } from './plan-visibility.js';

export interface MissingIndex {
  readonly table: string;
  /** By how many percent the optimizer expects the cost to fall. */
  readonly impact_percent: number;
  /** A statement for an administrator to consider. This server never runs it. */
  readonly create: string;
}

const MAX_INDEXES = 10;
const LONGEST_NAME = 128;

/** The indexes that the optimizer reports as missing. It considers neither other queries nor the cost of maintenance. */
export function missingIndexesOf(queryPlan: PlanElement): readonly MissingIndex[] {
  const groups = childrenOf(childOf(queryPlan, 'MissingIndexes'), 'MissingIndexGroup');
  return groups
    .flatMap(group => childrenOf(group, 'MissingIndex').map(index => indexOf(index, numberOf(group, 'Impact') ?? 0)))
    .filter(index => index !== undefined)
    .sort((a, b) => b.impact_percent - a.impact_percent)
    .slice(0, MAX_INDEXES);
}

function indexOf(index: PlanElement, impact: number): MissingIndex | undefined {
  const { Schema: schema, Table: table } = index.attributes;
  const columns = (usage: string): readonly string[] =>
    childrenOf(index, 'ColumnGroup')
      .filter(({ attributes }) => attributes.Usage === usage)
      .flatMap(group => childrenOf(group, 'Column').map(({ attributes }) => unquoted(attributes.Name ?? '')))
      .filter(name => name !== '');
  const key = [...columns('EQUALITY'), ...columns('INEQUALITY')];
  if (schema === undefined || table === undefined || key.length === 0) return undefined;
  const included = columns('INCLUDE');
  const name = quoteName(`IX_${unquoted(table)}_${key.join('_')}`.slice(0, LONGEST_NAME));
  const list = (names: readonly string[]): string => names.map(quoteName).join(', ');
  return {
    table: tableText(schema, table),
    impact_percent: Math.round(impact * 10) / 10,
    create: `CREATE NONCLUSTERED INDEX ${name} ON ${quoteName(unquoted(schema))}.${quoteName(unquoted(table))} (${list(key)})${included.length === 0 ? '' : ` INCLUDE (${list(included)})`};`,
  };
}
