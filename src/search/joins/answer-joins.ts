import type { SchemaLink, SchemaModel } from '../catalog/schema-model.js';
import { type JoinGraph, type JoinStep, MAX_STEPS } from './join-graph.js';
import { shownJoin, type ShownJoin } from './shown-join.js';

/** The tables of an answer that are joined with each other: the first ones. */
const JOINED = 6;
/** Tables that are further back are joined only where the path is short. */
const STEPS_BY_RANK = [MAX_STEPS, MAX_STEPS, MAX_STEPS, MAX_STEPS, 4, 4] as const;
/** Joins between the same two tables. */
const MAX_PARALLEL = 6;

/** Tables whose keys to other tables are shown beside: an answer may need a column of the other one. */
const WITH_PARENTS = 4;

/**
 * The joins between the objects of an answer, in the order of their use: those between the best objects first, then those
 * of the best objects with tables to which they refer.
 */
export function answerJoins(
  model: SchemaModel,
  graph: JoinGraph,
  ranked: readonly number[],
  isVisible: (object: number) => boolean,
): readonly ShownJoin[] {
  const objects = ranked.slice(0, JOINED);
  const paths: { readonly order: number; readonly steps: readonly JoinStep[] }[] = [];
  objects.forEach((from, i) => {
    const others = objects.slice(i + 1);
    for (const [to, steps] of graph.paths(from, new Set(others), isVisible)) {
      const rank = objects.indexOf(to);
      if (steps.length <= (STEPS_BY_RANK[rank] ?? 0)) paths.push({ order: i + rank + steps.length, steps });
    }
    paths.push({ order: 2 * i + 1, steps: [graph.selfJoins(from)] });
  });
  paths.sort((a, b) => a.order - b.order);
  const parents = objects.slice(0, WITH_PARENTS).flatMap(object => graph.parents(object, isVisible));
  const links = new Map<SchemaLink, boolean>();
  for (const step of [...paths.flatMap(({ steps }) => steps), ...parents])
    for (const link of step.slice(0, MAX_PARALLEL)) if (!links.has(link)) links.set(link, step.length > 1);
  return [...links].map(([link, several]) => shownJoin(model, link, several));
}
