import { SqlError } from '../engine/sql-error.ts';
import type * as ast from '../parser/ast.ts';
import { frameContext } from './contexts.ts';
import type { Frame } from './frame.ts';
import type { SessionState } from './session-state.ts';

const COST_OF_ROW = 0.001;
/** A catalogue view makes its rows when it is read. */
const ROWS_OF_VIRTUAL = 500;
/** Of a CTE that is read, a function or a pivot. */
const ROWS_OF_OTHER = 100;
const MAX_DEPTH = 30;

/** Throws 8649 when a statement that handles so many rows costs more than SET QUERY_GOVERNOR_COST_LIMIT allows. */
export function assertAffordable({ options }: Pick<SessionState, 'options'>, rows: number): void {
  const cost = Math.round(rows * COST_OF_ROW);
  if (options.costLimit <= 0 || options.ignoresCost || cost <= options.costLimit) return;
  const shown = Math.min(cost, 2_147_483_647);
  throw new SqlError(
    8649,
    `The query has been canceled because the estimated cost of this query (${shown}) exceeds the configured threshold of ${options.costLimit}. Contact the system administrator.`,
    17,
  );
}

/**
 * A rough estimate of the rows that a SELECT handles: those that its sources have, and those that their joins make. A join
 * with a condition makes as many as its larger side, one without makes all pairs. Subqueries outside of FROM don't count.
 */
export function estimatedRows(session: SessionState, frame: Frame, query: ast.Query): number {
  const context = frameContext(session, frame);
  let read = 0;

  const ofQuery = ({ ctes, body }: ast.Query, depth: number): number => {
    for (const { query: inner } of ctes) leaf(ofQuery(inner, depth + 1));
    return ofBody(body, depth + 1);
  };
  const ofBody = (body: ast.QueryBody, depth: number): number => {
    if (depth > MAX_DEPTH) return 1;
    switch (body.kind) {
      case 'select': {
        const rows = body.from.map(source => ofSource(source, depth));
        return body.where === undefined ? rows.reduce((product, next) => product * next, 1) : Math.max(1, ...rows);
      }
      case 'set operation':
        return ofBody(body.left, depth + 1) + ofBody(body.right, depth + 1);
      case 'values':
        return body.rows.length;
    }
  };
  const leaf = (rows: number): number => {
    read += rows;
    return rows;
  };
  const ofSource = (source: ast.TableSource, depth: number): number => {
    if (depth > MAX_DEPTH) return 1;
    switch (source.kind) {
      case 'table': {
        const found = context.resolveSource(source.name);
        if (found?.kind === 'table') return leaf(found.table.rowCount);
        if (found?.kind === 'view') return ofQuery(found.query, depth + 1);
        return leaf(found === undefined ? ROWS_OF_OTHER : ROWS_OF_VIRTUAL);
      }
      case 'derived table':
        return ofQuery(source.query, depth + 1);
      case 'join': {
        const [left, right] = [ofSource(source.left, depth + 1), ofSource(source.right, depth + 1)];
        return source.on === undefined ? left * right : Math.max(left, right);
      }
      case 'apply':
        return Math.max(ofSource(source.left, depth + 1), ofSource(source.right, depth + 1));
      case 'pivot':
      case 'unpivot':
        return ofSource(source.source, depth + 1);
      case 'table function':
        return leaf(ROWS_OF_OTHER);
    }
  };
  return ofQuery(query, 0) + read;
}
