import type { CatalogView } from './view.ts';

const FIRST_ID = -385;
const ids = new Map<CatalogView, number>();

/** System objects have negative ids; ours are given out in the order of asking and stay for the process. */
export function systemViewId(view: CatalogView): number {
  let id = ids.get(view);
  if (id === undefined) ids.set(view, (id = FIRST_ID - ids.size));
  return id;
}
