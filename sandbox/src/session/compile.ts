import { compileExpression, compilePredicate, compileQuery } from '../engine/query/compile-query.ts';
import type { CompiledQuery, StandaloneExpression, StandalonePredicate } from '../engine/query/compiled-query.ts';
import type * as ast from '../parser/ast.ts';
import { frameContext } from './contexts.ts';
import { compiling } from './errors.ts';
import type { ExecutionContext } from './execution-context.ts';
import type { Frame } from './frame.ts';
import type { SessionState } from './session-state.ts';

/** Caches a frame's compiled plan for a node until something changes that the plan depends on: loops compile once. */
export function planned<T>(
  session: SessionState,
  frame: Frame,
  node: object,
  compile: (context: ExecutionContext) => T,
): T {
  const version = `${session.planVersion}.${session.database.databaseId}.${session.database.version}`;
  const known = frame.plans.get(node);
  if (known?.version === version) return known.plan as T;
  const plan = compiling(() => compile(frameContext(session, frame)));
  frame.plans.set(node, { version, plan });
  return plan;
}

export const queryPlan = (session: SessionState, frame: Frame, query: ast.Query): CompiledQuery =>
  planned(session, frame, query, context => compileQuery(query, context));

export const expressionPlan = (session: SessionState, frame: Frame, expression: ast.Expression): StandaloneExpression =>
  planned(session, frame, expression, context => compileExpression(expression, context));

export const predicatePlan = (session: SessionState, frame: Frame, predicate: ast.Predicate): StandalonePredicate =>
  planned(session, frame, predicate, context => compilePredicate(predicate, context));
