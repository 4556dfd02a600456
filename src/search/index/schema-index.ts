import type { SearchDefinitions } from '../definitions.port.js';
import type { SchemaLink, SchemaModel } from '../catalog/schema-model.js';
import { JoinGraph } from '../joins/join-graph.js';
import { allLinks, type CountedJoin } from '../joins/links.js';
import type { Pause } from '../ranking/pause.js';
import { Ranker } from '../ranking/ranker.js';
import { buildTextIndex, type TextIndex } from '../ranking/text-index.js';
import { ValueIndex } from '../values/value-index.js';
import type { CollectedValues } from '../values/value.types.js';

/** Everything that searches of one database need. Nothing in it changes; a newer index takes its place. */
export interface SchemaIndex {
  readonly model: SchemaModel;
  readonly definitions: SearchDefinitions;
  readonly links: readonly SchemaLink[];
  readonly text: TextIndex;
  readonly ranker: Ranker;
  readonly graph: JoinGraph;
  readonly values: ValueIndex;
  /** What is not known, or not yet. */
  readonly notes: readonly string[];
}

/** What is read in the background, after the schema. */
export interface Background {
  readonly used: readonly CountedJoin[];
  readonly values: CollectedValues;
}

export const NOT_READ_YET: Background = {
  used: [],
  values: { columns: [], note: 'values and joins seen in use are still being read: search again in a moment' },
};

export async function buildSchemaIndex(
  model: SchemaModel,
  definitions: SearchDefinitions,
  background: Background,
  pause: Pause,
): Promise<SchemaIndex> {
  const links = allLinks(model, definitions, background.used);
  const text = await buildTextIndex(model, definitions.definitions, links, pause);
  return {
    model,
    definitions,
    links,
    text,
    ranker: new Ranker(model, text, links),
    graph: new JoinGraph(model, links),
    ...valuesAndNotes(model, background.values),
  };
}

/** The same index with other values. */
export function withValues(index: SchemaIndex, values: CollectedValues): SchemaIndex {
  return { ...index, ...valuesAndNotes(index.model, values) };
}

function valuesAndNotes(model: SchemaModel, { columns, note }: CollectedValues): Pick<SchemaIndex, 'values' | 'notes'> {
  return {
    values: new ValueIndex(columns),
    notes: [
      ...(model.cut ? ['the catalogue is too large to be read as a whole'] : []),
      ...(note === undefined ? [] : [note]),
    ],
  };
}

/** An estimate of the memory that an index holds, in bytes, measured with `npm run bench:search`. */
export function bytesOf({ model, text, values, links }: SchemaIndex): number {
  const columns = model.columns.names.length;
  return text.bytes + values.bytes + model.objects.length * 700 + columns * 60 + links.length * 350;
}
