import { demoBatches } from './demo/demo.ts';
import { EXTRAS } from './extras.ts';
import { SHOP } from './shop.ts';
import { WORKSHOP } from './workshop.ts';

/**
 * `shop`: customers, orders, products. `sample`, the default: the shop, and a table with every data type,
 * descriptions, awkward names, a name in two schemas. `demo`: the tables of `sample` with rows up to today, and also
 * marketing spend and a log of payments. `workshop`: a small lending workshop. `none`: an empty database.
 */
export type SeedName = 'sample' | 'shop' | 'demo' | 'workshop' | 'none';

/** A named seed, or a T-SQL script in which GO on a line by itself separates batches. */
export type Seed = SeedName | { readonly sql: string };

const NAMED: Readonly<Record<SeedName, (now: number) => readonly string[]>> = {
  sample: () => [...SHOP, ...EXTRAS],
  shop: () => SHOP,
  demo: demoBatches,
  workshop: () => WORKSHOP,
  none: () => [],
};

/** The batches of a script: GO stands on a line by itself, maybe with a count (sqlcmd). */
export function splitBatches(script: string): string[] {
  const batches: string[] = [];
  let lines: string[] = [];
  const flush = (times: number): void => {
    const batch = lines.join('\n');
    lines = [];
    if (batch.trim() === '') return;
    for (let i = 0; i < times; i++) batches.push(batch);
  };
  for (const line of script.split(/\r?\n/)) {
    const go = /^\s*GO(?:\s+(\d+))?\s*(?:--.*)?;?\s*$/i.exec(line);
    if (go) flush(Number(go[1] ?? 1));
    else lines.push(line);
  }
  flush(1);
  return batches;
}

/**
 * The batches of a seed, in order: plain T-SQL, so that a real SQL Server can be given the same data. `now`, in
 * milliseconds since 1970, is the time that the dates of `demo` are relative to.
 */
export function seedBatches(seed: Seed, now: number = Date.now()): readonly string[] {
  if (typeof seed !== 'string') return splitBatches(seed.sql);
  if (!Object.hasOwn(NAMED, seed))
    throw new Error(`Seed "${seed}" does not exist. The seeds are ${SEED_NAMES.join(', ')}.`);
  return NAMED[seed](now);
}

export const SEED_NAMES = Object.keys(NAMED) as readonly SeedName[];
