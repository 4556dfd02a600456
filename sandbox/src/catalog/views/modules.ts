import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { DatabaseObject } from '../../storage/table.ts';
import { entryOf, seesDefinition, visibleObjects } from '../object-kinds.ts';
import { c, flag, view, type CatalogView } from '../view.ts';
import { OBJECT_COLUMNS, objectRow } from './objects.ts';

/** The text of a module; null for other objects, and WITH ENCRYPTION. */
export function definitionOf(object: DatabaseObject): string | null {
  return 'definition' in object && object.encrypted !== true ? object.definition : null;
}

const sqlModules = view(
  'sys.sql_modules',
  {
    object_id: c.int,
    definition: c.text.orNull,
    uses_ansi_nulls: c.bit.orNull,
    uses_quoted_identifier: c.bit.orNull,
    is_schema_bound: c.bit.orNull,
    uses_database_collation: c.bit.orNull,
    is_recompiled: c.bit.orNull,
    null_on_null_input: c.bit.orNull,
    execute_as_principal_id: c.int.orNull,
    uses_native_compilation: c.bit.orNull,
    inline_type: c.bit.orNull,
    is_inlineable: c.bit.orNull,
  },
  function* (session) {
    for (const object of visibleObjects(session)) {
      if (!('definition' in object)) continue;
      yield {
        object_id: object.objectId,
        definition: seesDefinition(session, object.objectId) ? definitionOf(object) : null,
        uses_ansi_nulls: 1,
        uses_quoted_identifier: 1,
        is_schema_bound: flag('schemaBound' in object && object.schemaBound),
        uses_database_collation: 0,
        is_recompiled: 0,
        null_on_null_input: 0,
        uses_native_compilation: 0,
        inline_type: 0,
        is_inlineable: 0,
      };
    }
  },
);

function* policies(session: CatalogSession): Generator<Extract<DatabaseObject, { kind: 'security policy' }>> {
  for (const object of visibleObjects(session)) if (object.kind === 'security policy') yield object;
}

const securityPolicies = view(
  'sys.security_policies',
  {
    ...OBJECT_COLUMNS,
    is_enabled: c.bit,
    is_not_for_replication: c.bit,
    uses_database_collation: c.bit.orNull,
    is_schema_bound: c.bit,
  },
  function* (session) {
    for (const policy of policies(session)) {
      yield {
        ...objectRow(entryOf(policy), session),
        is_enabled: flag(policy.enabled),
        is_not_for_replication: 0,
        uses_database_collation: 0,
        is_schema_bound: flag(policy.schemaBound),
      };
    }
  },
);

const OPERATIONS: readonly string[] = ['', 'AFTER INSERT', 'AFTER UPDATE', 'BEFORE UPDATE', 'BEFORE DELETE'];

const securityPredicates = view(
  'sys.security_predicates',
  {
    object_id: c.int,
    security_predicate_id: c.int,
    target_object_id: c.int,
    predicate_definition: c.text.orNull,
    predicate_type: c.int.orNull,
    predicate_type_desc: c.nvarchar(60).orNull,
    operation: c.int.orNull,
    operation_desc: c.nvarchar(60).orNull,
  },
  function* (session) {
    for (const policy of policies(session)) {
      for (const predicate of policy.predicates) {
        yield {
          object_id: policy.objectId,
          security_predicate_id: predicate.predicateId,
          target_object_id: predicate.table.objectId,
          predicate_definition: seesDefinition(session, policy.objectId) ? predicate.definition : null,
          predicate_type: predicate.type === 'FILTER' ? 0 : 1,
          predicate_type_desc: predicate.type,
          operation: predicate.operation ? OPERATIONS.indexOf(predicate.operation) : null,
          operation_desc: predicate.operation ?? null,
        };
      }
    }
  },
);

export const MODULE_VIEWS: readonly CatalogView[] = [sqlModules, securityPolicies, securityPredicates];
