import { Injectable } from '@nestjs/common';
import { KnowledgeViews } from './knowledge-views.js';
import { type KnowledgeView, tablesOfTerm, type Viewer } from './knowledge-view.js';
import { keyOf, type Table, tableOf } from './model/schema-model.js';
import { tablesOfDimension, tablesOfMetric } from './model/resolved-metric.js';
import { namedTables } from './sql/named-tables.js';

const MAX_NOTES = 8;
const MAX_NAMES = 12;
const MAX_NOTE = 300;

/**
 * Short notes about what a call names, so that a model that never heard of definitions follows them. They are texts of
 * the administrator's file and stand in data fields; each is at most 300 characters long.
 */
@Injectable()
export class KnowledgeNotes {
  constructor(private readonly views: KnowledgeViews) {}

  /** What the definitions say of these tables: cautions first, then metrics, terms and documents. */
  forTables(viewer: Viewer, tables: readonly Table[]): readonly string[] {
    const view = this.views.of(viewer);
    if (view === undefined) return [];
    const wanted = new Set(tables.map(keyOf));
    const names = (used: readonly Table[]) => used.some(table => wanted.has(keyOf(table)));
    const metrics = view.metrics.filter(metric =>
      names([...tablesOfMetric(metric), ...metric.dimensions.flatMap(tablesOfDimension)]),
    );
    return limited([
      ...cautionsOf(view, wanted),
      ...metrics.map(({ definition }) => `query_metric ${definition.name}: ${definition.meaning}`),
      ...view.terms.filter(term => names(tablesOfTerm(term))).map(({ word, meaning }) => `"${word}": ${meaning}`),
      ...view.documents
        .filter(({ tables: of = [] }) => names(of.map(tableOf)))
        .map(({ title, url, text }) => `${title}: ${url ?? text ?? ''}`),
    ]);
  }

  /** What a person who ran this statement should know: defined metrics of its tables, and tables to avoid. */
  forStatement(viewer: Viewer, sql: string): string | undefined {
    const view = this.views.of(viewer);
    if (view === undefined) return undefined;
    const named = namedTables(sql);
    const isNamed = ({ schema, name }: Table) =>
      named.some(
        table =>
          table.name.toLowerCase() === name.toLowerCase() &&
          (table.schema ?? schema).toLowerCase() === schema.toLowerCase(),
      );
    const metrics = view.metrics.filter(({ base }) => isNamed(base)).map(({ definition }) => definition.name);
    const avoided = view.cautions.map(({ table }) => tableOf(table)).filter(isNamed);
    const notes = [
      ...cautionsOf(view, new Set(avoided.map(keyOf))).slice(0, MAX_NOTES),
      ...(metrics.length === 0
        ? []
        : [
            `These tables have defined metrics: ${listed(metrics)}. query_metric computes them by the company's rules.`,
          ]),
    ];
    return notes.length === 0 ? undefined : notes.join(' ');
  }

  /** The names that the instructions of `initialize` mention. */
  forInstructions(viewer: Viewer): string | undefined {
    const view = this.views.of(viewer);
    if (view === undefined) return undefined;
    const sentences = [
      ...namesOf(
        'metrics (query_metric)',
        view.metrics.map(({ definition }) => definition.name),
      ),
      ...namesOf(
        'verified queries (run_query)',
        view.queries.map(({ name }) => name),
      ),
      ...namesOf(
        'terms',
        view.terms.map(({ word }) => JSON.stringify(word)),
      ),
      ...namesOf(
        'tables to avoid',
        view.cautions.map(({ table }) => table),
      ),
    ];
    if (sentences.length === 0) return undefined;
    return `The company has defined ${sentences.join('; ')}. Use a definition before you write SQL of your own, and name it in the answer.`;
  }
}

function cautionsOf(view: KnowledgeView, tables: ReadonlySet<string>): readonly string[] {
  return view.cautions
    .filter(({ table }) => tables.has(keyOf(tableOf(table))))
    .map(({ table, reason, instead = [] }) => {
      const better = typeof instead === 'string' ? [instead] : instead;
      return shortened(`Avoid ${table}: ${reason}${better.length === 0 ? '' : ` Use ${better.join(', ')}.`}`);
    });
}

function namesOf(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${listed(names)}`];
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function limited(notes: readonly string[]): readonly string[] {
  return notes.slice(0, MAX_NOTES).map(shortened);
}

/** On one line, because a note stands between other sentences. */
function shortened(note: string): string {
  const line = note.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_NOTE ? line : `${line.slice(0, MAX_NOTE - 1)}…`;
}
