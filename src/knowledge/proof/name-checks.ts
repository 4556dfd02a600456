import { parseObjectName } from '../../database/object-name.js';
import { sidesOf } from '../file/cross-checks.js';
import type { Definitions, Join, KnowledgeDocument, Term } from '../file/definitions.js';
import { Drift, noColumn, shown } from '../model/resolution.js';
import { existing } from '../model/resolve-metric.js';
import { columnNamed, SchemaModel } from '../model/schema-model.js';
import type { ItemKind, ItemProof } from './proof.types.js';

/** Looks up every table and column that terms, joins, documents and cautions name. */
export async function checkNames(definitions: Definitions, model: SchemaModel): Promise<readonly ItemProof[]> {
  const { terms, joins, documents, caution } = definitions;
  return [
    ...(await judged(
      'term',
      terms,
      ({ word }) => word,
      term => checkTerm(term, model),
    )),
    ...(await judged(
      'join',
      joins,
      ({ name }) => name,
      join => checkJoin(join, model),
    )),
    ...(await judged(
      'document',
      documents,
      ({ title }) => title,
      document => checkDocument(document, model),
    )),
    ...(await judged(
      'caution',
      caution,
      ({ table }) => table,
      ({ table, instead = [] }) => checkTables([table, ...(typeof instead === 'string' ? [instead] : instead)], model),
    )),
  ];
}

async function judged<T>(
  kind: ItemKind,
  list: readonly T[],
  nameOf: (item: T) => string,
  check: (item: T) => Promise<void>,
): Promise<readonly ItemProof[]> {
  const found: ItemProof[] = [];
  for (const item of list) {
    const name = nameOf(item);
    try {
      await check(item);
      found.push({ kind, name, state: 'proved' });
    } catch (error) {
      if (!(error instanceof Drift)) throw error;
      found.push({ kind, name, state: 'broken', reason: error.message });
    }
  }
  return found;
}

async function checkTerm({ columns = [], table }: Term, model: SchemaModel): Promise<void> {
  for (const column of columns) await checkColumn(column, model);
  if (table !== undefined) await existing(table, model);
}

async function checkJoin(join: Join, model: SchemaModel): Promise<void> {
  const { from, to } = sidesOf(join);
  for (const { schema, table, columns } of [from, to]) {
    const found = await model.table({ schema, name: table });
    if (found === undefined) throw new Drift(`There is no table or view ${shown({ schema, name: table })}.`);
    const missing = columns.find(column => columnNamed(found, column) === undefined);
    if (missing !== undefined) throw new Drift(noColumn(found, missing));
  }
}

async function checkDocument({ tables = [], rows }: KnowledgeDocument, model: SchemaModel): Promise<void> {
  await checkTables(tables, model);
  if (rows === undefined) return;
  const table = await existing(rows.table, model);
  const missing = [rows.key, rows.title, ...rows.text].find(column => columnNamed(table, column) === undefined);
  if (missing !== undefined) throw new Drift(noColumn(table, missing));
}

async function checkTables(tables: readonly string[], model: SchemaModel): Promise<void> {
  for (const table of tables) await existing(table, model);
}

async function checkColumn(written: string, model: SchemaModel): Promise<void> {
  const { database: schema = '', schema: name = '', name: column } = parseObjectName(written);
  const table = await model.table({ schema, name });
  if (table === undefined) throw new Drift(`There is no table or view ${shown({ schema, name })}.`);
  if (columnNamed(table, column) === undefined) throw new Drift(noColumn(table, column));
}
