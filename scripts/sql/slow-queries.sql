-- Lists the statements of the MCP server that run now, and the statements of this database that cost most since the last
-- start of SQL Server. Needs VIEW SERVER STATE (VIEW SERVER PERFORMANCE STATE from SQL Server 2022 on).
--   sqlcmd -S host -d Shop -i slow-queries.sql
SELECT
  r.session_id,
  s.program_name,
  r.status,
  r.wait_type,
  r.blocking_session_id,
  r.total_elapsed_time AS elapsed_ms,
  r.cpu_time AS cpu_ms,
  r.logical_reads,
  LEFT(t.text, 2000) AS statement
FROM sys.dm_exec_requests AS r
JOIN sys.dm_exec_sessions AS s ON s.session_id = r.session_id
OUTER APPLY sys.dm_exec_sql_text(r.sql_handle) AS t
WHERE s.program_name LIKE N'mssql-mcp-server/%'
ORDER BY r.total_elapsed_time DESC;

SELECT TOP (25)
  q.execution_count,
  q.total_elapsed_time / q.execution_count / 1000 AS average_ms,
  q.max_elapsed_time / 1000 AS longest_ms,
  q.total_worker_time / q.execution_count / 1000 AS average_cpu_ms,
  q.total_logical_reads / q.execution_count AS average_reads,
  q.last_execution_time,
  LEFT(t.text, 2000) AS statement
FROM sys.dm_exec_query_stats AS q
CROSS APPLY sys.dm_exec_sql_text(q.sql_handle) AS t
WHERE t.dbid = DB_ID() OR t.dbid IS NULL
ORDER BY q.total_elapsed_time DESC;
