import type * as ast from '../../parser/ast.ts';
import { bindCall } from '../binder/bind-aggregate.ts';
import { walk } from '../binder/expression-key.ts';
import type { Scope } from '../binder/scope.ts';
import { converter } from '../convert.ts';
import { SqlError } from '../sql-error.ts';
import { NVARCHAR_MAX, SYSNAME } from '../types.ts';
import type { BuiltLeaf, LeafColumn } from './from-leaf.ts';
import { pivotRows, unpivotRows } from './pivot.ts';
import { planLookups } from './place-conditions.ts';
import type { RowSource } from './row-source.ts';

function required(scope: Scope, parts: readonly string[]): number {
  const ordinal = scope.find(parts);
  if (ordinal < 0) throw new SqlError(207, `Invalid column name '${parts[parts.length - 1]!}'.`);
  return ordinal;
}

/** PIVOT (SUM(x) FOR c IN ([a], [b])): groups by every column that is neither aggregated nor pivoted. */
export function buildPivot(node: ast.Pivot, source: RowSource, scope: Scope): BuiltLeaf {
  planLookups(source);
  const column = required(scope, node.column);
  const used = new Set([column]);
  walk(node.aggregate.args, at => {
    if (at.kind === 'column') used.add(required(scope, (at as ast.ColumnReference).parts));
    return true;
  });
  const name = node.aggregate.name[0]!.toUpperCase();
  if (node.aggregate.star) throw new SqlError(102, "Incorrect syntax near '*'.", 15, 1, node.line);
  const call = bindCall(node.aggregate, name, scope);
  const columnType = scope.columns[column]!.type;
  const toValue = converter(NVARCHAR_MAX, columnType);
  const values = node.values.map(value => {
    try {
      return toValue(value);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      throw new SqlError(8114, `Error converting data type nvarchar to ${columnType.name}.`);
    }
  });
  const keep = scope.columns.flatMap((_, i) => (used.has(i) ? [] : [i]));
  const seen = new Set<string>();
  for (const value of node.values) {
    if (seen.has(value.toLowerCase()))
      throw new SqlError(8156, `The column '${value}' was specified multiple times for '${node.alias}'.`);
    seen.add(value.toLowerCase());
  }
  const columns: LeafColumn[] = [
    ...keep.map(i => plain(scope.columns[i]!)),
    ...node.values.map(value => ({ name: value, type: call.aggregate.type, nullable: true })),
  ];
  const plan = { keep, keepTypes: keep.map(i => scope.columns[i]!.type), column, columnType, values, call };
  return leafOf(columns, scope, outer => pivotRows(source.run(outer), plan, outer, scope.compilation));
}

/** UNPIVOT (v FOR n IN (a, b)). */
export function buildUnpivot(node: ast.Unpivot, source: RowSource, scope: Scope): BuiltLeaf {
  planLookups(source);
  const ordinals = node.columns.map(parts => required(scope, parts));
  const type = scope.columns[ordinals[0]!]!.type;
  for (const i of ordinals) {
    const other = scope.columns[i]!.type;
    if (
      other.name !== type.name ||
      other.length !== type.length ||
      other.precision !== type.precision ||
      other.scale !== type.scale
    ) {
      throw new SqlError(
        8167,
        `The type of column "${scope.columns[i]!.name ?? ''}" conflicts with the type of other columns specified in the UNPIVOT list.`,
      );
    }
  }
  const keep = scope.columns.flatMap((_, i) => (ordinals.includes(i) ? [] : [i]));
  const columns: LeafColumn[] = [
    ...keep.map(i => plain(scope.columns[i]!)),
    { name: node.valueColumn, type, nullable: false },
    { name: node.nameColumn, type: SYSNAME, nullable: false },
  ];
  const plan = { keep, columns: ordinals.map(ordinal => ({ ordinal, name: scope.columns[ordinal]!.name! })) };
  return leafOf(columns, scope, outer => unpivotRows(source.run(outer), plan, scope.compilation));
}

const plain = ({ name, type, nullable }: LeafColumn): LeafColumn => ({ name, type, nullable });

const leafOf = (columns: readonly LeafColumn[], scope: Scope, open: BuiltLeaf['input']['open']): BuiltLeaf => ({
  columns,
  input: { width: columns.length, types: columns.map(column => column.type), correlated: scope.correlated, open },
});
