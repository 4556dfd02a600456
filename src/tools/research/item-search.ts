import { Injectable } from '@nestjs/common';
import { shownName, shownPart } from '../../database/object-name.js';
import { KnowledgeViews } from '../../knowledge/knowledge-views.js';
import type { KnowledgeView } from '../../knowledge/knowledge-view.js';
import type { MatchKind, SearchMatch } from '../../search/answer/search.types.js';
import { SchemaSearchService } from '../../search/schema-search.service.js';
import type { ToolCall } from '../tool.js';
import { Documents } from './documents.js';
import { itemId, type ItemName } from './item-id.js';
import { definitionItem } from './item-texts.js';
import { itemUrl } from './item.js';

export interface FoundItem {
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

/** What a search for research finds of the schema: without values, which are no documents. */
const KINDS: readonly MatchKind[] = ['table', 'view', 'column', 'definition'];
const MAX_OF_SCHEMA = 10;
const MAX_ITEMS = 20;
/** Characters of a question that the schema search reads. */
const MAX_WORDS = 500;

/** Finds documents, definitions, tables and columns by words, within what the person may use. */
@Injectable()
export class ItemSearch {
  constructor(
    private readonly schema: SchemaSearchService,
    private readonly views: KnowledgeViews,
    private readonly documents: Documents,
  ) {}

  /** At most 20 items: rows of documents and matches of the schema in turn, the best of each first. */
  async search(query: string, call: ToolCall): Promise<readonly FoundItem[]> {
    const view = await this.views.proved(call);
    const request = { words: query.slice(0, MAX_WORDS), kinds: KINDS, limit: MAX_OF_SCHEMA, showValues: false };
    const { matches } = await this.schema.search(request, call);
    const ofSchema = matches.flatMap(match => fromMatch(match, view));
    const rows = view === undefined ? [] : await this.documents.search(query, view, call);
    const ofRows = rows.map(({ document, key, title }): Named => ({ name: { kind: 'row', document, key }, title }));
    const all = Array.from({ length: MAX_ITEMS }, (_, i) => [...ofRows.slice(i, i + 1), ...ofSchema.slice(i, i + 1)]);
    return all
      .flat()
      .flatMap(({ name, title }) => {
        const id = itemId(name);
        return id === undefined ? [] : [{ id, title, url: itemUrl(call.tenant, id) }];
      })
      .slice(0, MAX_ITEMS);
  }
}

interface Named {
  readonly name: ItemName;
  readonly title: string;
}

function fromMatch(match: SearchMatch, view: KnowledgeView | undefined): readonly Named[] {
  const { kind, schema = '', name, column, type = '' } = match;
  switch (kind) {
    case 'column':
      return [
        {
          name: { kind, schema, name, column: column ?? '' },
          title: `${shownName(schema, name)}.${shownPart(column ?? '')}`,
        },
      ];
    case 'definition': {
      // The view is stricter than the index: what it doesn't show, fetch wouldn't either.
      const item = view && definitionItem(view, type, name);
      return item === undefined ? [] : [{ name: { kind, type, name }, title: item.title }];
    }
    default:
      return [{ name: { kind: 'table', schema, name }, title: shownName(schema, name) }];
  }
}
