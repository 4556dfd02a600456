/** More columns than this are no small schema; the server then reads no further. */
export const MAX_OVERVIEW_COLUMNS = 400;

/**
 * Result sets about the whole database:
 * 1 columns of tables and views: schema, table, column, type, base type, bytes, precision, scale, nullable, in the primary key
 * 2 foreign keys of one column: schema, table, column, referenced schema, table, column
 */
export const OVERVIEW = `SELECT TOP (${MAX_OVERVIEW_COLUMNS + 1}) s.name, o.name, c.name, TYPE_NAME(c.user_type_id), TYPE_NAME(c.system_type_id),
  c.max_length, c.[precision], c.scale, c.is_nullable,
  CASE WHEN EXISTS (SELECT 1 FROM sys.indexes AS i JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
    WHERE i.object_id = c.object_id AND i.is_primary_key = 1 AND x.column_id = c.column_id) THEN 1 ELSE 0 END
FROM sys.columns AS c
JOIN sys.objects AS o ON o.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V', 'ET') AND o.is_ms_shipped = 0
ORDER BY s.name, o.name, c.column_id;
SELECT OBJECT_SCHEMA_NAME(MIN(k.parent_object_id)), OBJECT_NAME(MIN(k.parent_object_id)),
  COL_NAME(MIN(k.parent_object_id), MIN(k.parent_column_id)), OBJECT_SCHEMA_NAME(MIN(k.referenced_object_id)),
  OBJECT_NAME(MIN(k.referenced_object_id)), COL_NAME(MIN(k.referenced_object_id), MIN(k.referenced_column_id))
FROM sys.foreign_key_columns AS k GROUP BY k.constraint_object_id HAVING COUNT(*) = 1;`;
