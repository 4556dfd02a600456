import type { SchemaLink, SchemaModel } from '../catalog/schema-model.js';
import { wordsOfName } from '../text/words.js';

/** Parts of the names of copies, archives and passing tables, in English, German and Spanish. */
const COPY_WORDS: ReadonlySet<string> = new Set([
  ...[
    'bak',
    'backup',
    'old',
    'alt',
    'copy',
    'kopie',
    'copia',
    'tmp',
    'temp',
    'test',
    'arc',
    'archiv',
    'archive',
    'hist',
  ],
  ...['log', 'imp', 'import', 'stg', 'staging', 'del', 'deleted', 'save', 'sav', 'neu', 'new', 'orig', 'prot', 'bck'],
]);
const COPY = 0.72;
/** The name without its last part is that of another table. */
const COPY_OF_OTHER = 0.5;
const EMPTY = 0.85;
/** What ten times as many rows, and twice as many keys, are worth. */
const PER_SIZE = 0.02;
const PER_KEYS = 0.08;

/**
 * How likely each object is meant, whatever the words are, around 1: tables with rows and with keys are, copies and empty
 * tables are not.
 */
export function objectPriors(model: SchemaModel, links: readonly SchemaLink[]): Float32Array {
  const keys = new Uint32Array(model.objects.length);
  const referred = new Uint8Array(model.objects.length);
  for (const { from, to } of links) {
    keys[from] = (keys[from] ?? 0) + 1;
    keys[to] = (keys[to] ?? 0) + 1;
    if (from !== to) referred[to] = 1;
  }
  return Float32Array.from(model.objects, ({ schema, name, rowCount, kind }, at) => {
    if (kind === 'procedure' || kind === 'function') return 0.9;
    const size = rowCount === undefined ? 1 : rowCount === 0 ? EMPTY : 1 + PER_SIZE * Math.log10(rowCount);
    const isCopy = referred[at] === 0 && looksLikeCopy(name);
    const isOfOther = isCopy && model.find(schema, name.replace(/(?:_?\d+)?[_ ]?[^_ ]*$/u, '')) !== undefined;
    const copy = isOfOther ? COPY_OF_OTHER : isCopy ? COPY : 1;
    return size * copy * (1 + PER_KEYS * Math.log2(1 + (keys[at] ?? 0)));
  });
}

function looksLikeCopy(name: string): boolean {
  const words = wordsOfName(name);
  return words.some((word, i) => i > 0 && (COPY_WORDS.has(word) || /^(?:19|20)\d{2}(?:\d{2}(?:\d{2})?)?$/.test(word)));
}
