import { rowCount } from '../../database/catalog/catalog.queries.js';

// Each query reads sys views, which show a login what it may see. Each may be refused by an engine or for a login; the
// next one is then tried, or the part is left out.

const LISTED = `o.is_ms_shipped = 0 AND o.type IN ('U', 'V', 'ET', 'SN', 'P', 'PC', 'FN', 'FS', 'IF', 'TF', 'FT')`;

const objects = (descriptions: boolean): string => `SELECT o.object_id, SCHEMA_NAME(o.schema_id), o.name, o.type,
  ${rowCount('p.row_count')}, ${descriptions ? 'CAST(e.value AS nvarchar(1000))' : 'NULL'}
FROM sys.objects AS o
LEFT JOIN (SELECT object_id, SUM(rows) AS row_count FROM sys.partitions WHERE index_id IN (0, 1) GROUP BY object_id) AS p
  ON p.object_id = o.object_id${descriptions ? DESCRIPTIONS : ''}
WHERE ${LISTED};`;

const DESCRIPTIONS = `
LEFT JOIN sys.extended_properties AS e
  ON e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 AND e.name = N'MS_Description'`;

/** Returns a row per table, view, synonym, procedure and function: object_id, schema, name, type, row count, description. */
export const OBJECTS = objects(true);
/** The same without descriptions. */
export const UNDESCRIBED_OBJECTS = objects(false);

/** The same from sys.objects alone. */
export const PLAIN_OBJECTS = `SELECT o.object_id, s.name, o.name, o.type, NULL, NULL
FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE ${LISTED};`;

/**
 * Returns the columns of tables and views whose object_id is greater than @after, at least @count of them and always all
 * of an object: object_id, column_id, name, type, nullable, whether its values are masked or encrypted.
 */
const columns = (isProtected: string): string => `SELECT TOP (@count) WITH TIES c.object_id, c.column_id, c.name,
  TYPE_NAME(c.user_type_id), c.is_nullable, ${isProtected}
FROM sys.columns AS c JOIN sys.objects AS o ON o.object_id = c.object_id
WHERE o.is_ms_shipped = 0 AND o.type IN ('U', 'V', 'ET') AND c.object_id > @after
ORDER BY c.object_id;`;

export const COLUMNS = columns('CASE WHEN c.is_masked = 1 OR c.encryption_type IS NOT NULL THEN 1 ELSE 0 END');
/** For SQL Server 2014 and earlier, and other engines: they have neither masks nor encrypted columns. */
export const PLAIN_COLUMNS = columns('0');

/** Returns the parameters of procedures and functions: object_id, name. */
export const PARAMETERS = `SELECT p.object_id, p.name FROM sys.parameters AS p
JOIN sys.objects AS o ON o.object_id = p.object_id WHERE o.is_ms_shipped = 0 AND p.parameter_id > 0;`;

/** Returns descriptions of columns: object_id, column_id, text. */
export const COLUMN_DESCRIPTIONS = `SELECT e.major_id, e.minor_id, CAST(e.value AS nvarchar(500))
FROM sys.extended_properties AS e WHERE e.class = 1 AND e.minor_id > 0 AND e.name = N'MS_Description';`;

/** Returns the columns of unique keys: object_id, index_id, primary key, column_id. */
export const KEYS = `SELECT i.object_id, i.index_id, i.is_primary_key, x.column_id
FROM sys.indexes AS i
JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
JOIN sys.objects AS o ON o.object_id = i.object_id
WHERE o.is_ms_shipped = 0 AND i.is_unique = 1 AND i.has_filter = 0 AND x.key_ordinal > 0
ORDER BY i.object_id, i.index_id, x.key_ordinal;`;

/** Returns the columns of foreign keys: constraint id, name, object_id and column_id that refer, those referred to. */
export const FOREIGN_KEYS = `SELECT f.object_id, f.name, k.parent_object_id, k.parent_column_id, k.referenced_object_id,
  k.referenced_column_id
FROM sys.foreign_keys AS f JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
ORDER BY f.object_id, k.constraint_column_id;`;

/** Returns one row that changes when an object or a description does. */
export const STAMP = `SELECT COUNT_BIG(*), MAX(o.modify_date), MAX(o.object_id),
  (SELECT CAST(COUNT_BIG(*) AS nvarchar(20)) + N'/' + CAST(COALESCE(SUM(CAST(DATALENGTH(e.value) AS bigint)), 0) AS nvarchar(20))
    FROM sys.extended_properties AS e WHERE e.class = 1)
FROM sys.objects AS o;`;
export const PLAIN_STAMP = 'SELECT COUNT(*), MAX(o.modify_date), MAX(o.object_id) FROM sys.objects AS o;';
export const INFORMATION_STAMP = 'SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS;';

/** For servers without sys.objects or sys.columns: schema, name, BASE TABLE or VIEW; and schema, table, name, type, YES or NO. */
export const INFORMATION_OBJECTS = 'SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES;';
export const INFORMATION_COLUMNS = `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE
FROM INFORMATION_SCHEMA.COLUMNS ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION;`;
