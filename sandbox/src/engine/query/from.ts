import type * as ast from '../../parser/ast.ts';
import { Scope, type ScopeColumn } from '../binder/scope.ts';
import { notSupported, SqlError } from '../sql-error.ts';
import { conditionsOf } from './conditions.ts';
import { derivedLeaf, functionLeaf, namedLeaf, type BuiltLeaf } from './from-leaf.ts';
import { buildPivot, buildUnpivot } from './from-pivot.ts';
import { ApplySource, JoinSource } from './join.ts';
import { LeafSource } from './leaf.ts';
import { addOnCondition } from './place-conditions.ts';
import type { RowSource } from './row-source.ts';

/** The table of FROM that a DML statement changes: its leaf gives the stored row too. */
export interface DmlTargetRequest {
  readonly node: ast.TableSource;
  /** Set when the leaf is built. */
  found?: {
    readonly identityOrdinal: number;
    readonly offset: number;
    readonly columns: readonly ScopeColumn[];
    readonly base: NonNullable<ScopeColumn['base']>;
  };
}

/** Builds the sources of a FROM clause; each adds its columns to the scope, in the order they are written. */
export class FromBuilder {
  readonly scope: Scope;
  readonly target: DmlTargetRequest | undefined;
  private readonly exposed = new Map<string, { readonly alias: boolean; readonly name: string }>();

  constructor(scope: Scope, target?: DmlTargetRequest) {
    this.scope = scope;
    this.target = target;
  }

  /** `FROM a, b`: a cross join, to which WHERE adds the conditions. */
  build(sources: readonly ast.TableSource[], where?: ast.Predicate): RowSource {
    const order = sources.length > 2 && where ? joinOrder(sources, where, this.scope) : sources.map((_, i) => i);
    const ranges: { readonly item: number; readonly from: number; readonly to: number }[] = [];
    let source: RowSource | undefined;
    for (const item of order) {
      const from = this.scope.columns.length;
      const next = this.source(sources[item]!, this.scope.parent);
      ranges.push({ item, from, to: this.scope.columns.length });
      source = source ? new JoinSource('inner', source, next, this.scope.compilation) : next;
    }
    if (order.some((item, i) => item !== i)) {
      ranges.sort((a, b) => a.item - b.item);
      this.scope.starOrder = ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
    }
    return source!;
  }

  /** Derived tables and functions can refer to `parent`. */
  source(node: ast.TableSource, parent: Scope | undefined): RowSource {
    switch (node.kind) {
      case 'table':
        return this.leaf(
          node,
          namedLeaf(node, this.scope, node === this.target?.node),
          node.alias ?? node.name[node.name.length - 1]!,
          node.alias === undefined ? node : undefined,
        );
      case 'derived table':
        return this.leaf(node, derivedLeaf(node, this.scope, parent, node === this.target?.node), node.alias);
      case 'table function':
        return this.leaf(node, functionLeaf(node, this.scope, parent), node.alias ?? node.name[node.name.length - 1]!);
      case 'join':
        return this.join(node, parent);
      case 'apply':
        return this.apply(node, parent);
      case 'pivot':
      case 'unpivot': {
        const inner = new Scope(this.scope.context, this.scope.parent, this.scope.compilation);
        inner.ctes = this.scope.ctes;
        const source = new FromBuilder(inner).build([node.source]);
        const leaf = node.kind === 'pivot' ? buildPivot(node, source, inner) : buildUnpivot(node, source, inner);
        if (inner.correlated) this.scope.correlated = true;
        return this.leaf(node, leaf, node.alias);
      }
    }
  }

  /** Adds a leaf's columns to the scope under its alias, or under the table's own name. */
  private leaf(node: ast.TableSource, built: BuiltLeaf, qualifier: string, named?: ast.NamedTable): RowSource {
    this.expose(qualifier, named);
    const { scope } = this;
    const offset = scope.columns.length;
    const shownTable = named ? named.name.join('.') : qualifier;
    for (const column of built.columns) {
      scope.add({
        ...column,
        qualifier,
        shownTable,
        ...(named && built.schema !== undefined ? { schema: built.schema } : {}),
      });
    }
    const leaf = new LeafSource(offset, built.input, scope.compilation);
    if (built.conditions) leaf.conditions.push(...built.conditions);
    if (this.target && node === this.target.node) {
      if (!built.target)
        throw new SqlError(
          4405,
          `View or function '${qualifier}' is not updatable because the modification affects multiple base tables.`,
        );
      this.target.found = {
        identityOrdinal: offset + built.input.width - 1,
        offset,
        columns: scope.columns.slice(offset),
        base: built.target,
      };
    }
    return leaf;
  }

  private expose(name: string, named: ast.NamedTable | undefined): void {
    const key = (named && named.name.length > 1 ? named.name.slice(-2).join('.') : name).toLowerCase();
    const there = this.exposed.get(key);
    if (there) {
      throw there.alias || !named
        ? new SqlError(1011, `The correlation name '${name}' is specified multiple times in a FROM clause.`, 16)
        : new SqlError(
            1013,
            `The objects "${there.name}" and "${named.name.join('.')}" in the FROM clause have the same exposed names. Use correlation names to distinguish them.`,
            16,
          );
    }
    this.exposed.set(key, { alias: !named, name: named ? named.name.join('.') : name });
  }

  private join(node: ast.Join, parent: Scope | undefined): RowSource {
    const { scope } = this;
    const left = this.source(node.left, parent);
    const middle = scope.columns.length;
    const right = this.source(node.right, parent);
    const kind = node.type === 'cross' ? 'inner' : node.type;
    const join = new JoinSource(kind, left, right, scope.compilation);
    if (node.on)
      for (const condition of conditionsOf(node.on, scope, 'on', left.offset)) addOnCondition(join, condition);
    if (kind === 'left' || kind === 'full') this.makeNullable(middle, scope.columns.length);
    if (kind === 'right' || kind === 'full') this.makeNullable(left.offset, middle);
    return join;
  }

  private makeNullable(from: number, to: number): void {
    const { columns } = this.scope;
    for (let i = from; i < to; i++) if (!columns[i]!.nullable) columns[i] = { ...columns[i]!, nullable: true };
  }

  private apply(node: ast.Apply, parent: Scope | undefined): RowSource {
    const { scope } = this;
    const left = this.source(node.left, parent);
    const middle = scope.columns.length;
    if (node.right.kind === 'table') {
      const right = this.source(node.right, parent);
      if (node.outer) this.makeNullable(middle, scope.columns.length);
      return new JoinSource(node.outer ? 'left' : 'inner', left, right, scope.compilation);
    }
    if (node.right.kind !== 'derived table' && node.right.kind !== 'table function')
      throw notSupported('APPLY of a joined or pivoted table', node.line);
    const before = { base: scope.base, correlated: scope.correlated };
    scope.base = left.offset;
    scope.correlated = false;
    const right = this.source(node.right, scope);
    const rightLooksOut = scope.correlated;
    scope.base = before.base;
    scope.correlated ||= before.correlated;
    if (node.outer) this.makeNullable(middle, scope.columns.length);
    return new ApplySource(node.outer, left, right, rightLooksOut, scope.compilation);
  }
}

/**
 * Orders the sources of `FROM a, b, c` for joining: an equality of WHERE connects each source to those before it, if
 * possible. Otherwise FROM a, b, fact WHERE fact.a = a.id … would begin with a × b.
 */
function joinOrder(sources: readonly ast.TableSource[], where: ast.Predicate, scope: Scope): number[] {
  const trial = new Scope(scope.context, scope.parent, scope.compilation);
  trial.ctes = scope.ctes;
  const builder = new FromBuilder(trial);
  const itemOf: number[] = [];
  sources.forEach((node, item) => {
    builder.source(node, trial.parent);
    while (itemOf.length < trial.columns.length) itemOf.push(item);
  });
  const edges: (readonly [number, number])[] = [];
  for (const { equality } of conditionsOf(where, trial, 'where')) {
    if (!equality) continue;
    const left = new Set([...equality.left.references].map(i => itemOf[i]!));
    const right = new Set([...equality.right.references].map(i => itemOf[i]!));
    if (left.size === 1 && right.size === 1) edges.push([[...left][0]!, [...right][0]!]);
  }
  const order = [0];
  const rest = new Set(sources.keys());
  rest.delete(0);
  while (rest.size > 0) {
    const connected = [...rest].find(item =>
      edges.some(([a, b]) => (a === item && order.includes(b)) || (b === item && order.includes(a))),
    );
    const next = connected ?? [...rest][0]!;
    order.push(next);
    rest.delete(next);
  }
  return order;
}
