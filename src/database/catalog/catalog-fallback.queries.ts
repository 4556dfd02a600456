import { anyOf } from './catalog.queries.js';

// Queries for servers that lack some of SQL Server's sys views: they use the standard's views (ISO/IEC 9075-11).

/** Returns a row per table and view: schema, name, 'BASE TABLE' or 'VIEW'. */
export const INFORMATION_TABLES = `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES
ORDER BY TABLE_SCHEMA, TABLE_NAME;`;

/** The same for the tables and views named @name in any schema. */
export const NAMED_INFORMATION_TABLES = INFORMATION_TABLES.replace('ORDER BY', 'WHERE TABLE_NAME = @name ORDER BY');

/** Returns a row if there is a schema named @name. */
export const INFORMATION_SCHEMA_NAMED = `SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = @name;`;

/** Returns a row per column of `count` tables, @s0.@n0 and so on: schema, table, column. */
export const informationColumnsOf = (count: number): string =>
  `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS
WHERE ${anyOf(count, 'TABLE_SCHEMA', 'TABLE_NAME')};`;

/**
 * Returns the columns of @schema.@name: name, type, YES or NO for nullable, bytes, precision, scale, digits of a
 * second, default.
 */
export const INFORMATION_COLUMNS = `SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE, CHARACTER_OCTET_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE,
  DATETIME_PRECISION, COLUMN_DEFAULT
FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = @schema AND TABLE_NAME = @name ORDER BY ORDINAL_POSITION;`;

/** Returns the columns of the primary and unique keys of @schema.@name: key name, kind, column. */
export const INFORMATION_KEYS = `SELECT t.CONSTRAINT_NAME, t.CONSTRAINT_TYPE, k.COLUMN_NAME
FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS AS t
JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS k
  ON k.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND k.CONSTRAINT_NAME = t.CONSTRAINT_NAME
WHERE t.TABLE_SCHEMA = @schema AND t.TABLE_NAME = @name AND t.CONSTRAINT_TYPE IN ('PRIMARY KEY', 'UNIQUE')
ORDER BY t.CONSTRAINT_NAME, k.ORDINAL_POSITION;`;

const references = (side: 'k' | 'u'): string => `SELECT r.CONSTRAINT_NAME, k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME,
  u.TABLE_SCHEMA, u.TABLE_NAME, u.COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE
FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS AS r
JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS k
  ON k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND k.CONSTRAINT_NAME = r.CONSTRAINT_NAME
JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS u
  ON u.CONSTRAINT_SCHEMA = r.UNIQUE_CONSTRAINT_SCHEMA AND u.CONSTRAINT_NAME = r.UNIQUE_CONSTRAINT_NAME
WHERE ${side}.TABLE_SCHEMA = @schema AND ${side}.TABLE_NAME = @name
ORDER BY r.CONSTRAINT_NAME;`;

/** Returns a row per table that a foreign key refers to: schema, name. */
export const INFORMATION_REFERENCED_TABLES = `SELECT DISTINCT t.TABLE_SCHEMA, t.TABLE_NAME
FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS AS r
JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS AS t
  ON t.CONSTRAINT_SCHEMA = r.UNIQUE_CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = r.UNIQUE_CONSTRAINT_NAME;`;

/**
 * Returns the foreign keys out of and into @schema.@name: name, then schema, table and column of both sides, and
 * what happens on DELETE and on UPDATE. A key of
 * several columns yields every pair of them, because these views don't tell which column belongs to which.
 */
export const INFORMATION_KEYS_OUT = references('k');
export const INFORMATION_KEYS_IN = references('u');

/** Returns tables, views and synonyms from sys.objects alone: schema, name, type, object_id. */
export const PLAIN_TABLES = `SELECT s.name, o.name, o.type, o.object_id
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V', 'SN', 'ET')
ORDER BY s.name, o.name;`;

/** The same for the objects named @name in any schema. */
export const NAMED_PLAIN_TABLES = PLAIN_TABLES.replace('ORDER BY', 'AND o.name = @name ORDER BY');

/** Returns those facts of KINDS that SQL Server 2014 has, which has no temporal and no external tables. */
export const MEMORY_OPTIMISED =
  'SELECT t.object_id, t.is_memory_optimized FROM sys.tables AS t WHERE t.is_memory_optimized = 1;';

/** Returns those facts of SYNONYMS that need no function, for servers that lack one. */
export const PLAIN_SYNONYMS = 'SELECT n.object_id, n.base_object_name FROM sys.synonyms AS n;';

/** Returns row counts by object_id. */
export const ROW_COUNTS =
  'SELECT object_id, SUM(rows) AS row_count FROM sys.partitions WHERE index_id IN (0, 1) GROUP BY object_id;';

/** Returns descriptions by object_id. */
export const DESCRIPTIONS = `SELECT e.major_id, CAST(e.value AS nvarchar(4000)) FROM sys.extended_properties AS e
WHERE e.class = 1 AND e.minor_id = 0 AND e.name = N'MS_Description';`;

/** The same as COLUMN_COLLATION, of the table or view @schema.@name. */
export const INFORMATION_COLLATION = `SELECT COLLATION_NAME FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA = @schema AND TABLE_NAME = @name AND COLUMN_NAME = @column;`;

/** Returns the first seven of the columns that TABLE_SETS has for the table @id, from sys.columns alone. */
export const PLAIN_COLUMNS = `SELECT c.name, TYPE_NAME(c.user_type_id), TYPE_NAME(c.system_type_id), c.is_nullable, c.max_length,
  c.[precision], c.scale
FROM sys.columns AS c WHERE c.object_id = @id ORDER BY c.column_id;`;
