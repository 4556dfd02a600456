import type * as ast from '../../parser/ast.ts';
import { expressionKey } from './expression-key.ts';
import { groupingKey } from './resolve-column.ts';
import type { Scope } from './scope.ts';

const NEVER_NULL: ReadonlySet<string> = new Set([
  'GETDATE',
  'GETUTCDATE',
  'SYSDATETIME',
  'SYSUTCDATETIME',
  'SYSDATETIMEOFFSET',
  'CURRENT_TIMESTAMP',
  'NEWID',
  'PI',
  'CONCAT',
]);

/** Whether the metadata describe a result column as nullable. In doubt it is nullable. */
export function isNullable(node: ast.Expression, scope: Scope): boolean {
  if (scope.grouping) {
    const key = groupingKey(scope.grouping, expressionKey(node, scope.grouping.input));
    if (key >= 0) return scope.grouping.keys[key]!.nullable;
  }
  switch (node.kind) {
    case 'literal':
      return node.value === null;
    case 'column': {
      const source = scope.grouping?.input ?? scope;
      const ordinal = source.find(node.parts);
      return ordinal < 0 || scope.grouping !== undefined || source.columns[ordinal]!.nullable;
    }
    case 'collate':
      return isNullable(node.expression, scope);
    case 'cast':
      return node.try || node.form !== 'cast' || isNullable(node.expression, scope);
    case 'simple case':
    case 'searched case':
      return (
        !node.otherwise ||
        isNullable(node.otherwise, scope) ||
        node.branches.some(branch => isNullable(branch.then, scope))
      );
    case 'iif':
      return isNullable(node.whenTrue, scope) || isNullable(node.whenFalse, scope);
    case 'function': {
      if (node.name.length !== 1 || node.over) return true;
      const name = node.name[0]!.toUpperCase();
      if (NEVER_NULL.has(name)) return false;
      if (name === 'ISNULL' && node.args.length === 2) return node.args.every(arg => isNullable(arg, scope));
      return true;
    }
    default:
      return true;
  }
}
