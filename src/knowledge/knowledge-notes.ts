import { Injectable } from '@nestjs/common';
import { sameName } from '../database/listed-databases.js';
import { KnowledgeViews } from './knowledge-views.js';
import { type KnowledgeView, tablesOfTerm, type Viewer } from './knowledge-view.js';
import { keyOf, type Table, tableOf } from './model/schema-model.js';
import { type ResolvedMetric, tablesOfDimension, tablesOfMetric } from './model/resolved-metric.js';
import { namedTables } from '../database/policy/lexer/named-tables.js';

const MAX_OF_A_KIND = 3;
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
    const base = view.metrics.filter(metric => names([metric.base]));
    const divided = view.metrics.filter(metric => !base.includes(metric) && names(usedBy(metric))).map(nameOf);
    const more = base.slice(MAX_OF_A_KIND).map(nameOf);
    const terms = view.terms.filter(term => names(tablesOfTerm(term)));
    const documents = view.documents.filter(
      ({ tables: of = [], text, url }) => (text ?? url) !== undefined && names(of.map(tableOf)),
    );
    return [
      ...cautionsOf(view, wanted),
      ...first(base).map(
        metric => `query_metric ${nameOf(metric)}${divisionsOf(metric)}: ${metric.definition.meaning}`,
      ),
      ...(more.length === 0 ? [] : [`query_metric has more of them: ${listed(more)}`]),
      ...(divided.length === 0 ? [] : [`query_metric can divide by their columns: ${listed(divided)}`]),
      ...first(terms).map(({ word, meaning }) => `"${word}": ${meaning}`),
      ...first(documents).map(({ title, url, text }) => `${title}: ${url ?? text ?? ''}`),
    ].map(shortened);
  }

  /** What a person who ran this statement should know: defined metrics of its tables, and tables to avoid. */
  forStatement(viewer: Viewer, sql: string): string | undefined {
    const view = this.views.of(viewer);
    if (view === undefined) return undefined;
    // The definitions are about the tenant's own database.
    const own = viewer.tenant.config.database.database;
    const named = namedTables(sql).filter(({ database }) => database === undefined || sameName(database, own));
    const isNamed = ({ schema, name }: Table) =>
      named.some(
        table =>
          table.name.toLowerCase() === name.toLowerCase() &&
          (table.schema ?? schema).toLowerCase() === schema.toLowerCase(),
      );
    const metrics = view.metrics.filter(({ base }) => isNamed(base)).map(({ definition }) => definition.name);
    const avoided = view.cautions.map(({ table }) => tableOf(table)).filter(isNamed);
    const notes = [
      ...cautionsOf(view, new Set(avoided.map(keyOf))),
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
      ...namesOf('metrics (query_metric)', view.metricNames),
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
    // Names of tables may have line ends.
    return `The company has defined ${sentences.join('; ').replace(/\s+/g, ' ')}. Use a definition before you write SQL of your own, and name it in the answer.`;
  }
}

function cautionsOf(view: KnowledgeView, tables: ReadonlySet<string>): readonly string[] {
  return first(view.cautions.filter(({ table }) => tables.has(keyOf(tableOf(table))))).map(
    ({ table, reason, instead = [] }) => {
      const better = typeof instead === 'string' ? [instead] : instead;
      return shortened(`Avoid ${table}: ${reason}${better.length === 0 ? '' : ` Use ${better.join(', ')}.`}`);
    },
  );
}

function namesOf(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${listed(names)}`];
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function first<T>(list: readonly T[]): readonly T[] {
  return list.slice(0, MAX_OF_A_KIND);
}

/** Every table that a metric, one of its dimensions or a way to them uses. */
function usedBy(metric: ResolvedMetric): readonly Table[] {
  return [...tablesOfMetric(metric), ...metric.dimensions.flatMap(tablesOfDimension)];
}

function divisionsOf({ dimensions }: ResolvedMetric): string {
  const names = dimensions.map(({ definition }) => definition.name);
  return names.length === 0 ? '' : ` (by ${listed(names)})`;
}

function nameOf({ definition }: ResolvedMetric): string {
  return definition.name;
}

/** On one line, because a note stands between other sentences. */
function shortened(note: string): string {
  const line = note.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_NOTE ? line : `${line.slice(0, MAX_NOTE - 1)}…`;
}
