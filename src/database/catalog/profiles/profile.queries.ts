/**
 * Returns a row per column of @full (schema.table): name, whether the login may read the column, whether it is masked,
 * whether a security policy filters the table's rows, and whether the login would see such a policy
 * (learn.microsoft.com: sys.security_predicates, Permissions).
 */
export const READABLE_COLUMNS = `SELECT c.name, HAS_PERMS_BY_NAME(@full, 'OBJECT', 'SELECT', c.name, 'COLUMN'), c.is_masked,
  CASE WHEN EXISTS (SELECT 1 FROM sys.security_predicates AS p WHERE p.target_object_id = c.object_id) THEN 1 ELSE 0 END,
  HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DEFINITION')
FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(@full);`;

/**
 * Returns the histograms of the statistics of @full (schema.table), a row per step: column, statistics, when they were
 * made, rows, sampled rows, highest value of the step, rows within it, rows of the highest value, distinct values within
 * it. SQL Server from 2016 SP1 CU2 on has them; a histogram has at most 200 steps and is about the first column only.
 */
export const HISTOGRAMS = `SELECT c.name, s.stats_id, p.last_updated, p.rows, p.rows_sampled, h.range_high_key, h.range_rows,
  h.equal_rows, h.distinct_range_rows
FROM sys.stats AS s
JOIN sys.stats_columns AS k ON k.object_id = s.object_id AND k.stats_id = s.stats_id AND k.stats_column_id = 1
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
CROSS APPLY sys.dm_db_stats_properties(s.object_id, s.stats_id) AS p
CROSS APPLY sys.dm_db_stats_histogram(s.object_id, s.stats_id) AS h
WHERE s.object_id = OBJECT_ID(@full) AND s.has_filter = 0 AND p.last_updated IS NOT NULL
ORDER BY s.stats_id, h.step_number;`;
