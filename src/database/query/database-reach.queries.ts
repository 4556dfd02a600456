/** Returns the synonyms: schema, name, then server, database, schema and name of the target. */
export const SYNONYM_TARGETS = `SELECT SCHEMA_NAME(n.schema_id), n.name, PARSENAME(n.base_object_name, 4),
  PARSENAME(n.base_object_name, 3), PARSENAME(n.base_object_name, 2), PARSENAME(n.base_object_name, 1)
FROM sys.synonyms AS n;`;

/**
 * Returns what modules refer to: schema and name of the module, then server, database, schema and name. Only db_owner may
 * read it by default; scripts/sql/create-readonly-login.sql grants it.
 */
export const MODULE_TARGETS = `SELECT DISTINCT OBJECT_SCHEMA_NAME(d.referencing_id), OBJECT_NAME(d.referencing_id),
  d.referenced_server_name, d.referenced_database_name,
  COALESCE(NULLIF(d.referenced_schema_name, N''), OBJECT_SCHEMA_NAME(d.referenced_id)), d.referenced_entity_name
FROM sys.sql_expression_dependencies AS d
JOIN sys.objects AS o ON o.object_id = d.referencing_id
WHERE d.referencing_class = 1 AND d.referenced_class = 1 AND o.type IN ('V', 'FN', 'IF', 'TF');`;

/** Returns 1 if the server takes every spelling of the name @name for the same database, in capitals or not. */
export const SAME_DATABASE =
  'SELECT CASE WHEN DB_ID(@upper) = DB_ID(@name) AND DB_ID(@lower) = DB_ID(@name) THEN 1 ELSE 0 END;';
