import type { DefinedPlace } from '../definitions.port.js';
import type { SchemaIndex } from '../index/schema-index.js';
import type { RankedTerm } from '../ranking/ranker.js';
import type { Viewer } from '../ranking/scoring.js';
import type { ValueHit } from '../values/value-index.js';
import type { ColumnMatch } from './column-matches.js';
import { whyDocument, whyValue } from './reasons.js';
import type { SearchMatch } from './search.types.js';

const MAX_DESCRIPTION = 200;
const MAX_COLUMNS = 6;
/** A weaker column is not named. */
const MIN_SHARE = 0.08;

/** Writes the matches of an answer. */
export class MatchWriter {
  constructor(
    private readonly index: SchemaIndex,
    private readonly viewer: Viewer,
  ) {}

  object(at: number, terms: readonly RankedTerm[], columns: readonly ColumnMatch[]): SearchMatch {
    const { model } = this.index;
    const { schema = '', name = '', kind = 'table', type, description, rowCount } = model.objects[at] ?? {};
    const named = columns.filter(({ share }) => share >= MIN_SHARE).slice(0, MAX_COLUMNS);
    return {
      kind,
      schema,
      name,
      ...(type === undefined ? {} : { type }),
      ...described(description),
      ...this.cautionFor({ schema, table: name }),
      why: whyDocument(terms, at) || 'it has the value, or refers to it',
      ...(rowCount === undefined ? {} : { row_count: rowCount }),
      ...(named.length === 0 ? {} : { columns: named.map(({ column }) => model.columns.names[column] ?? '') }),
    };
  }

  column({ object, column, words }: ColumnMatch): SearchMatch {
    const { model } = this.index;
    const { schema = '', name = '' } = model.objects[object] ?? {};
    const found = model.column(column);
    return {
      kind: 'column',
      schema,
      name,
      column: found.name,
      type: found.type,
      ...described(found.description),
      ...this.cautionFor({ schema, table: name, column: found.name }),
      why: `${words.join(', ') || 'a part of a word'} in the column`,
    };
  }

  value({ values, value }: ValueHit): SearchMatch {
    const { model } = this.index;
    const { schema = '', name = '' } = model.objects[values.object] ?? {};
    const column = model.columns.names[values.column] ?? '';
    return { kind: 'value', schema, name, column, value, why: whyValue(values) };
  }

  definition(document: number, terms: readonly RankedTerm[]): SearchMatch {
    const definition = this.index.definitions.definitions[document - this.index.model.objects.length];
    return {
      kind: 'definition',
      name: definition?.name ?? '',
      type: definition?.type ?? '',
      ...described(definition?.meaning),
      why: whyDocument(terms, document),
    };
  }

  private cautionFor({ schema, table, column }: DefinedPlace): { readonly caution?: string } {
    const isHere = (a: string | undefined, b: string | undefined): boolean => a?.toLowerCase() === b?.toLowerCase();
    const caution = this.index.definitions.cautions.find(
      ({ place }) => isHere(place.schema, schema) && isHere(place.table, table) && isHere(place.column, column),
    );
    const at = this.index.model.find(schema, table);
    if (caution === undefined || at === undefined || !this.viewer.isVisible(at)) return {};
    return { caution: cut(caution.text) };
  }
}

function described(description: string | undefined): { readonly description?: string } {
  return description === undefined ? {} : { description: cut(description) };
}

function cut(text: string): string {
  return text.length <= MAX_DESCRIPTION ? text : `${text.slice(0, MAX_DESCRIPTION)}…`;
}
