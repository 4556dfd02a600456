import type { SearchDefinition } from '../definitions.port.js';
import type { SchemaLink, SchemaModel } from '../catalog/schema-model.js';
import { stem, wordsOf, wordsOfName } from '../text/words.js';
import type { Pause } from './pause.js';

/** Where a word occurs. The numbers are stored in the index. */
export const FIELD = {
  name: 0,
  description: 1,
  column: 2,
  columnDescription: 3,
  neighbour: 4,
  synonym: 5,
  parameter: 6,
} as const;
export const FIELD_COUNT = 8;

/** A table to which so many others refer says nothing about each of them. */
const MAX_CHILDREN = 20;

/** The words of the objects and definitions, and where each occurs. Documents are the objects, then the definitions. */
export class TextIndex {
  readonly tokens: readonly string[];
  readonly documents: number;
  /** How many names of columns each document has. */
  readonly lengths: Uint16Array;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly postings: readonly Uint32Array[];
  private readonly byStem = new Map<string, number[]>();
  private readonly byLetter = new Map<string, number[]>();

  constructor(ids: ReadonlyMap<string, number>, postings: readonly (readonly number[])[], lengths: Uint16Array) {
    this.ids = ids;
    this.tokens = [...ids.keys()];
    this.documents = lengths.length;
    this.lengths = lengths;
    this.postings = postings.map(list => Uint32Array.from(list));
    this.tokens.forEach((token, id) => {
      addTo(this.byStem, stem(token), id);
      if (this.isInName(id)) addTo(this.byLetter, token[0] ?? '', id);
    });
  }

  idOf(token: string): number | undefined {
    return this.ids.get(token);
  }

  withStem(word: string): readonly number[] {
    return this.byStem.get(stem(word)) ?? [];
  }

  /** The words of names of tables and columns that begin with a letter: only names are abbreviated. */
  inNamesWith(letter: string): readonly number[] {
    return this.byLetter.get(letter) ?? [];
  }

  /** Where the token occurs: `document * FIELD_COUNT + field`, each once. */
  occurrences(token: number): Uint32Array {
    return this.postings[token] ?? new Uint32Array();
  }

  /** The share of these words, in any form, that the names of each document have; from the document `first` on. */
  sharesInNames(words: readonly string[], first: number): ReadonlyMap<number, number> {
    const all = new Set(words.map(stem));
    const shares = new Map<number, number>();
    for (const word of all) {
      const entries = (this.byStem.get(word) ?? []).flatMap(token => [...this.occurrences(token)]);
      const named = entries
        .filter(entry => entry % FIELD_COUNT === FIELD.name)
        .map(entry => Math.floor(entry / FIELD_COUNT));
      for (const document of new Set(named))
        if (document >= first) shares.set(document, (shares.get(document) ?? 0) + 1 / all.size);
    }
    return shares;
  }

  /** An estimate of the memory that the index holds, in bytes. */
  get bytes(): number {
    return this.tokens.length * 250 + this.postings.reduce((sum, list) => sum + list.byteLength, 0);
  }

  private isInName(id: number): boolean {
    return this.occurrences(id).some(entry => NAME_FIELDS.has(entry % FIELD_COUNT));
  }
}

const NAME_FIELDS: ReadonlySet<number> = new Set([FIELD.name, FIELD.column]);

/** Makes the index in slices: `pause` lets other work run between them. */
export async function buildTextIndex(
  model: SchemaModel,
  definitions: readonly SearchDefinition[],
  links: readonly SchemaLink[],
  pause: Pause,
): Promise<TextIndex> {
  const writer = new Writer(model.objects.length + definitions.length);
  const neighbours = neighboursOf(model, links);
  for (const [at, object] of model.objects.entries()) {
    writer.add(at, FIELD.name, writer.ofName(object.name));
    writer.add(at, FIELD.description, wordsOf(object.description ?? ''));
    const [from, to] = model.columnRange(at);
    writer.lengths[at] = Math.min(to - from, 65_535);
    for (let column = from; column < to; column++) {
      writer.add(at, FIELD.column, writer.ofName(model.columns.names[column] ?? ''));
      const description = model.columns.descriptions.get(column);
      if (description !== undefined) writer.add(at, FIELD.columnDescription, wordsOf(description));
    }
    for (const neighbour of neighbours[at] ?? []) {
      const other = model.objects[neighbour];
      writer.add(at, FIELD.neighbour, [...writer.ofName(other?.name ?? ''), ...wordsOf(other?.description ?? '')]);
    }
    for (const parameter of object.parameters ?? []) writer.add(at, FIELD.parameter, writer.ofName(parameter));
    if (at % 64 === 0) await pause();
  }
  addDefinitions(writer, model, definitions);
  return writer.index();
}

/** The name and the synonyms of a definition are words of its tables, too. */
function addDefinitions(writer: Writer, model: SchemaModel, definitions: readonly SearchDefinition[]): void {
  for (const [i, { name, synonyms, meaning, places }] of definitions.entries()) {
    const document = model.objects.length + i;
    const words = [...wordsOfName(name), ...synonyms.flatMap(wordsOf)];
    writer.add(document, FIELD.name, words);
    writer.add(document, FIELD.description, wordsOf(meaning ?? ''));
    for (const { schema, table } of places) {
      const object = model.find(schema, table);
      if (object !== undefined) writer.add(object, FIELD.synonym, words);
    }
  }
}

/** The tables to which each table refers, and those that refer to it, unless they are many. */
function neighboursOf(model: SchemaModel, links: readonly SchemaLink[]): readonly ReadonlySet<number>[] {
  const parents = model.objects.map(() => new Set<number>());
  const children = model.objects.map(() => new Set<number>());
  for (const { from, to } of links) {
    if (from === to) continue;
    parents[from]?.add(to);
    children[to]?.add(from);
  }
  return parents.map((own, at) => {
    const others = children[at] ?? new Set();
    return others.size > MAX_CHILDREN ? own : new Set([...own, ...others]);
  });
}

class Writer {
  readonly lengths: Uint16Array;
  private readonly ids = new Map<string, number>();
  private readonly postings: number[][] = [];
  private readonly nameWords = new Map<string, readonly string[]>();

  constructor(documents: number) {
    this.lengths = new Uint16Array(documents);
  }

  /** Names of columns repeat in many tables. */
  ofName(name: string): readonly string[] {
    let words = this.nameWords.get(name);
    if (words === undefined) this.nameWords.set(name, (words = wordsOfName(name)));
    return words;
  }

  add(document: number, field: number, words: readonly string[]): void {
    const entry = document * FIELD_COUNT + field;
    for (const word of words) {
      let id = this.ids.get(word);
      if (id === undefined) {
        id = this.ids.size;
        this.ids.set(word, id);
        this.postings.push([]);
      }
      const list = this.postings[id];
      // A field of a document is written in one go, among few others.
      if (list !== undefined && !list.includes(entry, Math.max(0, list.length - FIELD_COUNT))) list.push(entry);
    }
  }

  index(): TextIndex {
    return new TextIndex(this.ids, this.postings, this.lengths);
  }
}

function addTo(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
