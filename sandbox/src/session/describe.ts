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
  for (const statement of statements) declareScalars(session, frame, statement);
  for (const statement of statements) {
    if (statement.kind !== 'select statement') continue;
    const compiled = compileQuery(statement.query, frameContext(session, frame));
    if (!compiled.into && !compiled.assignments) return compiled.columns;
  }
  return [];
}

function declareScalars(session: SessionState, frame: Frame, statement: ast.Statement): void {
  if (statement.kind !== 'declare') return;
  for (const variable of statement.variables) {
    if (variable.kind === 'scalar')
      frame.declare(variable.name, resolveDeclaredType(variable.type, session.database, 'dbo').type, null);
  }
}
