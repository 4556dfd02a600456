import type { ResultColumn } from '../engine/contracts.ts';
import { compileQuery } from '../engine/query/compile-query.ts';
import type * as ast from '../parser/ast.ts';
import { frameContext } from './contexts.ts';
import { checkDeclarations } from './declarations.ts';
import { Frame } from './frame.ts';
import { parseCache } from './parse-cache.ts';
import { parseParameterList } from './procedures/parameter-list.ts';
import { resolveDeclaredType } from './resolve-type.ts';
import type { SessionState } from './session-state.ts';
import { NO_RESULTS } from './sinks.ts';

/** The columns of the first result set of a batch, without running it; none when it gives no result set. */
export function describeFirstResultSet(
  session: SessionState,
  sql: string,
  declaration: string | null,
): readonly ResultColumn[] {
  const frame = new Frame({ kind: 'dynamic', text: sql, sink: NO_RESULTS, parent: session.frame });
  for (const parameter of parseParameterList(session, declaration ?? ''))
    frame.declare(parameter.name, parameter.type, null);
  const statements = parseCache.parse(sql, session.options.isOn('QUOTED_IDENTIFIER'));
  checkDeclarations(statements, frame);
  return firstColumns(session, frame, statements, 0) ?? [];
}

const MAX_DEPTH = 8;

/** The columns of the first query, also within blocks and executed procedures. */
function firstColumns(
  session: SessionState,
  frame: Frame,
  statements: readonly ast.Statement[],
  depth: number,
): readonly ResultColumn[] | undefined {
  for (const statement of statements) declareScalars(session, frame, statement);
  for (const statement of statements) {
    const found = columnsOf(session, frame, statement, depth);
    if (found) return found;
  }
  return undefined;
}

function columnsOf(
  session: SessionState,
  frame: Frame,
  statement: ast.Statement,
  depth: number,
): readonly ResultColumn[] | undefined {
  if (statement.kind === 'block') return firstColumns(session, frame, statement.body, depth);
  if (statement.kind === 'select statement') {
    const compiled = compileQuery(statement.query, frameContext(session, frame));
    return compiled.into || compiled.assignments ? undefined : compiled.columns;
  }
  if (statement.kind !== 'execute' || statement.target.kind !== 'procedure' || depth >= MAX_DEPTH) return undefined;
  const context = frameContext(session, frame);
  const procedure = context.find(context.objectName(statement.target.name));
  if (procedure?.kind !== 'procedure') return undefined;
  const inner = new Frame({ kind: 'dynamic', text: procedure.definition, sink: NO_RESULTS, parent: frame });
  for (const { name, type } of procedure.parameters) inner.declare(name, type, null);
  return firstColumns(session, inner, procedure.body, depth + 1);
}

function declareScalars(session: SessionState, frame: Frame, statement: ast.Statement): void {
  if (statement.kind !== 'declare') return;
  for (const variable of statement.variables) {
    if (variable.kind === 'scalar')
      frame.declare(variable.name, resolveDeclaredType(variable.type, session.database, 'dbo').type, null);
  }
}
