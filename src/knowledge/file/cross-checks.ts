import { isDeepStrictEqual } from 'node:util';
import { suggestion } from '../../common/nearest-names.js';
import { parseObjectName } from '../../database/object-name.js';
import type { Definitions, Join, Metric, Term } from './definitions.js';
import type { FileFault } from './fault-sentences.js';
import type { KeyPath } from './yaml-places.js';

/** An item of a section that is right by itself, with its index in the file. */
export interface Item<T> {
  readonly index: number;
  readonly value: T;
}

/** The items of each section that are right by themselves. */
export type Items = {
  readonly [S in Exclude<keyof Definitions, 'calendar'>]: readonly Item<Definitions[S][number]>[];
};

/** A tenant declares at most so many tools of its own; models choose worse from longer lists. */
export const MAX_QUERY_TOOLS = 20;
/** The columns that the grain of a metric adds to its result. */
const GRAIN_NAMES: ReadonlySet<string> = new Set(['day', 'week', 'month', 'quarter', 'year', 'fiscal_year']);

/** The faults between items, which no item shows by itself. */
export function crossFaults(items: Items): readonly FileFault[] {
  return [
    ...repeated([...named(items, 'metrics'), ...named(items, 'queries')]),
    ...repeated(items.terms.map(({ index, value }) => ({ path: ['terms', index, 'word'], name: value.word }))),
    ...repeated(named(items, 'joins')),
    ...repeated(named(items, 'subjects')),
    ...items.terms.flatMap(termFaults),
    ...items.metrics.flatMap(metricFaults),
    ...items.joins.flatMap(joinFaults),
    ...items.documents.flatMap(({ index, value }) =>
      value.text === undefined && value.url === undefined && value.rows === undefined
        ? [{ path: ['documents', index], text: 'needs text, url or rows' }]
        : [],
    ),
    ...viaFaults(items),
    ...toolFaults(items),
  ];
}

interface NamedPlace {
  readonly path: KeyPath;
  readonly name: string;
}

function named(items: Items, section: 'metrics' | 'queries' | 'joins' | 'subjects'): readonly NamedPlace[] {
  return items[section].map(({ index, value }) => ({ path: [section, index, 'name'], name: value.name }));
}

function repeated(places: readonly NamedPlace[]): readonly FileFault[] {
  const seen = new Map<string, NamedPlace>();
  return places.flatMap(place => {
    const key = place.name.toLowerCase();
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, place);
      return [];
    }
    return [{ path: place.path, text: `is the name of ${first.path[0]}[${first.path[1]}] too; each name stands once` }];
  });
}

function termFaults({ index, value }: Item<Term>): readonly FileFault[] {
  return value.condition !== undefined && value.table === undefined
    ? [{ path: ['terms', index, 'condition'], text: 'needs a table: say in "table" whose columns it has' }]
    : [];
}

function metricFaults({ index, value }: Item<Metric>): readonly FileFault[] {
  const path: KeyPath = ['metrics', index];
  const dimensions = (value.dimensions ?? []).map((dimension, i) => ({ dimension, path: [...path, 'dimensions', i] }));
  return [
    ...reserved([...path, 'name'], value.name),
    ...repeated(dimensions.map(({ dimension, path: at }) => ({ path: [...at, 'name'], name: dimension.name }))),
    ...dimensions.flatMap(({ dimension, path: at }) => [
      ...reserved([...at, 'name'], dimension.name),
      ...((dimension.column === undefined) === (dimension.expression === undefined)
        ? [{ path: at, text: 'needs either column or expression' }]
        : []),
    ]),
  ];
}

function reserved(path: KeyPath, name: string): readonly FileFault[] {
  return GRAIN_NAMES.has(name) ? [{ path, text: `must not be ${name}, which is the name of a grain` }] : [];
}

function joinFaults({ index, value }: Item<Join>): readonly FileFault[] {
  const { from, to } = sidesOf(value);
  const path: KeyPath = ['joins', index];
  if (from.columns.length !== to.columns.length)
    return [{ path, text: 'must have as many columns in "to" as in "from"' }];
  return [
    ...(from.tables === 1 ? [] : [{ path: [...path, 'from'], text: 'must name columns of one table' }]),
    ...(to.tables === 1 ? [] : [{ path: [...path, 'to'], text: 'must name columns of one table' }]),
    ...(isDeepStrictEqual(from, to) ? [{ path, text: 'joins columns with themselves' }] : []),
  ];
}

export interface JoinSide {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** How many different tables the columns name; a join has one. */
  readonly tables: number;
}

/** The two sides of a declared join. */
export function sidesOf({ from, to }: Join): { readonly from: JoinSide; readonly to: JoinSide } {
  return { from: sideOf(from), to: sideOf(to) };
}

function sideOf(written: string | readonly string[]): JoinSide {
  const names = (typeof written === 'string' ? [written] : written).map(parseObjectName);
  const tables = new Set(names.map(({ database = '', schema = '' }) => `${database}.${schema}`.toLowerCase())).size;
  const [{ database: schema = '', schema: table = '' } = {}] = names;
  return { schema, table, columns: names.map(({ name }) => name), tables };
}

/** `via` names a join of the file or a foreign key; a misspelt join of the file is found here, a foreign key later. */
function viaFaults(items: Items): readonly FileFault[] {
  const joins = items.joins.map(({ value }) => value.name);
  return items.metrics.flatMap(({ index, value }) =>
    (value.dimensions ?? []).flatMap((dimension, i) =>
      (dimension.via ?? []).flatMap((name, k) => {
        const near = joins.includes(name) ? undefined : joins.find(join => join.toLowerCase() === name.toLowerCase());
        const path: KeyPath = ['metrics', index, 'dimensions', i, 'via', k];
        return near === undefined ? [] : [{ path, text: `names no join. ${suggestion(name, [near]) ?? ''}`.trim() }];
      }),
    ),
  );
}

function toolFaults(items: Items): readonly FileFault[] {
  return items.queries
    .filter(({ value }) => value.as_tool)
    .slice(MAX_QUERY_TOOLS)
    .map(({ index }) => ({
      path: ['queries', index, 'as_tool'],
      text: `makes more than ${MAX_QUERY_TOOLS} tools; run_query runs the other queries`,
    }));
}
