import { isVersioned, VERSION, VERSIONED } from '../../policy/modules/module-version.js';

/** Returns the objects with one of these names: schema, name, type, object_id, QUOTED_IDENTIFIER, synonym's target, version. */
export const namedObjects = (
  names: string,
): string => `SELECT SCHEMA_NAME(o.schema_id), o.name, RTRIM(o.type), o.object_id,
  m.uses_quoted_identifier, n.base_object_name, ${VERSION}
${VERSIONED} WHERE ${isVersioned(names)};`;

/** Returns the names of these that SQL Server's own procedures have: they come first, whatever schema is named. */
export const systemNames = (names: string): string =>
  `SELECT o.name FROM sys.all_objects AS o WHERE o.name IN (${names}) AND o.is_ms_shipped = 1 AND o.type IN ('P', 'PC', 'X');`;

/** Returns 0 if the login may not call the procedure or function @full. */
export const MAY_CALL = `SELECT HAS_PERMS_BY_NAME(@full, 'OBJECT', CASE WHEN OBJECTPROPERTY(@id, 'IsProcedure') = 1 THEN 'EXECUTE' ELSE 'SELECT' END);`;

/**
 * Returns the parameters of @id: name ('' for the result of a function), type, base type, bytes, precision, scale, OUTPUT,
 * and schema and object_id of a table type.
 */
export const PARAMETERS_WITH_TABLES = `SELECT p.name, TYPE_NAME(p.user_type_id), TYPE_NAME(p.system_type_id), p.max_length, p.[precision],
  p.scale, p.is_output, SCHEMA_NAME(t.schema_id), t.type_table_object_id
FROM sys.parameters AS p LEFT JOIN sys.table_types AS t ON t.user_type_id = p.user_type_id
WHERE p.object_id = @id ORDER BY p.parameter_id;`;

/** Returns the columns of the table type @id: name, type, base type, bytes, precision, scale, nullable, made by the server. */
export const TABLE_TYPE_COLUMNS = `SELECT c.name, TYPE_NAME(c.user_type_id), TYPE_NAME(c.system_type_id), c.max_length, c.[precision],
  c.scale, c.is_nullable, CASE WHEN c.is_identity = 1 OR c.is_computed = 1 THEN 1 ELSE 0 END
FROM sys.columns AS c WHERE c.object_id = @id ORDER BY c.column_id;`;

/** Returns the types that assemblies define: their values run code that this server can't read. */
export const ASSEMBLY_TYPES =
  'SELECT t.name FROM sys.types AS t WHERE t.is_assembly_type = 1 AND t.is_user_defined = 1;';
