import * as t from '../engine/types.ts';
import { findObject } from './name-lookup.ts';
import { entryOf, seesDefinition } from './object-kinds.ts';
import { asText, type CatalogFunction } from './table-function.ts';
import { c, flag } from './view.ts';
import { dependencies } from './views/dependencies.ts';

const PARAMETERS = (what: string) => [
  { name: `@${what}_entity_name`, type: t.nvarchar(517) },
  { name: '@class', type: t.nvarchar(60) },
];

/** What an entity refers to: for a login that may see its definition (learn.microsoft.com, Permissions). */
export const referencedEntities: CatalogFunction = {
  objectId: -1006,
  name: 'dm_sql_referenced_entities',
  parameters: PARAMETERS('referencing'),
  columns: {
    referencing_minor_id: c.int,
    referenced_server_name: c.name.orNull,
    referenced_database_name: c.name.orNull,
    referenced_schema_name: c.name.orNull,
    referenced_entity_name: c.name.orNull,
    referenced_minor_name: c.name.orNull,
    referenced_id: c.int.orNull,
    referenced_minor_id: c.int.orNull,
    referenced_class: c.tinyint.orNull,
    referenced_class_desc: c.nvarchar(60).orNull,
    is_caller_dependent: c.bit,
    is_ambiguous: c.bit,
  },
  *rows([name], session) {
    const found = findObject(session, asText(name) ?? '');
    if (!found || !seesDefinition(session, found.objectId)) return;
    for (const { from, database, schema, name: referenced, to } of dependencies(session)) {
      if (from !== found.object) continue;
      yield {
        referencing_minor_id: 0,
        referenced_database_name: database ?? null,
        referenced_schema_name: schema ?? null,
        referenced_entity_name: referenced,
        referenced_id: to?.objectId ?? null,
        referenced_minor_id: 0,
        referenced_class: 1,
        referenced_class_desc: 'OBJECT_OR_COLUMN',
        is_caller_dependent: flag(from.kind === 'procedure' && schema === undefined),
        is_ambiguous: 0,
      };
    }
  },
};

/** What refers to an entity: for a login that controls it. */
export const referencingEntities: CatalogFunction = {
  objectId: -1007,
  name: 'dm_sql_referencing_entities',
  parameters: PARAMETERS('referenced'),
  columns: {
    referencing_schema_name: c.name.orNull,
    referencing_entity_name: c.name,
    referencing_id: c.int.orNull,
    referencing_class: c.tinyint.orNull,
    referencing_class_desc: c.nvarchar(60).orNull,
    is_caller_dependent: c.bit,
  },
  *rows([name], session) {
    const found = findObject(session, asText(name) ?? '');
    if (!found || !session.hasPermission('CONTROL', { objectId: found.objectId })) return;
    for (const { from, schema, to } of dependencies(session)) {
      if (to === undefined || to !== found.object) continue;
      yield {
        referencing_schema_name: from.schema,
        referencing_entity_name: from.name,
        referencing_id: entryOf(from).objectId,
        referencing_class: 1,
        referencing_class_desc: 'OBJECT_OR_COLUMN',
        is_caller_dependent: flag(from.kind === 'procedure' && schema === undefined),
      };
    }
  },
};
