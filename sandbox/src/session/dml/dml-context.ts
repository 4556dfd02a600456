import type { ObjectPermission } from '../../engine/binder/bind-context.ts';
import { notSupported, SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { ExecutionContext } from '../execution-context.ts';

export interface DmlContext {
  readonly context: ExecutionContext;
  readonly database: Database;
}

/**
 * Checks that the target may be changed. SELECT is needed as well only when the statement reads columns, that is
 * when it has a WHERE, a FROM or uses a column in SET.
 */
export function dmlContext(
  context: ExecutionContext,
  statement: ast.Update | ast.Delete | ast.Merge,
  permissions: readonly ObjectPermission[],
): DmlContext {
  const name = targetName(statement);
  if (!name) return { context, database: context.scope.database };
  const source = context.resolveSource(name);
  const last = name[name.length - 1]!;
  const local = last.startsWith('@') || last.startsWith('#');
  const database = local ? context.scope.database : context.objectName(name).database;
  if (!source) return { context, database };
  if (source.kind === 'virtual') throw new SqlError(259, 'Ad hoc updates to system catalogs are not allowed.');
  if (!local) for (const permission of permissions) context.checkPermission(permission, source);
  if (source.kind === 'view') {
    const definition = database.objectById(source.objectId);
    if (definition?.kind === 'view' && definition.checkOption)
      throw notSupported('changing data through a view WITH CHECK OPTION', statement.line);
  }
  return { context: reads(statement) ? context : context.withoutReading(source.objectId), database };
}

/** The name of the target, undefined for a common table expression or a derived table. */
function targetName(statement: ast.Update | ast.Delete | ast.Merge): ast.ObjectName | undefined {
  const { name } = statement.target;
  if (name.length > 1) return name;
  const wanted = name[0]!.toLowerCase();
  if (statement.kind !== 'merge') {
    const found = aliased(statement.from, wanted);
    if (found) return found.kind === 'table' && !isCte(statement, found.name) ? found.name : undefined;
  }
  return isCte(statement, name) ? undefined : name;
}

const isCte = (statement: ast.DmlNode, name: ast.ObjectName): boolean =>
  name.length === 1 && statement.ctes.some(cte => cte.name.toLowerCase() === name[0]!.toLowerCase());

function aliased(sources: readonly ast.TableSource[], wanted: string): ast.NamedTable | ast.DerivedTable | undefined {
  for (const source of sources) {
    if (source.kind === 'join' || source.kind === 'apply') {
      const found = aliased([source.left, source.right], wanted);
      if (found) return found;
    } else if ((source.kind === 'table' || source.kind === 'derived table') && source.alias?.toLowerCase() === wanted)
      return source;
  }
  return undefined;
}

function reads(statement: ast.Update | ast.Delete | ast.Merge): boolean {
  if (statement.kind === 'merge') return true;
  if (statement.where !== undefined || statement.from.length > 0 || statement.output.length > 0) return true;
  return statement.kind === 'update' && statement.set.some(clause => mentionsColumn(clause.value));
}

function mentionsColumn(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some(mentionsColumn);
  return (node as { kind?: unknown }).kind === 'column' || Object.values(node).some(mentionsColumn);
}
