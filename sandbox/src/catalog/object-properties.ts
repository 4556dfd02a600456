import * as t from '../engine/types.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import type { DatabaseObject, StoredTable } from '../storage/table.ts';
import type { FoundObject } from './name-lookup.ts';
import { schemaIdOf } from './object-kinds.ts';
import { columnsOf } from './views/columns.ts';

const yes = (value: boolean): number => (value ? 1 : 0);

function isModule(object: DatabaseObject | undefined): boolean {
  return object !== undefined && 'definition' in object;
}

function hasForeignReference(session: CatalogSession, table: StoredTable): boolean {
  const tables = [...session.database.referencingTables(table.objectId)];
  return tables.some(other => other.foreignKeys.some(({ referencedTable }) => referencedTable === table));
}

/** OBJECTPROPERTY (learn.microsoft.com): NULL for an unknown property, and for one that the kind of object lacks. */
export function objectProperty(session: CatalogSession, found: FoundObject, property: string): number | null {
  const { object, objectId } = found;
  const type = found.kind.type.trim();
  const table = object?.kind === 'table' ? object : undefined;
  const ofTable = (value: (of: StoredTable) => boolean): number | null => (table ? yes(value(table)) : null);
  switch (property.toLowerCase()) {
    case 'istable':
      return yes(type === 'U');
    case 'isusertable':
      return yes(type === 'U');
    case 'issystemtable':
      return 0;
    case 'isview':
      return yes(type === 'V');
    case 'isprocedure':
      return yes(type === 'P');
    case 'isscalarfunction':
      return yes(type === 'FN');
    case 'isinlinefunction':
      return yes(type === 'IF');
    case 'istablefunction':
      return yes(type === 'IF' || type === 'TF');
    case 'istrigger':
    case 'isextendedproc':
    case 'isreplproc':
    case 'isrule':
    case 'isdefault':
    case 'isqueue':
      return 0;
    case 'isconstraint':
      return yes(['PK', 'UQ', 'F', 'C', 'D'].includes(type));
    case 'isprimarykey':
      return yes(type === 'PK');
    case 'isuniquecnst':
      return yes(type === 'UQ');
    case 'isforeignkey':
      return yes(type === 'F');
    case 'ischeckcnst':
      return yes(type === 'C');
    case 'isdefaultcnst':
      return yes(type === 'D');
    case 'ismsshipped':
      return yes(objectId < 0);
    case 'isencrypted':
      return isModule(object) ? yes(object?.encrypted === true) : null;
    case 'isschemabound':
      return isModule(object) ? yes(object !== undefined && 'schemaBound' in object && object.schemaBound) : null;
    case 'execisansinullson':
    case 'execisquotedidenton':
      return isModule(object) ? 1 : null;
    case 'ownerid':
      return 1;
    case 'schemaid':
      return schemaIdOf(session, found.schema);
    case 'isansinullson':
    case 'isquotedidenton':
      return table || isModule(object) ? 1 : null;
    case 'tablehasprimarykey':
      return ofTable(of => of.indexes.some(({ constraint }) => constraint === 'PRIMARY KEY'));
    case 'tablehasuniquecnst':
      return ofTable(of => of.indexes.some(({ constraint }) => constraint === 'UNIQUE'));
    case 'tablehasindex':
      return ofTable(of => of.indexes.length > 0);
    case 'tablehasclustindex':
      return ofTable(of => of.indexes.some(({ clustered }) => clustered));
    case 'tablehasnonclustindex':
      return ofTable(of => of.indexes.some(({ clustered }) => !clustered));
    case 'tablehasidentity':
      return ofTable(of => of.columns.some(({ identity }) => identity));
    case 'tablehasforeignkey':
      return ofTable(of => of.foreignKeys.length > 0);
    case 'tablehasforeignref':
      return ofTable(of => hasForeignReference(session, of));
    case 'tablehascheckcnst':
      return ofTable(of => of.checks.length > 0);
    case 'tablehasdefaultcnst':
      return ofTable(of => of.columns.some(column => column.default));
    case 'tablehasrowguidcol':
      return ofTable(of => of.columns.some(({ rowGuidCol }) => rowGuidCol));
    case 'tablehastimestamp':
      return ofTable(of => of.columns.some(column => column.type.name === 'rowversion'));
    case 'tablehastextimage':
      return ofTable(of => of.columns.some(column => t.isLargeObject(column.type)));
    case 'tablehasdeletetrigger':
    case 'tablehasinserttrigger':
    case 'tablehasupdatetrigger':
    case 'tableisfake':
    case 'tabletemporaltype':
      return table ? 0 : null;
    default:
      return null;
  }
}

/** COLUMNPROPERTY, for columns of tables and views and for parameters. */
export function columnProperty(object: DatabaseObject, column: string, property: string): number | null {
  const wanted = column.toLowerCase();
  if ('parameters' in object) {
    const parameter = object.parameters.find(({ name }) => name.toLowerCase() === wanted);
    if (parameter) return parameterProperty(parameter, object.parameters.indexOf(parameter), property);
  }
  const columns = [...columnsOf(object)];
  const at = columns.findIndex(({ name }) => name.toLowerCase() === wanted);
  const found = columns[at];
  if (!found) return null;
  const { type, stored } = found;
  switch (property.toLowerCase()) {
    case 'allowsnull':
      return yes(found.nullable);
    case 'columnid':
      return found.columnId;
    case 'ordinal':
      return at + 1;
    case 'iscomputed':
      return yes(stored?.computed !== undefined);
    case 'isidentity':
      return yes(stored?.identity !== undefined);
    case 'isrowguidcol':
      return yes(stored?.rowGuidCol === true);
    case 'isindexable':
      return yes(!t.isLargeObject(type));
    case 'isdeterministic':
      return stored?.computed ? 1 : null;
    case 'isprecise':
      return stored?.computed ? yes(!t.isApproximate(type)) : null;
    case 'usesansitrim':
      return t.isString(type) || t.isBinary(type) ? 1 : null;
    case 'isidnotforrepl':
    case 'issparse':
    case 'iscolumnset':
    case 'ishidden':
    case 'isfulltextindexed':
    case 'isxmlindexable':
    case 'generatedalwaystype':
    case 'systemdataaccess':
    case 'userdataaccess':
      return 0;
    default:
      return facetProperty(type, property);
  }
}

function facetProperty(type: Parameters<typeof t.precisionScale>[0], property: string): number | null {
  const { precision, scale } = t.precisionScale(type);
  const length = t.isString(type) || t.isBinary(type);
  const bytes = t.maxLengthBytes(type);
  switch (property.toLowerCase()) {
    case 'precision':
      return length ? (t.isUnicode(type) && bytes > 0 ? bytes / 2 : bytes) : precision;
    case 'scale':
      return length ? null : scale;
    case 'charmaxlen':
      return t.isString(type) ? (t.isUnicode(type) && bytes > 0 ? bytes / 2 : bytes) : null;
    default:
      return null;
  }
}

function parameterProperty(
  parameter: { type: Parameters<typeof t.precisionScale>[0]; output: boolean },
  at: number,
  property: string,
): number | null {
  switch (property.toLowerCase()) {
    case 'isoutparam':
      return yes(parameter.output);
    case 'ordinal':
      return at + 1;
    case 'allowsnull':
      return 1;
    default:
      return facetProperty(parameter.type, property);
  }
}

/** INDEXPROPERTY */
export function indexProperty(table: StoredTable, index: string, property: string): number | null {
  const found = table.indexes.find(({ name }) => name.toLowerCase() === index.toLowerCase());
  if (!found) return null;
  switch (property.toLowerCase()) {
    case 'isunique':
      return yes(found.unique);
    case 'isclustered':
      return yes(found.clustered);
    case 'indexid':
      return found.indexId;
    case 'isdisabled':
      return yes(found.disabled);
    case 'indexfillfactor':
      return found.fillFactor;
    case 'indexdepth':
      return 1;
    case 'isautostatistics':
    case 'iscolumnstore':
    case 'isfulltextkey':
    case 'ishypothetical':
    case 'ispadindex':
    case 'ispagelockdisallowed':
    case 'isrowlockdisallowed':
    case 'isstatistics':
      return 0;
    default:
      return null;
  }
}
