import { isVersioned, PARTS, VERSION, VERSIONED } from '../../policy/modules/module-version.js';

/** Returns the objects with one of these names: schema, name, type, object_id, QUOTED_IDENTIFIER, synonym's target, version. */
export const namedObjects = (
  names: string,
): string => `SELECT SCHEMA_NAME(o.schema_id), o.name, RTRIM(o.type), o.object_id,
  m.uses_quoted_identifier, n.base_object_name, ${VERSION}
${VERSIONED} WHERE ${isVersioned(names)};`;

/**
 * Returns what tables with one of these names may run when they are read: object_id, kind, text (NULL where it can't be read
 * or is longer than a cell of the catalogue's rows), version.
 */
export const tableParts = (names: string): string =>
  `SELECT v.object_id, v.kind, CASE WHEN DATALENGTH(v.text) <= 60000 THEN v.text END, v.version FROM (${PARTS}) AS v WHERE v.name IN (${names});`;

/** Returns 1 if the login sees every security policy of the database. */
export const SEES_POLICIES = "SELECT HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DEFINITION');";

/** Returns the names of these that are databases. */
export const databasesAmong = (names: string): string =>
  `SELECT d.name FROM (VALUES ${listed(names)}) AS d (name) WHERE DB_ID(d.name) IS NOT NULL;`;

/**
 * Returns the names of these that begin with sp_ and that an object of master has: procedures, views and tables of these
 * names are found from every database, and SQL Server may look there first.
 */
export const namesInMaster = (names: string): string =>
  `SELECT d.name FROM (VALUES ${listed(names)}) AS d (name)
WHERE d.name LIKE 'sp[_]%' AND DB_NAME() <> 'master' AND OBJECT_ID(N'master.dbo.' + QUOTENAME(d.name)) IS NOT NULL;`;

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

/** Returns the types that assemblies define, whose values run code that this server can't read, and table types of them. */
export const ASSEMBLY_TYPES = `SELECT t.name FROM sys.types AS t WHERE t.is_assembly_type = 1 AND t.is_user_defined = 1
UNION SELECT b.name FROM sys.table_types AS b JOIN sys.columns AS c ON c.object_id = b.type_table_object_id
JOIN sys.types AS t ON t.user_type_id = c.user_type_id WHERE t.is_assembly_type = 1 AND t.is_user_defined = 1;`;

const listed = (names: string): string => names.replace(/@\w+/g, '($&)');
