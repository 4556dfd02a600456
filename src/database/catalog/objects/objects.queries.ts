// Queries about procedures, functions, views and triggers. Each is sent by itself, because a server or a login may refuse
// any of them.

/** Returns the objects named @name in any schema: schema, name, type, object_id, last change, a trigger's table (schema, name). */
export const NAMED_OBJECTS = `SELECT SCHEMA_NAME(o.schema_id), o.name, o.type, o.object_id, o.modify_date,
  OBJECT_SCHEMA_NAME(NULLIF(o.parent_object_id, 0)), OBJECT_NAME(NULLIF(o.parent_object_id, 0))
FROM sys.objects AS o
WHERE o.name = @name AND o.is_ms_shipped = 0 AND o.type IN ('P', 'PC', 'X', 'V', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF', 'TR', 'TA', 'U', 'SN', 'ET')
ORDER BY 1;`;

/** Returns the names of all modules, tables and the like: schema, name, a trigger's table (schema, name). */
export const ALL_NAMES = `SELECT SCHEMA_NAME(o.schema_id), o.name,
  OBJECT_SCHEMA_NAME(NULLIF(o.parent_object_id, 0)), OBJECT_NAME(NULLIF(o.parent_object_id, 0))
FROM sys.objects AS o
WHERE o.is_ms_shipped = 0 AND o.type IN ('P', 'PC', 'X', 'V', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF', 'TR', 'TA', 'U', 'SN', 'ET', 'SO');`;

/** Returns the parameters of @id: name ('' for the result of a function), type, base type, bytes, precision, scale, OUTPUT, READONLY. */
export const PARAMETERS = `SELECT p.name, TYPE_NAME(p.user_type_id), TYPE_NAME(p.system_type_id), p.max_length, p.[precision],
  p.scale, p.is_output, p.is_readonly
FROM sys.parameters AS p WHERE p.object_id = @id ORDER BY p.parameter_id;`;

/** Returns the columns of the view or function @id: name, type, base type, bytes, precision, scale, nullable. */
export const COLUMNS = `SELECT c.name, TYPE_NAME(c.user_type_id), TYPE_NAME(c.system_type_id), c.max_length, c.[precision],
  c.scale, c.is_nullable
FROM sys.columns AS c WHERE c.object_id = @id ORDER BY c.column_id;`;

/** Returns the columns of the first result of the procedure @id (name, type, nullable, error), or one row with an error. */
export const FIRST_RESULT = `SELECT r.name, r.system_type_name, r.is_nullable, r.error_number
FROM sys.dm_exec_describe_first_result_set_for_object(@id, 0) AS r WHERE r.is_hidden = 0 ORDER BY r.column_ordinal;`;

/** Characters in one part of a definition: the catalogue's rows are cut at 64,000 bytes. */
export const PART_CHARACTERS = 16_000;
const PARTS = 32;

/** Returns whether the text of @id is encrypted, the number of its characters, and the text in parts. */
export const DEFINITION = `SELECT OBJECTPROPERTY(m.object_id, 'IsEncrypted'), DATALENGTH(m.definition) / 2,
  SUBSTRING(m.definition, n.part * ${PART_CHARACTERS} + 1, ${PART_CHARACTERS})
FROM sys.sql_modules AS m
CROSS JOIN (VALUES ${Array.from({ length: PARTS }, (_, i) => `(${i})`).join(', ')}) AS n (part)
WHERE m.object_id = @id AND (n.part = 0 OR n.part * ${PART_CHARACTERS} < DATALENGTH(m.definition) / 2)
ORDER BY n.part;`;

/**
 * Returns what @id refers to: server, database, schema, name, and schema and name of the object of this database. Only
 * db_owner may read the view by default; the function needs VIEW DEFINITION of the object @full.
 */
export const DEPENDS_ON = `SELECT DISTINCT d.referenced_server_name, d.referenced_database_name, d.referenced_schema_name,
  d.referenced_entity_name, OBJECT_SCHEMA_NAME(d.referenced_id), OBJECT_NAME(d.referenced_id)
FROM sys.sql_expression_dependencies AS d WHERE d.referencing_id = @id AND d.referenced_class = 1;`;
export const REFERENCED_ENTITIES = `SELECT DISTINCT d.referenced_server_name, d.referenced_database_name, d.referenced_schema_name,
  d.referenced_entity_name, OBJECT_SCHEMA_NAME(d.referenced_id), OBJECT_NAME(d.referenced_id)
FROM sys.dm_sql_referenced_entities(@full, N'OBJECT') AS d WHERE d.referenced_class = 1;`;

/** Returns what refers to @id (schema, name, a trigger's table), with the same permissions (CONTROL for the function). */
export const USED_BY = `SELECT DISTINCT OBJECT_SCHEMA_NAME(d.referencing_id), OBJECT_NAME(d.referencing_id)
FROM sys.sql_expression_dependencies AS d WHERE d.referenced_id = @id AND d.referencing_class = 1 AND d.referencing_id <> @id;`;
export const REFERENCING_ENTITIES = `SELECT DISTINCT d.referencing_schema_name, d.referencing_entity_name
FROM sys.dm_sql_referencing_entities(@full, N'OBJECT') AS d WHERE d.referencing_class = 1;`;
