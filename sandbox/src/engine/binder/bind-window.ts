import type * as ast from '../../parser/ast.ts';
import type { BoundExpression } from '../contracts.ts';
import { AGGREGATE_NAMES } from '../functions/aggregates.ts';
import type { SortKey } from '../query/sort.ts';
import { type Frame, UP_TO_PEERS, WHOLE_PARTITION } from '../query/window-frame.ts';
import {
  type RankingName,
  edgeValue,
  ntile,
  offsetFunction,
  percentile,
  ranking,
  windowAggregate,
} from '../query/window-functions.ts';
import type { WindowFunction } from '../query/window.ts';
import { notSupported, SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { BIGINT, FLOAT, isNumeric } from '../types.ts';
import { bindCall } from './bind-aggregate.ts';
import { bindExpression, coerce } from './bind-expression.ts';
import { expressionKey } from './expression-key.ts';
import type { Scope, WindowCollector } from './scope.ts';

const RANKING: ReadonlySet<string> = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST']);
const PERCENTILES: ReadonlySet<string> = new Set(['PERCENTILE_CONT', 'PERCENTILE_DISC']);
const FRAMED: ReadonlySet<string> = new Set(['FIRST_VALUE', 'LAST_VALUE']);

/** Functions that need an OVER clause. */
export const WINDOW_NAMES: ReadonlySet<string> = new Set([
  ...RANKING,
  ...PERCENTILES,
  ...FRAMED,
  'NTILE',
  'LAG',
  'LEAD',
]);

/** A window function. Its value is computed before the select list and stored behind the columns of the row. */
export function bindWindowFunction(node: ast.FunctionCall, name: string, scope: Scope): BoundExpression {
  const { windows } = scope;
  if (!node.over) throw new SqlError(10753, `The function '${node.name[0]!}' must have an OVER clause.`, 15);
  if (!windows) {
    throw scope.clause === 'aggregate' || scope.clause === 'window'
      ? new SqlError(
          4109,
          'Windowed functions cannot be used in the context of another windowed function or aggregate.',
          15,
        )
      : new SqlError(4108, 'Windowed functions can only appear in the SELECT or ORDER BY clauses.', 15);
  }
  const specification = resolveWindow(node.over, windows);
  const text = expressionKey({ ...node, over: specification }, scope.grouping?.input ?? scope);
  let known = windows.texts.get(text);
  if (!known) {
    known = { slot: windows.count++, type: addWindow(node, name, specification, windows, scope, windows.count - 1) };
    windows.texts.set(text, known);
  }
  const { slot } = known;
  return { type: known.type, evaluate: env => env.row[windows.base + slot]! };
}

/** OVER name and OVER (name …): the WINDOW clause supplies the missing parts. */
function resolveWindow(over: ast.WindowSpecification, windows: WindowCollector, depth = 0): ast.WindowSpecification {
  if (over.base === undefined) return over;
  const named = windows.names.get(over.base.toLowerCase());
  if (!named || depth > windows.names.size) throw new SqlError(5362, `Window '${over.base}' is undefined.`, 15);
  const base = resolveWindow(named, windows, depth + 1);
  return {
    line: over.line,
    base: undefined,
    partitionBy: over.partitionBy.length > 0 ? over.partitionBy : base.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : base.orderBy,
    frame: over.frame ?? base.frame,
  };
}

function addWindow(
  node: ast.FunctionCall,
  name: string,
  over: ast.WindowSpecification,
  windows: WindowCollector,
  scope: Scope,
  slot: number,
): SqlType {
  const { clause } = scope;
  scope.windows = undefined;
  scope.clause = 'window';
  try {
    const isPercentile = PERCENTILES.has(name);
    if (isPercentile && (!node.withinGroup || node.withinGroup.length !== 1)) {
      throw new SqlError(10754, `The function '${node.name[0]!}' must have a WITHIN GROUP clause.`, 15);
    }
    if (isPercentile && (over.orderBy.length > 0 || over.frame))
      throw new SqlError(10758, `The function '${node.name[0]!}' may not have ORDER BY in OVER clause.`, 15);
    const order = isPercentile ? node.withinGroup! : over.orderBy;
    const partition = over.partitionBy.map(expression => bindExpression(expression, scope));
    const keys = order.map((item): SortKey => {
      if (item.expression.kind === 'literal') {
        throw new SqlError(
          5308,
          'Windowed functions, aggregates and NEXT VALUE FOR functions do not support integer indices as ORDER BY clause expressions.',
        );
      }
      const bound = bindExpression(item.expression, scope);
      return { type: bound.type, descending: item.descending, evaluate: env => bound.evaluate(env) };
    });
    const { type, run } = bindComputation(node, name, over, keys, partition.length, scope);
    const input = scope.grouping?.input ?? scope;
    const key = [
      ...over.partitionBy.map(e => expressionKey(e, input)),
      '|',
      ...order.map(o => `${expressionKey(o.expression, input)} ${o.descending}`),
    ].join(',');
    let group = windows.groups.find(g => g.key === key);
    if (!group) windows.groups.push((group = { key, partition, order: keys, functions: [] }));
    group.functions.push({ slot, run });
    return type;
  } finally {
    scope.windows = windows;
    scope.clause = clause;
  }
}

interface Computation {
  readonly type: SqlType;
  readonly run: WindowFunction;
}

function bindComputation(
  node: ast.FunctionCall,
  name: string,
  over: ast.WindowSpecification,
  keys: readonly SortKey[],
  partitionWidth: number,
  scope: Scope,
): Computation {
  const shown = node.name[0]!;
  const ordered = over.orderBy.length > 0;
  if (!ordered && !AGGREGATE_NAMES.has(name) && !PERCENTILES.has(name)) {
    throw new SqlError(4112, `The function '${shown}' must have an OVER clause with ORDER BY.`, 15);
  }
  if (over.frame && !AGGREGATE_NAMES.has(name) && !FRAMED.has(name)) {
    throw new SqlError(10752, `The function '${shown}' may not have a window frame.`, 15);
  }
  if (over.frame && !ordered)
    throw new SqlError(10756, 'Window frame with ROWS or RANGE must have an ORDER BY clause.', 15);
  const frame: Frame = over.frame ? bindFrame(over.frame) : ordered ? UP_TO_PEERS : WHOLE_PARTITION;
  const argument = (i: number): BoundExpression => {
    const arg = node.args[i];
    if (!arg) throw new SqlError(174, `The ${shown} function requires ${i + 1} argument(s).`, 15);
    return bindExpression(arg, scope);
  };
  if (RANKING.has(name)) {
    if (node.args.length > 0) throw new SqlError(174, `The ${shown} function requires 0 argument(s).`, 15);
    return {
      type: name === 'PERCENT_RANK' || name === 'CUME_DIST' ? FLOAT : BIGINT,
      run: ranking(name as RankingName),
    };
  }
  switch (name) {
    case 'NTILE':
      return { type: BIGINT, run: ntile(coerce(argument(0), BIGINT)) };
    case 'LAG':
    case 'LEAD': {
      const value = argument(0);
      const offset = node.args[1] && coerce(argument(1), BIGINT);
      const fallback = node.args[2] && coerce(argument(2), value.type);
      return {
        type: value.type,
        run: offsetFunction(name === 'LAG' ? -1 : 1, { value, offset, fallback, ignoreNulls: node.nulls === 'ignore' }),
      };
    }
    case 'FIRST_VALUE':
    case 'LAST_VALUE': {
      const value = argument(0);
      return {
        type: value.type,
        run: edgeValue(name === 'FIRST_VALUE' ? 'first' : 'last', value, frame, node.nulls === 'ignore'),
      };
    }
    case 'PERCENTILE_CONT':
    case 'PERCENTILE_DISC': {
      const fraction = coerce(argument(0), FLOAT).literal?.value;
      if (typeof fraction !== 'number')
        throw notSupported(`${name} with an argument that is not a constant`, node.line);
      if (fraction < 0 || fraction > 1) {
        throw new SqlError(10760, 'The percentile value must be between 0 and 1.');
      }
      const { type } = keys[0]!;
      if (name === 'PERCENTILE_CONT' && !isNumeric(type)) {
        throw new SqlError(8117, `Operand data type ${type.name} is invalid for percentile_cont operator.`);
      }
      const continuous = name === 'PERCENTILE_CONT';
      return {
        type: continuous ? FLOAT : type,
        run: percentile(continuous ? 'continuous' : 'discrete', fraction, type, partitionWidth),
      };
    }
    default: {
      if (!AGGREGATE_NAMES.has(name) || name === 'STRING_AGG')
        throw new SqlError(
          4113,
          `The function '${shown}' is not a valid windowing function, and cannot be used with the OVER clause.`,
          15,
        );
      if (node.distinct) throw new SqlError(10759, 'Use of DISTINCT is not allowed with the OVER clause.', 15);
      // SUM(COUNT(*)) OVER (): the argument may be an aggregate of the grouped query.
      const call = bindCall(node, name, scope);
      return { type: call.aggregate.type, run: windowAggregate(call, name, frame) };
    }
  }
}

function bindFrame(frame: ast.WindowFrame): Frame {
  const start = { kind: frame.start.kind, offset: frame.start.count };
  const end = { kind: frame.end.kind, offset: frame.end.count };
  if (frame.unit === 'range' && [start, end].some(bound => bound.kind === 'preceding' || bound.kind === 'following')) {
    throw new SqlError(4194, 'RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters.', 16);
  }
  const RANK = { 'unbounded preceding': 0, preceding: 1, 'current row': 2, following: 3, 'unbounded following': 4 };
  if (start.kind === 'unbounded following' || end.kind === 'unbounded preceding' || RANK[start.kind] > RANK[end.kind]) {
    throw new SqlError(
      4193,
      `'BETWEEN ${shownBound(frame.start)} AND ${shownBound(frame.end)}' is not a valid window frame and cannot be used with the OVER clause.`,
      16,
    );
  }
  return { unit: frame.unit, start, end };
}

const shownBound = (bound: ast.FrameBound): string => bound.kind.toUpperCase();
