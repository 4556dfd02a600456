import type { ErpQuestion } from './questions.js';

interface Answer {
  readonly matches: readonly { kind: string; schema?: string; name: string; column?: string; value?: string }[];
  readonly joins: readonly { from: string; to: string; on: string }[];
}

export interface Score {
  readonly table: boolean;
  /** Undefined where the question needs none. */
  readonly join: boolean | undefined;
  readonly value: boolean | undefined;
}

/** Whether an answer has the right table among the first three, every step of the join, and the spelling of the value. */
export function scoreOf({ table, join, value }: ErpQuestion, { matches, joins }: Answer): Score {
  const tables = [...new Set(matches.map(({ schema, name }) => `${schema ?? ''}.${name}`))];
  const steps = new Set(joins.map(normalised));
  return {
    table: tables.slice(0, 3).includes(table),
    join: join?.every(step => steps.has(sorted(step.split('=').map(expanded)))),
    value:
      value === undefined
        ? undefined
        : matches.some(
            match => match.value === value.is && `${match.schema}.${match.name}.${match.column}` === value.column,
          ),
  };
}

/** The pairs of columns of a condition, in one order for both directions. */
function normalised({ from, to, on }: Answer['joins'][number]): string {
  const [target = '', alias] = to.split(' AS ');
  const plain = alias === undefined ? on : on.replaceAll(`= ${alias}.`, `= ${target}.`);
  const pairs = plain.split(' AND ').map(pair => pair.split(' = '));
  const side = (i: number): string => pairs.map(pair => pair[i] ?? '').join(',');
  return sorted([side(0), side(1)]) + (from === '' ? '?' : '');
}

/** `dbo.T.A,B` → `dbo.T.A,dbo.T.B` */
function expanded(side: string): string {
  const at = side.lastIndexOf('.');
  return side
    .slice(at + 1)
    .split(',')
    .map(column => `${side.slice(0, at)}.${column}`)
    .join(',');
}

function sorted(sides: readonly string[]): string {
  return [...sides].sort().join('=');
}
