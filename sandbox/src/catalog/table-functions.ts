import type { ResolvedTableFunction } from '../engine/binder/bind-context.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { Value } from '../engine/sql-type.ts';
import * as t from '../engine/types.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import { objectById } from './name-lookup.ts';
import { seesServerState } from './permissions.ts';
import { DESCRIPTION_WITH_ERRORS, describeRows } from './procedures/describe.ts';
import { referencedEntities, referencingEntities } from './entity-functions.ts';
import { STATISTICS_FUNCTIONS } from './statistics-functions.ts';
import { QUERY_STATS_FUNCTIONS } from './views/query-stats.ts';
import { asText, type CatalogFunction } from './table-function.ts';
import { c, type ColumnSpec } from './view.ts';
import { columnsOf } from './views/columns.ts';

const myPermissions: CatalogFunction = {
  objectId: -1001,
  name: 'fn_my_permissions',
  parameters: [
    { name: '@securable', type: t.SYSNAME },
    { name: '@securable_class', type: t.nvarchar(60) },
  ],
  columns: { entity_name: c.name.orNull, subentity_name: c.name.orNull, permission_name: c.nvarchar(60).orNull },
  *rows([securable, securableClass], session) {
    const permissions = session.effectivePermissions(
      asText(securable),
      (asText(securableClass) ?? 'SERVER').toUpperCase(),
    );
    for (const { entity, subentity, permission } of permissions) {
      yield { entity_name: entity, subentity_name: subentity, permission_name: permission };
    }
  },
};

const describeFirstResultSet: CatalogFunction = {
  objectId: -1002,
  name: 'dm_exec_describe_first_result_set',
  parameters: [
    { name: '@tsql', type: t.NVARCHAR_MAX },
    { name: '@params', type: t.NVARCHAR_MAX },
    { name: '@include_browse_information', type: t.TINYINT },
  ],
  columns: DESCRIPTION_WITH_ERRORS,
  rows: ([sql, parameters], session) => describeRows(session, asText(sql) ?? '', asText(parameters)),
};

const describeForObject: CatalogFunction = {
  objectId: -1003,
  name: 'dm_exec_describe_first_result_set_for_object',
  parameters: [
    { name: '@object_id', type: t.INT },
    { name: '@include_browse_information', type: t.TINYINT },
  ],
  columns: DESCRIPTION_WITH_ERRORS,
  rows([objectId], session) {
    const found = typeof objectId === 'number' ? objectById(session, objectId)?.object : undefined;
    if (found?.kind !== 'procedure') return [];
    const quote = (name: string): string => `[${name.replaceAll(']', ']]')}]`;
    return describeRows(session, `EXEC ${quote(found.schema)}.${quote(found.name)}`, null);
  },
};

/** fn_listextendedproperty for tables and their columns; scripts call it for nothing else. */
const listExtendedProperty: CatalogFunction = {
  objectId: -1004,
  name: 'fn_listextendedproperty',
  parameters: ['@name', '@level0type', '@level0name', '@level1type', '@level1name', '@level2type', '@level2name'].map(
    name => ({ name, type: t.SYSNAME }),
  ),
  columns: { objtype: c.name.orNull, objname: c.name.orNull, name: c.name, value: c.variant.orNull },
  *rows(args, session) {
    const [name, level0Type, level0, level1Type, level1, level2Type, level2] = args.map(asText);
    const wants = (wanted: string | null | undefined, actual: string): boolean =>
      wanted === null ||
      wanted === undefined ||
      wanted.toLowerCase() === 'default' ||
      wanted.toLowerCase() === actual.toLowerCase();
    const inSchema = level0Type?.toUpperCase() === 'SCHEMA';
    if (level0Type && !inSchema) throw new SqlError(50000, `The sandbox does not support level0type ${level0Type}.`);
    for (const property of session.database.extendedProperties) {
      if (!wants(name, property.name)) continue;
      const { value, valueType } = property;
      const variant: Value =
        value === null || (typeof value === 'object' && 'type' in value) ? value : { type: valueType, value };
      const row = (objtype: string | null, objname: string | null): Record<string, Value> => ({
        objtype,
        objname,
        name: property.name,
        value: variant,
      });
      if (property.class === 0 && !level0Type) yield row(null, null);
      if (property.class === 3 && inSchema && !level1Type) {
        const schema = [...session.database.schemas].find(({ schemaId }) => schemaId === property.majorId);
        if (schema && wants(level0, schema.name)) yield row('SCHEMA', schema.name);
      }
      if (property.class !== 1 || !inSchema || !level1Type) continue;
      const found = objectById(session, property.majorId)?.object;
      if (!found || !wants(level0, found.schema) || !wants(level1, found.name)) continue;
      if (found.kind.toUpperCase() !== level1Type.toUpperCase()) continue;
      if (property.minorId === 0 && !level2Type) yield row(level1Type.toUpperCase(), found.name);
      if (property.minorId !== 0 && level2Type?.toUpperCase() === 'COLUMN') {
        const column = [...columnsOf(found)].find(({ columnId }) => columnId === property.minorId);
        if (column && wants(level2, column.name)) yield row('COLUMN', column.name);
      }
    }
  },
};

/** The sandbox keeps no text for sys.dm_exec_requests.sql_handle; it returns the running text for the own spid only. */
const inputBuffer: CatalogFunction = {
  objectId: -1005,
  name: 'dm_exec_input_buffer',
  parameters: [
    { name: '@session_id', type: t.SMALLINT },
    { name: '@request_id', type: t.INT },
  ],
  columns: { event_type: c.nvarchar(256), parameters: c.smallint, event_info: c.text.orNull },
  *rows([spid], session) {
    for (const other of session.server.sessions) {
      if (other.spid !== spid || (other.spid !== session.spid && !seesServerState(session))) continue;
      yield { event_type: 'Language Event', parameters: 0, event_info: other.request?.text ?? null };
    }
  },
};

const FUNCTIONS: readonly CatalogFunction[] = [
  myPermissions,
  describeFirstResultSet,
  describeForObject,
  listExtendedProperty,
  inputBuffer,
  referencedEntities,
  referencingEntities,
  ...STATISTICS_FUNCTIONS,
  ...QUERY_STATS_FUNCTIONS,
];

export function tableFunction(name: string, session: CatalogSession): ResolvedTableFunction | undefined {
  const found = FUNCTIONS.find(candidate => candidate.name === name.toLowerCase());
  if (!found) return undefined;
  const keys = Object.keys(found.columns);
  return {
    kind: 'table-function',
    objectId: found.objectId,
    schema: 'sys',
    name: found.name,
    parameters: found.parameters,
    columns: keys.map(key => ({ name: key, ...(found.columns[key] as ColumnSpec) })),
    *rows(args) {
      for (const row of found.rows(args, session)) yield keys.map(key => row[key] ?? null);
    },
  };
}
