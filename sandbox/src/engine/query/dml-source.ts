import type * as ast from '../../parser/ast.ts';
import type { BindContext, StoredRow } from '../binder/bind-context.ts';
import { Scope } from '../binder/scope.ts';
import type { RowStream, Ticker, Pause } from '../contracts.ts';
import type { Predicate } from '../operators.ts';
import { SqlError } from '../sql-error.ts';
import { INT } from '../types.ts';
import type { DmlRow, DmlSource } from './compiled-query.ts';
import { conditionsOf } from './conditions.ts';
import { defineCtes } from './cte.ts';
import { type DmlTargetRequest, FromBuilder } from './from.ts';
import { JoinSource } from './join.ts';
import { addOnCondition, planLookups, pushDown } from './place-conditions.ts';
import type { PlanNode } from './plan-node.ts';
import { limitHints } from './query-hints.ts';
import { type RowSource, filterRows, isRow } from './row-source.ts';

export interface DmlSourceParts {
  readonly ctes: readonly ast.CommonTableExpression[];
  readonly target: ast.DmlTarget;
  readonly from: readonly ast.TableSource[];
  readonly where: ast.Predicate | undefined;
  readonly hints: readonly ast.QueryHint[];
}

/** The rows that UPDATE and DELETE work on: FROM and WHERE, each with the stored row it would change. */
export function compileDmlSource(parts: DmlSourceParts, context: BindContext): DmlSource {
  const scope = new Scope(context);
  scope.ctes = defineCtes(parts.ctes, scope, limitHints(parts.hints).maximumRecursion);
  const found = findTarget(parts.target.name, parts.from);
  const node: ast.TableSource = found ?? {
    kind: 'table',
    line: parts.target.line,
    name: parts.target.name,
    alias: undefined,
    hints: parts.target.hints,
  };
  const request: DmlTargetRequest = { node };
  // A target that FROM does not name is joined before it.
  const source = new FromBuilder(scope, request).build(found ? parts.from : [node, ...parts.from]);
  const where: Predicate[] = [];
  if (parts.where) {
    for (const condition of conditionsOf(parts.where, scope, 'where'))
      if (!pushDown(source, condition)) where.push(condition.bind(0));
  }
  planLookups(source);
  return dmlSource(
    scope,
    request,
    outer => (where.length > 0 ? filterRows(source.run(outer), where, outer) : source.run(outer)),
    undefined,
  );
}

/** The rows of MERGE: every source row with the target rows it matches, and (when asked) target rows without a match. */
export function compileMergeSource(merge: ast.Merge, context: BindContext): DmlSource {
  const scope = new Scope(context);
  scope.ctes = defineCtes(merge.ctes, scope, limitHints(merge.hints).maximumRecursion);
  const node: ast.NamedTable = {
    kind: 'table',
    line: merge.target.line,
    name: merge.target.name,
    alias: merge.alias,
    hints: merge.target.hints,
  };
  const request: DmlTargetRequest = { node };
  const builder = new FromBuilder(scope, request);
  const from = new MarkedSource(builder.build([merge.source]));
  const marker = scope.add({ name: null, qualifier: null, type: INT, nullable: true, hidden: true });
  const target = builder.build([node]);
  const bySource = merge.clauses.some(clause => clause.when === 'not matched by source');
  const join = new JoinSource(bySource ? 'full' : 'left', from, target, scope.compilation);
  for (const condition of conditionsOf(merge.on, scope, 'on')) addOnCondition(join, condition);
  planLookups(join);
  return dmlSource(scope, request, outer => join.run(outer), marker);
}

function dmlSource(
  scope: Scope,
  request: DmlTargetRequest,
  run: (outer: null) => RowStream,
  marker: number | undefined,
): DmlSource {
  const target = request.found!;
  const { compilation } = scope;
  return {
    table: target.base.table,
    targetAlias: scope.columns[target.offset]?.qualifier ?? null,
    targetOffset: target.offset,
    scope,
    reads: compilation.reads,
    targetColumn(name) {
      const wanted = name.toLowerCase();
      const column = target.columns.find(at => !at.hidden && at.name?.toLowerCase() === wanted);
      return column?.base && column.base.table === target.base.table ? column.base.ordinal : -1;
    },
    *run(ticker: Ticker): Generator<DmlRow | Pause, void, void> {
      compilation.start(ticker);
      yield* compilation.prepare();
      for (const item of run(null)) {
        if (!isRow(item)) {
          yield item;
          continue;
        }
        const stored = item[target.identityOrdinal] as unknown as StoredRow | null;
        // An outer join's row without a target changes nothing.
        if (stored === null && marker === undefined) continue;
        yield { target: stored, sourceMatched: marker === undefined || item[marker] !== null, row: item };
      }
    },
  };
}

/** Adds a column that is never NULL, so that an outer join shows whether it matched a row. */
class MarkedSource implements RowSource {
  private readonly inner: RowSource;

  constructor(inner: RowSource) {
    this.inner = inner;
  }

  get offset(): number {
    return this.inner.offset;
  }
  get width(): number {
    return this.inner.width + 1;
  }
  get correlated(): boolean {
    return this.inner.correlated;
  }

  plan(): PlanNode {
    return this.inner.plan();
  }

  *run(outer: null): RowStream {
    for (const item of this.inner.run(outer)) yield isRow(item) ? [...item, 1] : item;
  }
}

/** The table of FROM that the target's name means: an alias, or a table's own name. */
function findTarget(name: readonly string[], from: readonly ast.TableSource[]): ast.TableSource | undefined {
  const leaves: (ast.NamedTable | ast.DerivedTable)[] = [];
  const visit = (node: ast.TableSource): void => {
    if (node.kind === 'join' || node.kind === 'apply') {
      visit(node.left);
      visit(node.right);
    } else if (node.kind === 'table' || node.kind === 'derived table') leaves.push(node);
  };
  from.forEach(visit);
  const wanted = name.map(part => part.toLowerCase());
  const last = wanted[wanted.length - 1]!;
  if (wanted.length === 1) {
    const aliased = leaves.find(leaf => leaf.alias?.toLowerCase() === last);
    if (aliased) return aliased;
  }
  const tables = leaves.filter((leaf): leaf is ast.NamedTable => leaf.kind === 'table' && sameName(leaf.name, wanted));
  const unaliased = tables.filter(table => table.alias === undefined);
  if (unaliased.length > 0) return unaliased[0];
  if (tables.length > 1) throw new SqlError(8154, `The table '${name.join('.')}' is ambiguous.`, 15);
  return tables[0];
}

function sameName(name: readonly string[], wanted: readonly string[]): boolean {
  const own = name.map(part => part.toLowerCase());
  const schema = (parts: readonly string[]): string =>
    parts.length > 1 && parts[parts.length - 2] !== '' ? parts[parts.length - 2]! : 'dbo';
  return own[own.length - 1] === wanted[wanted.length - 1] && schema(own) === schema(wanted);
}
