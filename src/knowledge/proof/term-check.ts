import { JoinPlan } from '../metrics/join-plan.js';
import type { Term } from '../file/definitions.js';
import type { JoinGraph } from '../model/join-graph.js';
import { Resolution } from '../model/resolution.js';
import { existing, resolveAll } from '../model/resolve-metric.js';
import type { SchemaModel } from '../model/schema-model.js';
import { columnsOf, readRowExpression } from '../sql/row-expression.js';

/** The statement that shows whether the condition of a term compiles; undefined for a term without one. Throws Drift. */
export async function termSql(
  { table, condition }: Term,
  model: SchemaModel,
  graph: JoinGraph,
): Promise<string | undefined> {
  if (table === undefined || condition === undefined) return undefined;
  const base = await existing(table, model);
  const expression = readRowExpression(condition);
  const columns = await resolveAll(columnsOf(expression), new Resolution(model, graph, base));
  const plan = new JoinPlan(base);
  const where = plan.expression(expression, columns);
  return `SELECT 1 AS found\n${plan.sql}\nWHERE ${where}`;
}
