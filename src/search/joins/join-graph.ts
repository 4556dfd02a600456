import type { SchemaLink, SchemaModel } from '../catalog/schema-model.js';

/** All links between two objects that follow each other on a path. */
export type JoinStep = readonly SchemaLink[];

export const MAX_STEPS = 5;
/** Costs are whole numbers, so that paths can be sorted into buckets. */
const STEP = 10;
/**
 * A path that goes to a common parent and down again, as from orders to a currency to invoices, relates everything to
 * everything. It costs more than a path over a table that refers to both.
 */
const OVER_PARENT = 15;
/** Of equal paths, one over foreign keys is better than one that somebody declared, or that queries used. */
const LESS_CERTAIN = { foreign_key: 0, declared: 1, used: 2 } as const;
const MAX_COST = MAX_STEPS * (STEP + OVER_PARENT + 2);
/** Links that one search looks at. */
const MAX_VISITS = 200_000;

/** Where a path has come: to an object, and whether the last link led from the referring to the referred table. */
interface Place {
  readonly object: number;
  readonly upward: boolean;
  readonly steps: number;
  readonly cost: number;
  readonly before: Place | undefined;
}

/** The links of a schema as a graph. */
export class JoinGraph {
  private readonly adjacent: readonly (readonly SchemaLink[])[];

  constructor(model: SchemaModel, links: readonly SchemaLink[]) {
    const adjacent: SchemaLink[][] = model.objects.map(() => []);
    for (const link of links) {
      adjacent[link.from]?.push(link);
      if (link.to !== link.from) adjacent[link.to]?.push(link);
    }
    this.adjacent = adjacent;
  }

  /** The links of an object to itself. */
  selfJoins(object: number): readonly SchemaLink[] {
    return (this.adjacent[object] ?? []).filter(({ from, to }) => from === to);
  }

  /** The links of an object to the visible objects to which it refers. */
  parents(object: number, isVisible: (object: number) => boolean): readonly JoinStep[] {
    const others = new Set((this.adjacent[object] ?? []).filter(link => link.from === object).map(({ to }) => to));
    return [...others].filter(other => other !== object && isVisible(other)).map(other => this.between(object, other));
  }

  /**
   * The shortest path from an object to each of the others, of at most five steps. A path leads only over objects that
   * `isVisible` admits.
   */
  paths(
    from: number,
    targets: ReadonlySet<number>,
    isVisible: (object: number) => boolean,
  ): ReadonlyMap<number, readonly JoinStep[]> {
    const found = new Map<number, readonly JoinStep[]>();
    const buckets: Place[][] = [[{ object: from, upward: false, steps: 0, cost: 0, before: undefined }]];
    const settled = new Set<number>();
    let visits = 0;
    for (let cost = 0; cost <= MAX_COST && found.size < targets.size; cost++) {
      for (const place of buckets[cost] ?? []) {
        const state = place.object * 2 + Number(place.upward);
        if (settled.has(state)) continue;
        settled.add(state);
        if (targets.has(place.object) && !found.has(place.object)) found.set(place.object, this.stepsTo(place));
        if (place.steps === MAX_STEPS) continue;
        for (const link of this.adjacent[place.object] ?? []) {
          if (++visits > MAX_VISITS) return found;
          const next = nextPlace(place, link);
          if (next !== undefined && isVisible(next.object)) (buckets[next.cost] ??= []).push(next);
        }
      }
    }
    return found;
  }

  private stepsTo(last: Place): readonly JoinStep[] {
    const steps: JoinStep[] = [];
    for (let place = last; place.before !== undefined; place = place.before)
      steps.unshift(this.between(place.before.object, place.object));
    return steps;
  }

  private between(a: number, b: number): JoinStep {
    return (this.adjacent[a] ?? []).filter(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  }
}

function nextPlace(place: Place, link: SchemaLink): Place | undefined {
  const upward = link.from === place.object;
  const object = upward ? link.to : link.from;
  if (object === place.object) return undefined;
  const overParent = place.before !== undefined && place.upward && !upward ? OVER_PARENT : 0;
  const cost = place.cost + STEP + overParent + LESS_CERTAIN[link.source];
  return { object, upward, steps: place.steps + 1, cost, before: place };
}
