import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sameName } from '../database/listed-databases.js';
import { parseObjectName } from '../database/object-name.js';
import {
  type DefinedPlace,
  DefinitionsPort,
  type DefinitionsSource,
  type SearchDefinition,
  type SearchDefinitions,
} from '../search/definitions.port.js';
import type { Tenant } from '../tenancy/tenant.js';
import { sidesOf } from './file/cross-checks.js';
import { KnowledgeService } from './knowledge.service.js';
import { tablesOfDocument, tablesOfTerm } from './knowledge-view.js';
import type { Knowledge } from './loaded-knowledge.js';
import { tablesOfMetric } from './model/resolved-metric.js';
import { type Table, tableOf } from './model/schema-model.js';
import { DeclaredProcedures } from './procedures/declared-procedures.js';
import { type ItemKind, type ProvedProcedure, stateOf } from './proof/proof.types.js';
import { namedTables } from '../database/policy/lexer/named-tables.js';

const CARDINALITIES = { one_to_one: '1:1', many_to_one: 'n:1', one_to_many: '1:n', many_to_many: 'n:n' } as const;
const NONE: SearchDefinitions = { version: '', definitions: [], joins: [], cautions: [] };
const DEFAULT_SCHEMA = 'dbo';

/** Gives the schema search the definitions that fit the database. */
@Injectable()
export class SearchDefinitionsSource implements DefinitionsSource, OnModuleInit {
  /** By the list of procedures, which is another one whenever the knowledge file or the published procedures change. */
  private readonly made = new WeakMap<readonly ProvedProcedure[], SearchDefinitions>();
  private versions = 0;

  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly procedures: DeclaredProcedures,
    private readonly port: DefinitionsPort,
  ) {}

  onModuleInit(): void {
    this.port.use(this);
  }

  definitionsOf(tenant: Tenant): SearchDefinitions {
    const knowledge = this.knowledge.of(tenant);
    const procedures = this.procedures.of(tenant);
    if (knowledge === undefined && procedures.length === 0) return NONE;
    let made = this.made.get(procedures);
    if (made === undefined) {
      const ofFile = knowledge && searchDefinitions(knowledge, tenant.config.database.database);
      made = {
        version: String(++this.versions),
        definitions: [...(ofFile?.definitions ?? []), ...procedures.flatMap(definitionsOfProcedure)],
        joins: ofFile?.joins ?? [],
        cautions: ofFile?.cautions ?? [],
      };
      this.made.set(procedures, made);
    }
    return made;
  }
}

function searchDefinitions({ definitions, proof }: Knowledge, own: string): Omit<SearchDefinitions, 'version'> {
  const fits = (kind: ItemKind, name: string) => proof === undefined || stateOf(proof, kind, name)?.state !== 'broken';
  return {
    definitions: [
      ...definitions.terms
        .filter(({ word }) => fits('term', word))
        .map(term =>
          definition('term', term.word, term.synonyms, term.meaning, places(tablesOfTerm(term), term.columns)),
        ),
      ...(proof?.metrics ?? []).map(metric => {
        const { definition: own } = metric;
        return definition(
          'metric',
          own.name,
          [...(own.title === undefined ? [] : [own.title]), ...(own.synonyms ?? [])],
          own.meaning,
          [...places(tablesOfMetric(metric))],
        );
      }),
      ...definitions.queries
        .filter(({ name }) => fits('query', name))
        .map(query =>
          definition(
            'query',
            query.name,
            [query.title, ...query.questions],
            query.meaning ?? query.title,
            placesOfSql(query.sql, own),
          ),
        ),
      ...definitions.documents
        .filter(({ title }) => fits('document', title))
        .map(document =>
          definition('document', document.title, [], document.text ?? document.url, places(tablesOfDocument(document))),
        ),
    ],
    joins: definitions.joins
      .filter(({ name }) => fits('join', name))
      .map(join => {
        const { from, to } = sidesOf(join);
        return {
          from: { schema: from.schema, table: from.table },
          fromColumns: from.columns,
          to: { schema: to.schema, table: to.table },
          toColumns: to.columns,
          role: join.name,
          cardinality: CARDINALITIES[join.cardinality],
        };
      }),
    cautions: definitions.caution
      .filter(({ table }) => fits('caution', table))
      .map(({ table, reason, instead = [] }) => {
        const better = typeof instead === 'string' ? [instead] : instead;
        return {
          place: placeOf(tableOf(table)),
          text: `${reason}${better.length === 0 ? '' : ` Use ${better.join(', ')}.`}`,
        };
      }),
  };
}

/** Only of one that reads: of the others nobody knows what they use. */
function definitionsOfProcedure({ definition: own, module: { reading } }: ProvedProcedure): SearchDefinition[] {
  if (reading === undefined) return [];
  const words = [own.title, ...(own.questions ?? [])];
  const found = definition('procedure', own.name, words, own.meaning ?? own.title, places(reading.objects));
  return [{ ...found, tool: own.name }];
}

function definition(
  type: string,
  name: string,
  synonyms: readonly string[] = [],
  meaning: string | undefined,
  all: readonly DefinedPlace[],
): SearchDefinition {
  return { name, type, synonyms, ...(meaning === undefined ? {} : { meaning }), places: all };
}

function places(tables: readonly Table[], columns: readonly string[] = []): readonly DefinedPlace[] {
  const exact = columns
    .map(parseObjectName)
    .map(({ database: schema = '', schema: table = '', name: column }) => ({ schema, table, column }));
  return [...exact, ...new Map(tables.map(table => [`${table.schema}.${table.name}`, placeOf(table)])).values()];
}

/** A table of another database is in a schema that the own one doesn't have: `Archive.sales`, as access rules name it. */
function placesOfSql(sql: string, own: string): readonly DefinedPlace[] {
  return places(
    namedTables(sql).map(({ database, schema = DEFAULT_SCHEMA, name }) => ({
      schema: database === undefined || sameName(database, own) ? schema : `${database}.${schema}`,
      name,
    })),
  );
}

function placeOf({ schema, name }: Table): DefinedPlace {
  return { schema, table: name };
}
