import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType } from '../../engine/sql-type.ts';
import { precisionScale } from '../../engine/types.ts';
import type * as ast from '../../parser/ast.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { ForeignKeyConstraint, IndexDefinition, ReferentialAction } from '../../storage/table.ts';
import type { ExecutionContext } from '../execution-context.ts';
import type { PendingForeignKey } from './table-builder.ts';

const ACTIONS: Record<ast.ReferentialAction, ReferentialAction> = {
  'no action': 'NO_ACTION',
  cascade: 'CASCADE',
  'set null': 'SET_NULL',
  'set default': 'SET_DEFAULT',
};

/** Finds the key that a FOREIGN KEY refers to, and checks it. */
export function resolveForeignKey(
  context: ExecutionContext,
  child: MemoryTable,
  pending: PendingForeignKey,
): ForeignKeyConstraint {
  const { node, name } = pending;
  const target = context.objectName(node.referencedTable);
  const written = node.referencedTable.join('.');
  const own =
    (target.schema === undefined || target.schema.toLowerCase() === child.schema.toLowerCase()) &&
    target.name.toLowerCase() === child.name.toLowerCase();
  const found = own ? child : context.find(target);
  if (found?.kind !== 'table')
    throw new SqlError(1767, `Foreign key '${name}' references invalid table '${written}'.`, 16, 0);
  const parent = found as MemoryTable;
  const columns = node.columns.map(column => {
    const ordinal = child.ordinalOf(column);
    if (ordinal < 0)
      throw new SqlError(
        1769,
        `Foreign key '${name}' references invalid column '${column}' in referencing table '${child.name}'.`,
      );
    return ordinal;
  });
  const primary = parent.indexes.find(index => index.constraint === 'PRIMARY KEY');
  if (!node.referencedColumns && !primary) {
    throw new SqlError(
      1773,
      `Foreign key '${name}' has implicit reference to object '${written}' which does not have a primary key defined on it.`,
      16,
      0,
    );
  }
  const referenced =
    node.referencedColumns?.map(column => {
      const ordinal = parent.ordinalOf(column);
      if (ordinal < 0)
        throw new SqlError(
          1770,
          `Foreign key '${name}' references invalid column '${column}' in referenced table '${parent.name}'.`,
          16,
          0,
        );
      return ordinal;
    }) ?? primary!.key.map(column => column.ordinal);
  if (referenced.length !== columns.length) {
    throw new SqlError(
      8139,
      `Number of referencing columns in foreign key differs from number of referenced columns, table '${child.name}'.`,
      16,
      0,
    );
  }
  const key = parent.indexes.find(index => isKeyOver(index, referenced));
  if (!key) {
    throw new SqlError(
      1776,
      `There are no primary or candidate keys in the referenced table '${written}' that match the referencing column list in the foreign key '${name}'.`,
      16,
      0,
    );
  }
  columns.forEach((ordinal, i) => {
    const from = child.columns[ordinal]!;
    const to = parent.columns[referenced[i]!]!;
    if (sameKeyType(from.type, to.type)) return;
    throw new SqlError(
      1778,
      `Column '${written}.${to.name}' is not the same data type as referencing column '${child.name}.${from.name}' in foreign key '${name}'.`,
      16,
      0,
    );
  });
  const onDelete = ACTIONS[node.onDelete];
  const onUpdate = ACTIONS[node.onUpdate];
  if (reaches(parent, child, onDelete, 'onDelete') || reaches(parent, child, onUpdate, 'onUpdate')) {
    throw new SqlError(
      1785,
      `Introducing FOREIGN KEY constraint '${name}' on table '${child.name}' may cause cycles or multiple cascade paths. Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY constraints.`,
      16,
      0,
    );
  }
  return {
    kind: 'foreign key',
    objectId: pending.objectId,
    name,
    systemNamed: pending.systemNamed,
    columns,
    referencedTable: parent,
    referencedColumns: referenced,
    referencedIndexId: key.indexId,
    onDelete,
    onUpdate,
    disabled: false,
    notTrusted: false,
  };
}

const isKeyOver = (index: IndexDefinition, ordinals: readonly number[]): boolean =>
  index.unique &&
  !index.filter &&
  index.key.length === ordinals.length &&
  index.key.every(column => ordinals.includes(column.ordinal));

/** Integers must match exactly, strings may differ in length only. */
function sameKeyType(a: SqlType, b: SqlType): boolean {
  if (a.name !== b.name) {
    const pair = [a.name, b.name];
    return pair.includes('decimal') && pair.includes('numeric') && samePrecision(a, b);
  }
  return a.precision === undefined || samePrecision(a, b);
}

function samePrecision(a: SqlType, b: SqlType): boolean {
  const x = precisionScale(a);
  const y = precisionScale(b);
  return x.precision === y.precision && x.scale === y.scale;
}

/** Whether a cascade from the parent would reach the child by a second path, or return to the parent. */
function reaches(
  parent: MemoryTable,
  child: MemoryTable,
  action: ReferentialAction,
  event: 'onDelete' | 'onUpdate',
): boolean {
  if (action === 'NO_ACTION') return false;
  if (parent === child) return true;
  const ancestors = new Set<MemoryTable>();
  const climb = (table: MemoryTable): void => {
    if (ancestors.has(table)) return;
    ancestors.add(table);
    for (const key of table.foreignKeys) if (key[event] !== 'NO_ACTION') climb(key.referencedTable as MemoryTable);
  };
  climb(parent);
  if (ancestors.has(child)) return true;
  const others = new Set<MemoryTable>();
  for (const key of child.foreignKeys) {
    if (key[event] === 'NO_ACTION') continue;
    const before = new Set(ancestors);
    ancestors.clear();
    climb(key.referencedTable as MemoryTable);
    for (const table of ancestors) others.add(table);
    ancestors.clear();
    for (const table of before) ancestors.add(table);
  }
  return [...others].some(table => ancestors.has(table));
}
