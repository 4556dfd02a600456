import type { ProvedProcedure } from '../../knowledge/proof/proof.types.js';
import type { KnowledgeView } from '../../knowledge/knowledge-view.js';
import type { ResolvedMetric } from '../../knowledge/model/resolved-metric.js';
import type { CompactTable } from '../tables/table-schemas.js';
import type { ItemText } from './item.js';

/** A table as text: what it is, then a line for each column and key. */
export function tableText(table: CompactTable, notes: readonly string[]): string {
  const { description, row_count: rows, message, foreign_keys: foreignKeys } = table;
  return [
    `${table.type} ${table.schema}.${table.table}${rows === undefined ? '' : `, about ${rows} rows`}`,
    ...(description === undefined ? [] : [description]),
    ...(message === undefined ? [] : [message]),
    ...notes,
    'Columns:',
    ...table.columns.map(column => `- ${column}`),
    ...(foreignKeys.length === 0 ? [] : ['Foreign keys:', ...foreignKeys.map(key => `- ${key}`)]),
  ].join('\n');
}

/** A definition as text; undefined for one that doesn't exist or that the person may not see. */
export function definitionItem(view: KnowledgeView, type: string, name: string): ItemText | undefined {
  switch (type) {
    case 'term':
      return termItem(view, name);
    case 'metric':
      return metricItem(view.metrics.find(({ definition }) => definition.name === name));
    case 'query':
      return queryItem(view, name);
    case 'procedure':
      return procedureItem(view.procedures.find(({ definition }) => definition.name === name));
    case 'document':
      return documentItem(view, name);
    default:
      return undefined;
  }
}

function procedureItem(procedure: ProvedProcedure | undefined): ItemText | undefined {
  if (procedure === undefined) return undefined;
  const { definition, module } = procedure;
  const { name, title, meaning, owner, verified_on } = definition;
  const parameters = module.parameters.map(parameter => `${parameter.name} ${parameter.type}`).join(', ');
  return item(
    'procedure',
    `${title} (${name})`,
    [...line('Meaning', meaning ?? ''), ...line('Parameters', parameters), `The tool ${name} calls it.`],
    { ...(owner === undefined ? {} : { owner }), ...(verified_on === undefined ? {} : { verified_on }) },
  );
}

function termItem(view: KnowledgeView, name: string): ItemText | undefined {
  const term = view.terms.find(({ word }) => word === name);
  if (term === undefined) return undefined;
  const { synonyms = [], meaning, columns = [], table, condition } = term;
  return item('term', name, [
    meaning,
    ...line('Also called', synonyms.join(', ')),
    ...line('Columns', columns.join(', ')),
    ...line('Condition', condition === undefined ? '' : `${table ?? ''}: ${condition}`),
  ]);
}

function metricItem(metric: ResolvedMetric | undefined): ItemText | undefined {
  if (metric === undefined) return undefined;
  const { definition, dimensions } = metric;
  const { name, title, synonyms = [], meaning, table, expression, filter, unit, owner, verified_on } = definition;
  return item(
    'metric',
    title === undefined ? name : `${title} (${name})`,
    [
      meaning,
      ...line('Also called', synonyms.join(', ')),
      ...line('Table', table),
      ...line('Expression', expression),
      ...line('Filter', filter),
      ...line('Unit', unit),
      ...line('Divided by', dimensions.map(dimension => dimension.definition.name).join(', ')),
      `query_metric computes it under the name ${name}.`,
    ],
    { owner, ...(verified_on === undefined ? {} : { verified_on }) },
  );
}

function queryItem(view: KnowledgeView, name: string): ItemText | undefined {
  const query = view.queries.find(each => each.name === name);
  if (query === undefined) return undefined;
  const { title, questions, meaning, parameters = [], sql, owner, verified_on } = query;
  return item(
    'verified query',
    `${title} (${name})`,
    [
      ...(meaning === undefined ? [] : [meaning]),
      'Questions that it answers:',
      ...questions.map(question => `- ${question}`),
      ...(parameters.length === 0 ? [] : ['Parameters:', ...parameters.map(each => `- ${each.name} ${each.type}${each.meaning === undefined ? '' : `: ${each.meaning}`}`)]), // prettier-ignore
      `run_query runs it under the name ${name}:`,
      sql.trim(),
    ],
    { owner, verified_on },
  );
}

function documentItem(view: KnowledgeView, name: string): ItemText | undefined {
  const document = view.documents.find(({ title }) => title === name);
  if (document === undefined) return undefined;
  const { text, url, tables = [], rows } = document;
  return item('document', name, [
    ...(text === undefined ? [] : [text]),
    ...line('Address', url),
    ...line('About', tables.join(', ')),
    ...(rows === undefined ? [] : [`The texts are rows of ${rows.table}; search finds them by their words.`]),
  ]);
}

function item(
  kind: string,
  title: string,
  lines: readonly string[],
  metadata: Readonly<Record<string, string>> = {},
): ItemText {
  return { title, text: lines.join('\n'), metadata: { kind, ...metadata } };
}

function line(label: string, value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [`${label}: ${value}`];
}

/** Truncates a text to at most `maxBytes` of UTF-8. A truncated text says so at its end, with its length if `whole`. */
export function cutToBytes(text: string, maxBytes: number, whole = true): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const end = whole ? `… [cut: ${bytes.length} bytes in all]` : '… [cut]';
  // An incomplete character at the end becomes U+FFFD.
  const part = bytes.subarray(0, Math.max(0, maxBytes - Buffer.byteLength(end))).toString('utf8');
  return `${part.replace(/\uFFFD+$/, '')}${end}`;
}
