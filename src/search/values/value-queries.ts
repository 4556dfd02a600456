/**
 * Returns one row: security policies that are on, permissions on single columns, and whether the login would see all of
 * these (learn.microsoft.com: Metadata visibility configuration).
 */
export const RESTRICTIONS = `SELECT (SELECT COUNT(*) FROM sys.security_policies AS p WHERE p.is_enabled = 1),
  (SELECT COUNT(*) FROM sys.database_permissions AS d WHERE d.class = 1 AND d.minor_id > 0),
  HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DEFINITION');`;

/**
 * Returns the statistics whose first column is a text, without those of a part of the rows: object_id, column_id,
 * stats_id. 167, 175, 231 and 239 are varchar, char, nvarchar and nchar.
 */
export const TEXT_STATISTICS = `SELECT s.object_id, k.column_id, s.stats_id
FROM sys.stats AS s
JOIN sys.stats_columns AS k ON k.object_id = s.object_id AND k.stats_id = s.stats_id AND k.stats_column_id = 1
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
JOIN sys.objects AS o ON o.object_id = s.object_id
WHERE o.type = 'U' AND o.is_ms_shipped = 0 AND s.has_filter = 0 AND c.system_type_id IN (167, 175, 231, 239);`;

/**
 * Returns the steps of `count` statistics, @o0 (object_id), @s0 (stats_id) and so on: object_id, stats_id, value, when
 * they were made, rows, sampled rows.
 */
export const histogramsOf = (count: number): string => `SELECT w.o, w.s, CONVERT(nvarchar(100), h.range_high_key),
  p.last_updated, p.[rows], p.rows_sampled
FROM (VALUES ${Array.from({ length: count }, (_, i) => `(@o${i}, @s${i})`).join(', ')}) AS w (o, s)
CROSS APPLY sys.dm_db_stats_histogram(w.o, w.s) AS h
CROSS APPLY sys.dm_db_stats_properties(w.o, w.s) AS p
WHERE h.range_high_key IS NOT NULL;`;
