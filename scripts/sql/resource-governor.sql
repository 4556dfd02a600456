-- Limits the processor time, the memory and the number of running statements of the MCP server as a whole. MAX_QUERY_COST
-- refuses a single statement by its estimate; these limits also hold when the estimate is wrong.
-- Needs Resource Governor (Enterprise and Developer edition, Managed Instance; from SQL Server 2025 on also Standard). Run it
-- as a member of sysadmin, and restart the MCP server afterwards: a session gets its workload group when it logs in.
--   sqlcmd -b -S host -i resource-governor.sql
-- Adapt the numbers below. Undo: ALTER RESOURCE POOL mcp_pool WITH (MAX_CPU_PERCENT = 100, CAP_CPU_PERCENT = 100,
-- MAX_MEMORY_PERCENT = 100); ALTER RESOURCE GOVERNOR RECONFIGURE;
USE [master];
GO
-- A server has one classifier function. Add the CASE of the function below to yours, and run only the pool and the group.
-- serial-plans.sql sets MAX_DOP of the same group by the same function: the two scripts can run in any order.
IF EXISTS (SELECT 1 FROM sys.resource_governor_configuration
    WHERE classifier_function_id NOT IN (0, COALESCE(OBJECT_ID(N'dbo.mcp_classifier'), 0)))
  THROW 50000, N'Another classifier function is in use; see the comment in resource-governor.sql.', 1;
-- MAX_CPU_PERCENT limits only while other programs need the processor; CAP_CPU_PERCENT always limits.
IF NOT EXISTS (SELECT 1 FROM sys.resource_governor_resource_pools WHERE name = N'mcp_pool')
  CREATE RESOURCE POOL mcp_pool WITH (MAX_CPU_PERCENT = 30, CAP_CPU_PERCENT = 60, MAX_MEMORY_PERCENT = 30);
ELSE
  ALTER RESOURCE POOL mcp_pool WITH (MAX_CPU_PERCENT = 30, CAP_CPU_PERCENT = 60, MAX_MEMORY_PERCENT = 30);
IF NOT EXISTS (SELECT 1 FROM sys.resource_governor_workload_groups WHERE name = N'mcp_server')
  CREATE WORKLOAD GROUP mcp_server;
-- An option that is not named keeps its value. One statement gets at most a quarter of the pool's memory; 16 is POOL_MAX.
ALTER WORKLOAD GROUP mcp_server
  WITH (IMPORTANCE = LOW, REQUEST_MAX_MEMORY_GRANT_PERCENT = 25, REQUEST_MAX_CPU_TIME_SEC = 60, GROUP_MAX_REQUESTS = 16)
  USING mcp_pool;
GO
-- The application name of the MCP server is mssql-mcp-server/<tenant>. Another program with this name gets the same limits.
IF OBJECT_ID(N'dbo.mcp_classifier') IS NULL
  EXEC (N'CREATE FUNCTION dbo.mcp_classifier() RETURNS sysname WITH SCHEMABINDING AS
BEGIN
  RETURN CASE WHEN APP_NAME() LIKE N''mssql-mcp-server/%'' THEN N''mcp_server'' ELSE N''default'' END;
END');
ALTER RESOURCE GOVERNOR WITH (CLASSIFIER_FUNCTION = dbo.mcp_classifier);
ALTER RESOURCE GOVERNOR RECONFIGURE;
GO
-- Lists the sessions of the MCP server with their workload group, and what the group has used.
SELECT s.program_name, g.name AS workload_group, p.name AS resource_pool, g.total_request_count, g.total_cpu_usage_ms
FROM sys.dm_exec_sessions AS s
JOIN sys.dm_resource_governor_workload_groups AS g ON g.group_id = s.group_id
JOIN sys.dm_resource_governor_resource_pools AS p ON p.pool_id = g.pool_id
WHERE s.program_name LIKE N'mssql-mcp-server/%';
