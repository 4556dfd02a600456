import { compilePredicate } from '../../engine/query/compile-query.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import { nowTicks } from '../../storage/clock.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { SecurityPolicyDefinition, SecurityPredicate } from '../../storage/table.ts';
import { predicateContext, frameContext } from '../contexts.ts';
import type { Frame } from '../frame.ts';
import { predicateNode } from '../row-security.ts';
import type { SessionState } from '../session-state.ts';
import { tableScope } from '../table-scope.ts';
import { newObjectName, refuseDuplicate, requireCreate } from './names.ts';
import { currentUndo } from './undo.ts';

type Operation = NonNullable<SecurityPredicate['operation']>;

/** CREATE and ALTER SECURITY POLICY. */
export function defineSecurityPolicy(session: SessionState, frame: Frame, statement: ast.SecurityPolicy): void {
  const target = newObjectName(session, statement.name);
  const { database } = target;
  const now = nowTicks();
  if (statement.verb === 'create') {
    requireCreate(session, 'ALTER ANY SECURITY POLICY', target);
    refuseDuplicate(target);
    let policy: SecurityPolicyDefinition = {
      kind: 'security policy',
      objectId: database.newObjectId(),
      schema: target.schema.name,
      name: target.name,
      created: now,
      modified: now,
      enabled: statement.enabled ?? true,
      schemaBound: statement.schemaBinding,
      predicates: [],
    };
    for (const node of statement.predicates) policy = change(session, frame, database, policy, node);
    currentUndo(session).log(database.add(policy));
    return;
  }
  const existing = database.objectByName(target.schema.name, target.name);
  if (existing?.kind !== 'security policy' || !session.securityIn(database).has('ALTER ANY SECURITY POLICY')) {
    throw new SqlError(
      15151,
      `Cannot alter the security policy '${target.name}', because it does not exist or you do not have permission.`,
    );
  }
  let policy: SecurityPolicyDefinition = { ...existing, modified: now, enabled: statement.enabled ?? existing.enabled };
  for (const node of statement.predicates) policy = change(session, frame, database, policy, node);
  currentUndo(session).log(database.replace(existing, policy));
}

function change(
  session: SessionState,
  frame: Frame,
  database: Database,
  policy: SecurityPolicyDefinition,
  node: ast.SecurityPredicate,
): SecurityPolicyDefinition {
  const context = frameContext(session, frame);
  const found = context.find(context.objectName(node.table));
  if (found?.kind !== 'table') {
    throw new SqlError(
      33268,
      `Cannot find the object "${node.table.join('.')}" because it does not exist or you do not have permissions.`,
    );
  }
  const table = found as MemoryTable;
  const type = node.type === 'filter' ? 'FILTER' : 'BLOCK';
  const operation = node.operation?.toUpperCase() as Operation | undefined;
  const same = (other: SecurityPredicate): boolean =>
    other.table === table && other.type === type && other.operation === operation;
  const existing = policy.predicates.find(same);
  if (node.action === 'drop') {
    if (!existing)
      throw new SqlError(
        33262,
        `A ${type} predicate has not been defined on table '${table.name}' in the security policy '${policy.name}'.`,
      );
    return { ...policy, predicates: policy.predicates.filter(other => other !== existing) };
  }
  if (node.action === 'add' && existing) {
    throw new SqlError(
      33263,
      `A ${type} predicate is already defined on table '${table.name}' in the security policy '${policy.name}'.`,
    );
  }
  const predicate = define(session, database, table, node, {
    predicateId: existing?.predicateId ?? Math.max(0, ...policy.predicates.map(other => other.predicateId)) + 1,
    type,
    operation,
  });
  return { ...policy, predicates: [...policy.predicates.filter(other => other !== existing), predicate] };
}

function define(
  session: SessionState,
  database: Database,
  table: MemoryTable,
  node: ast.SecurityPredicate,
  base: { readonly predicateId: number; readonly type: 'FILTER' | 'BLOCK'; readonly operation: Operation | undefined },
): SecurityPredicate {
  const functionName = node.function!;
  const schema = functionName[functionName.length - 2] || 'dbo';
  const name = functionName[functionName.length - 1]!;
  const found = database.objectByName(schema, name);
  if (found?.kind !== 'inline function') {
    throw new SqlError(
      33265,
      `Cannot find the inline table-valued function '${functionName.join('.')}' that the security predicate needs.`,
    );
  }
  if (!found.schemaBound) {
    throw new SqlError(
      4512,
      `Cannot schema bind security policy because name '${functionName.join('.')}' is invalid for schema binding. Names must be in two-part format and an object cannot reference itself.`,
    );
  }
  compilePredicate(
    predicateNode({ functionName, args: node.args }),
    predicateContext(session, database),
    tableScope(table.columns),
  );
  const args = node.args
    .map(argument => (argument.kind === 'column' ? `[${argument.parts[argument.parts.length - 1]!}]` : '…'))
    .join(', ');
  return {
    predicateId: base.predicateId,
    type: base.type,
    ...(base.operation ? { operation: base.operation } : {}),
    definition: `([${schema}].[${name}](${args}))`,
    functionName: [schema, name],
    args: node.args,
    table,
  };
}
