// All queries read the sys views, which show a login what it may see and never fail for a missing permission. Row
// counts come from sys.partitions (approximate, without a scan).

/**
 * A row count, from sys.partitions. Babelfish reports 0 for every table that was not analyzed yet, so its 0 means
 * unknown. SERVERPROPERTY('Babelfish') is NULL on SQL Server, and NULLIF(x, NULL) is x.
 */
export const rowCount = (sum: string): string =>
  `NULLIF(${sum}, CASE WHEN CAST(SERVERPROPERTY('Babelfish') AS int) = 1 THEN 0 END)`;

const BASE_NAME = (part: number): string => `PARSENAME(n.base_object_name, ${part})`;
/** The id of a synonym's target, if it is in this database: OBJECT_ID would also return an id of another one. */
const TARGET_ID = `CASE WHEN ${BASE_NAME(4)} IS NULL AND (${BASE_NAME(3)} IS NULL OR ${BASE_NAME(3)} = DB_NAME())
    THEN OBJECT_ID(n.base_object_name) END`;

/**
 * Returns a row per synonym: object_id, the target as it was written, its schema and name (if it can be seen), and its
 * type, also if it is no table.
 */
export const SYNONYMS = `SELECT n.object_id, n.base_object_name, OBJECT_SCHEMA_NAME(${TARGET_ID}) AS target_schema,
  OBJECT_NAME(${TARGET_ID}) AS target_name, CAST(OBJECTPROPERTYEX(${TARGET_ID}, 'BaseType') AS char(2)) AS target_type
FROM sys.synonyms AS n`;

/**
 * Returns a row per table that is not an ordinary one: object_id, memory-optimised, external, its history table (schema,
 * name), the table whose history it is (schema, name).
 */
export const KINDS = `SELECT t.object_id, t.is_memory_optimized, t.is_external,
  OBJECT_SCHEMA_NAME(t.history_table_id) AS history_schema, OBJECT_NAME(t.history_table_id) AS history_name,
  SCHEMA_NAME(h.schema_id) AS current_schema, h.name AS current_name
FROM sys.tables AS t
LEFT JOIN sys.tables AS h ON h.history_table_id = t.object_id
WHERE t.is_memory_optimized = 1 OR t.is_external = 1 OR t.temporal_type <> 0`;

/**
 * The catalogue's own objects are left out, but not the tables that change data capture fills; it marks them as
 * shipped with SQL Server.
 */
const LISTED = `o.type IN ('U', 'V', 'SN', 'ET')
  AND (o.is_ms_shipped = 0 OR (s.name = N'cdc' AND o.name LIKE N'%[_]CT'))`;

const SIZES = `
LEFT JOIN (SELECT object_id, SUM(rows) AS row_count FROM sys.partitions WHERE index_id IN (0, 1) GROUP BY object_id) AS p
  ON p.object_id = o.object_id
LEFT JOIN sys.extended_properties AS e
  ON e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 AND e.name = N'MS_Description'`;
const TABLE_KINDS = `
LEFT JOIN (${KINDS}) AS k ON k.object_id = o.object_id`;
const KIND_COLUMNS = `,
  k.is_memory_optimized, k.is_external, k.history_schema, k.history_name, k.current_schema, k.current_name`;

const tables = (kinds: boolean, named = false): string => `SELECT s.name, o.name, o.type, o.object_id,
  ${named ? 'NULL, NULL' : `${rowCount('p.row_count')}, CAST(e.value AS nvarchar(4000))`},
  n.base_object_name, n.target_schema, n.target_name, n.target_type${kinds ? KIND_COLUMNS : ''}
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN (${SYNONYMS}) AS n ON n.object_id = o.object_id${named ? '' : SIZES}${kinds ? TABLE_KINDS : ''}
WHERE ${LISTED}${named ? ' AND o.name = @name' : ''}
ORDER BY s.name, o.name;`;

/**
 * Returns a row per table, view and synonym: schema, name, type (U, V, SN, ET), object_id, row count, description,
 * the facts of SYNONYMS, those of KINDS. The second text leaves out KINDS, for servers without temporal tables (SQL
 * Server 2014 and earlier).
 */
export const TABLES = tables(true);
export const TABLES_WITHOUT_KINDS = tables(false);

/** The same for the objects named @name in any schema, without row counts and descriptions. */
export const NAMED_TABLES = tables(true, true);
export const NAMED_TABLES_WITHOUT_KINDS = tables(false, true);

/** Returns a row per table of change data capture: object_id, schema and name of the table whose changes it has. */
export const CHANGE_TABLES = `SELECT c.object_id, OBJECT_SCHEMA_NAME(c.source_object_id), OBJECT_NAME(c.source_object_id)
FROM cdc.change_tables AS c;`;

/** Returns a row per table whose changes are captured: schema, name. Everybody who may see the table may read it. */
export const CAPTURED_TABLES = `SELECT SCHEMA_NAME(t.schema_id), t.name FROM sys.tables AS t WHERE t.is_tracked_by_cdc = 1;`;

/** Returns a row if there is a schema named @name. */
export const SCHEMA = 'SELECT s.name FROM sys.schemas AS s WHERE s.name = @name;';

/** Returns a row per column of `count` tables, @s0.@n0 and so on: schema, table, column. */
export const columnsOf = (count: number): string => `SELECT s.name, o.name, c.name
FROM sys.columns AS c
JOIN sys.objects AS o ON o.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE ${anyOf(count, 's.name', 'o.name')};`;

/** Returns a row per table that a foreign key of another table refers to: schema, name. */
export const REFERENCED_TABLES = `SELECT DISTINCT OBJECT_SCHEMA_NAME(f.referenced_object_id), OBJECT_NAME(f.referenced_object_id)
FROM sys.foreign_keys AS f WHERE f.referenced_object_id <> f.parent_object_id;`;

/** Returns a row per object of this database that a module refers to: schema, name. Only db_owner may read it by default. */
export const REFERENCED_BY_MODULES = `SELECT DISTINCT OBJECT_SCHEMA_NAME(d.referenced_id), OBJECT_NAME(d.referenced_id)
FROM sys.sql_expression_dependencies AS d WHERE d.referenced_id IS NOT NULL AND d.referenced_id <> d.referencing_id;`;

/** Returns the collation of the column @column of the table, view or synonym @table; NULL for a column that is no text. */
export const COLUMN_COLLATION = `SELECT c.collation_name FROM sys.columns AS c
WHERE c.name = @column AND c.object_id = COALESCE(
  (SELECT OBJECT_ID(n.base_object_name) FROM sys.synonyms AS n WHERE n.object_id = OBJECT_ID(@table)), OBJECT_ID(@table));`;

/** The condition that schema and name are those of one of `count` tables, @s0.@n0 and so on. */
export function anyOf(count: number, schema: string, name: string): string {
  return Array.from({ length: count }, (_, i) => `(${schema} = @s${i} AND ${name} = @n${i})`).join(' OR ');
}

/**
 * Describes the table @id, which was named @name when it was looked up. Result sets:
 * 1 objects that have this id or this name now: schema, name, type, object_id
 * 2 columns: name, type, its base type, nullable, max_length, precision, scale, identity, default, computed, description
 * 3 index columns: index name, type, unique, primary key, unique constraint, filter, column, included,
 *   descending
 * 4 foreign keys out of it: name, column, schema, table, column, what happens on DELETE, on UPDATE
 * 5 foreign keys into it: name, schema, table, column, referenced column, what happens on DELETE, on UPDATE
 * 6 check constraints: name, definition
 * 7 row count
 * 8 description
 */
export const TABLE_SETS = [
  `SELECT SCHEMA_NAME(o.schema_id), o.name, o.type, o.object_id
FROM sys.objects AS o
WHERE o.type IN ('U', 'V', 'SN', 'ET') AND (o.object_id = @id OR o.name = @name);`,
  `SELECT c.name, TYPE_NAME(c.user_type_id), TYPE_NAME(c.system_type_id), c.is_nullable, c.max_length, c.[precision], c.scale,
  c.is_identity, OBJECT_DEFINITION(c.default_object_id), k.definition, CAST(e.value AS nvarchar(4000))
FROM sys.columns AS c
LEFT JOIN sys.computed_columns AS k ON k.object_id = @id AND k.column_id = c.column_id
LEFT JOIN sys.extended_properties AS e
  ON e.class = 1 AND e.major_id = @id AND e.minor_id = c.column_id AND e.name = N'MS_Description'
WHERE c.object_id = @id
ORDER BY c.column_id;`,
  `SELECT i.name, i.type_desc, i.is_unique, i.is_primary_key, i.is_unique_constraint, i.filter_definition,
  COL_NAME(x.object_id, x.column_id), x.is_included_column, x.is_descending_key
FROM sys.indexes AS i
JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
WHERE i.object_id = @id AND x.object_id = @id AND i.index_id > 0
ORDER BY i.index_id, x.is_included_column, x.key_ordinal, x.index_column_id;`,
  `SELECT f.name, COL_NAME(k.parent_object_id, k.parent_column_id), OBJECT_SCHEMA_NAME(k.referenced_object_id),
  OBJECT_NAME(k.referenced_object_id), COL_NAME(k.referenced_object_id, k.referenced_column_id),
  f.delete_referential_action_desc, f.update_referential_action_desc
FROM sys.foreign_keys AS f
JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
WHERE f.parent_object_id = @id
ORDER BY f.name, k.constraint_column_id;`,
  `SELECT f.name, OBJECT_SCHEMA_NAME(k.parent_object_id), OBJECT_NAME(k.parent_object_id),
  COL_NAME(k.parent_object_id, k.parent_column_id), COL_NAME(k.referenced_object_id, k.referenced_column_id),
  f.delete_referential_action_desc, f.update_referential_action_desc
FROM sys.foreign_keys AS f
JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
WHERE f.referenced_object_id = @id
ORDER BY 2, 3, f.name, k.constraint_column_id;`,
  `SELECT k.name, k.definition FROM sys.check_constraints AS k WHERE k.parent_object_id = @id ORDER BY k.name;`,
  `SELECT ${rowCount('SUM(p.rows)')} FROM sys.partitions AS p WHERE p.object_id = @id AND p.index_id IN (0, 1);`,
  `SELECT CAST(e.value AS nvarchar(4000)) FROM sys.extended_properties AS e
WHERE e.class = 1 AND e.major_id = @id AND e.minor_id = 0 AND e.name = N'MS_Description';`,
] as const;

export const TABLE = TABLE_SETS.join('\n');
