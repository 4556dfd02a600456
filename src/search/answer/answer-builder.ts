import { answerJoins } from '../joins/answer-joins.js';
import type { SchemaIndex } from '../index/schema-index.js';
import { queryTerms, questionWords } from '../ranking/query-terms.js';
import type { RankedDocument, RankedTerm } from '../ranking/ranker.js';
import type { Viewer } from '../ranking/scoring.js';
import { THESAURUS } from '../text/thesaurus.js';
import type { ValueHit } from '../values/value-index.js';
import { type ColumnMatch, columnMatches, termsSaidBy } from './column-matches.js';
import { fittedAnswer } from './fitted-answer.js';
import { MatchWriter } from './match-writer.js';
import type { MatchKind, SearchAnswer, SearchMatch, SearchRequest } from './search.types.js';

/** What a value of one word is worth, beside the scores of documents, and each further word. */
const VALUE_SCORE = 5.5;
const FURTHER_WORD = 1.5;
/** What a value adds to its table, and to a table that refers to a lookup table and matches itself. */
const TO_OWN_TABLE = 0.5;
const TO_REFERRING = 0.5;
/** A table with more referring tables is no lookup table of one of them. */
const MAX_REFERRING = 12;
const MAX_VALUE_MATCHES = 5;
/** Objects whose columns are looked at. */
const WITH_COLUMNS = 40;
/** From this share of the question on, a column is a match of its own, beside its table. */
const OWN_MATCH = 0.5;
const MAX_COLUMN_MATCHES = 3;
/**
 * What a definition gains when its name, synonyms and questions have all words of the question, also those that say nothing
 * of tables: "best" tells the questions of two definitions apart.
 */
const WHOLE_QUESTION = 0.5;
/** Objects that may say a word themselves. */
const BEST = 5;

interface Item {
  readonly match: () => SearchMatch;
  readonly score: number;
  /** The object that joins are made for. */
  readonly object?: number;
}

/** Makes one answer from an index, for one person. */
export class AnswerBuilder {
  private readonly writer: MatchWriter;

  constructor(
    private readonly index: SchemaIndex,
    private readonly viewer: Viewer,
    private readonly request: SearchRequest,
    private readonly notes: readonly string[],
  ) {
    this.writer = new MatchWriter(index, viewer);
  }

  build(): SearchAnswer {
    const { index, request, viewer } = this;
    const words = questionWords(request.words);
    const found = this.inSchema();
    const terms = index.ranker.expand(queryTerms(words), found);
    const values = request.showValues ? index.values.find(words, terms, found.isVisible, this.isKnown) : [];
    const ranked = index.ranker.rank(terms, this.scoresOfValues(values, terms), found);
    const items = [...this.values(values), ...this.documents(ranked, terms, words)].sort((a, b) => b.score - a.score);
    const chosen = items.slice(0, request.limit);
    const objects = [...new Set(items.slice(0, Math.max(request.limit, 6)).flatMap(({ object }) => object ?? []))];
    const joins = answerJoins(index.model, index.graph, objects, viewer.isVisible);
    return fittedAnswer(
      chosen.map(({ match }) => match()),
      items.length - chosen.length,
      joins,
      this.notes,
    );
  }

  /** The viewer that also sees only the wanted schema. */
  private inSchema(): Viewer {
    const { viewer, request, index } = this;
    const wanted = request.schema?.toLowerCase();
    if (wanted === undefined) return viewer;
    return {
      limited: viewer.limited,
      isVisible: document =>
        index.model.objects[document]?.schema.toLowerCase() === wanted && viewer.isVisible(document),
    };
  }

  private readonly isKnown = (word: string): boolean =>
    this.index.text.withStem(word).length > 0 || THESAURUS.knows([word]);

  private scoresOfValues(values: readonly ValueHit[], terms: readonly RankedTerm[]): ReadonlyMap<number, number> {
    const scores = new Map<number, number>();
    const add = (object: number, score: number): void =>
      void scores.set(object, Math.max(scores.get(object) ?? 0, score));
    for (const hit of values) {
      const { object } = hit.values;
      add(object, TO_OWN_TABLE * scoreOf(hit));
      const referring = new Set(this.index.links.filter(({ to }) => to === object).map(({ from }) => from));
      if (referring.size > MAX_REFERRING) continue;
      for (const from of referring)
        if (terms.some(term => term.scores.has(from))) add(from, TO_REFERRING * scoreOf(hit));
    }
    return scores;
  }

  private wants(kind: MatchKind): boolean {
    return this.request.kinds === undefined || this.request.kinds.length === 0 || this.request.kinds.includes(kind);
  }

  private values(hits: readonly ValueHit[]): readonly Item[] {
    if (!this.wants('value')) return [];
    const limit = this.request.kinds?.length === 1 ? this.request.limit : MAX_VALUE_MATCHES;
    return hits
      .slice(0, limit)
      .map(hit => ({ match: () => this.writer.value(hit), score: scoreOf(hit), object: hit.values.object }));
  }

  private documents(
    ranked: readonly RankedDocument[],
    terms: readonly RankedTerm[],
    words: readonly string[],
  ): readonly Item[] {
    const { model, text } = this.index;
    const shares = text.sharesInNames(words, model.objects.length);
    const items: Item[] = [];
    const columns: (ColumnMatch & { readonly score: number })[] = [];
    const said = termsSaidBy(
      ranked.slice(0, BEST).map(({ document }) => document),
      terms,
    );
    for (const [rank, { document, score }] of ranked.entries()) {
      const object = model.objects[document];
      if (object === undefined) {
        const asked = 1 + WHOLE_QUESTION * (shares.get(document) ?? 0);
        const match = (): SearchMatch => this.writer.definition(document, terms);
        if (this.wants('definition')) items.push({ match, score: score * asked });
        continue;
      }
      const own = rank < WITH_COLUMNS ? columnMatches(model, text, terms, document, said) : [];
      if (this.wants('column')) columns.push(...own.map(column => ({ ...column, score: score * column.share })));
      if (!this.wants(object.kind)) continue;
      const joined = object.kind === 'table' || object.kind === 'view';
      const match = (): SearchMatch => this.writer.object(document, terms, own);
      items.push({ match, score, ...(joined ? { object: document } : {}) });
    }
    return [...items, ...this.columnItems(columns)];
  }

  private columnItems(columns: readonly (ColumnMatch & { readonly score: number })[]): readonly Item[] {
    const asked = this.request.kinds?.includes('column') ?? false;
    return columns
      .filter(({ added }) => asked || added >= OWN_MATCH)
      .sort((a, b) => b.score - a.score)
      .slice(0, asked ? this.request.limit : MAX_COLUMN_MATCHES)
      .map(column => ({ match: () => this.writer.column(column), score: column.score, object: column.object }));
  }
}

function scoreOf({ quality, words }: ValueHit): number {
  return quality * (VALUE_SCORE + FURTHER_WORD * (words - 1));
}
