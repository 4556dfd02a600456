// All queries read the sys views, which show a login what it may see and never fail for a missing permission. Row
// counts
// come from sys.partitions (approximate, without a scan).

/** Returns a row per table and view: schema, name, type (U, V), object_id, row count, description. */
export const TABLES = `SELECT s.name, o.name, o.type, o.object_id, p.row_count, CAST(e.value AS nvarchar(4000))
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN (SELECT object_id, SUM(rows) AS row_count FROM sys.partitions WHERE index_id IN (0, 1) GROUP BY object_id) AS p
  ON p.object_id = o.object_id
LEFT JOIN sys.extended_properties AS e
  ON e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 AND e.name = N'MS_Description'
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
ORDER BY s.name, o.name;`;

/** Returns a row per column of every table and view: schema, table, column. */
export const COLUMNS = `SELECT s.name, o.name, c.name
FROM sys.columns AS c
JOIN sys.objects AS o ON o.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0;`;

/**
 * Describes the table @id, which was named @name when it was looked up. Result sets:
 * 1 objects that have this id or this name now: schema, name, type, object_id
 * 2 columns: name, type, its base type, nullable, max_length, precision, scale, identity, default, computed, description
 * 3 index columns: index name, type, unique, primary key, unique constraint, filter, column, included
 * 4 foreign keys out of it: name, column, schema, table, column
 * 5 foreign keys into it: name, schema, table, column, referenced column
 * 6 check constraints: name, definition
 * 7 row count
 * 8 description
 */
export const TABLE_SETS = [
  `SELECT SCHEMA_NAME(o.schema_id), o.name, o.type, o.object_id
FROM sys.objects AS o
WHERE o.type IN ('U', 'V') AND (o.object_id = @id OR o.name = @name);`,
  `SELECT c.name, TYPE_NAME(c.user_type_id), TYPE_NAME(c.system_type_id), c.is_nullable, c.max_length, c.[precision], c.scale,
  c.is_identity, OBJECT_DEFINITION(c.default_object_id), k.definition, CAST(e.value AS nvarchar(4000))
FROM sys.columns AS c
LEFT JOIN sys.computed_columns AS k ON k.object_id = @id AND k.column_id = c.column_id
LEFT JOIN sys.extended_properties AS e
  ON e.class = 1 AND e.major_id = @id AND e.minor_id = c.column_id AND e.name = N'MS_Description'
WHERE c.object_id = @id
ORDER BY c.column_id;`,
  `SELECT i.name, i.type_desc, i.is_unique, i.is_primary_key, i.is_unique_constraint, i.filter_definition,
  COL_NAME(x.object_id, x.column_id), x.is_included_column
FROM sys.indexes AS i
JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
WHERE i.object_id = @id AND x.object_id = @id AND i.index_id > 0
ORDER BY i.index_id, x.is_included_column, x.key_ordinal, x.index_column_id;`,
  `SELECT f.name, COL_NAME(k.parent_object_id, k.parent_column_id), OBJECT_SCHEMA_NAME(k.referenced_object_id),
  OBJECT_NAME(k.referenced_object_id), COL_NAME(k.referenced_object_id, k.referenced_column_id)
FROM sys.foreign_keys AS f
JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
WHERE f.parent_object_id = @id
ORDER BY f.name, k.constraint_column_id;`,
  `SELECT f.name, OBJECT_SCHEMA_NAME(k.parent_object_id), OBJECT_NAME(k.parent_object_id),
  COL_NAME(k.parent_object_id, k.parent_column_id), COL_NAME(k.referenced_object_id, k.referenced_column_id)
FROM sys.foreign_keys AS f
JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
WHERE f.referenced_object_id = @id
ORDER BY 2, 3, f.name, k.constraint_column_id;`,
  `SELECT k.name, k.definition FROM sys.check_constraints AS k WHERE k.parent_object_id = @id ORDER BY k.name;`,
  `SELECT SUM(p.rows) FROM sys.partitions AS p WHERE p.object_id = @id AND p.index_id IN (0, 1);`,
  `SELECT CAST(e.value AS nvarchar(4000)) FROM sys.extended_properties AS e
WHERE e.class = 1 AND e.major_id = @id AND e.minor_id = 0 AND e.name = N'MS_Description';`,
] as const;

export const TABLE = TABLE_SETS.join('\n');
