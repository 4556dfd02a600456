-- Lets the statements of the MCP server run without parallelism, whatever hints they have. Run it where row-level security
-- uses SESSION_CONTEXT: Microsoft documents wrong results of that function in parallel plans after a session was reset
-- for reuse (learn.microsoft.com/sql/t-sql/functions/session-context-transact-sql, Known issues).
-- It needs Resource Governor (Enterprise and Developer edition, Managed Instance, from SQL Server 2025 on also Standard)
-- and a member of sysadmin. Restart the MCP server afterwards: a session gets its group at the login.
--   sqlcmd -b -S host -i serial-plans.sql
-- Without Resource Governor: trace flag 11042 (SQL Server 2019 CU14 and later) has the same effect for SESSION_CONTEXT.
USE [master];
GO
-- A server has one classifier function. Add the CASE of the function below to yours, and run only the group.
-- resource-governor.sql sets other limits of the same group by the same function: the two scripts can run in any order.
IF EXISTS (SELECT 1 FROM sys.resource_governor_configuration
    WHERE classifier_function_id NOT IN (0, COALESCE(OBJECT_ID(N'dbo.mcp_classifier'), 0)))
  THROW 50000, N'Another classifier function is in use; see the comment in serial-plans.sql.', 1;
IF NOT EXISTS (SELECT 1 FROM sys.resource_governor_workload_groups WHERE name = N'mcp_server')
  CREATE WORKLOAD GROUP mcp_server WITH (MAX_DOP = 1);
ELSE
  ALTER WORKLOAD GROUP mcp_server WITH (MAX_DOP = 1);
GO
-- The MCP server names itself mssql-mcp-server/<tenant>. Another program that took the name would only lose parallelism.
IF OBJECT_ID(N'dbo.mcp_classifier') IS NULL
  EXEC (N'CREATE FUNCTION dbo.mcp_classifier() RETURNS sysname WITH SCHEMABINDING AS
BEGIN
  RETURN CASE WHEN APP_NAME() LIKE N''mssql-mcp-server/%'' THEN N''mcp_server'' ELSE N''default'' END;
END');
ALTER RESOURCE GOVERNOR WITH (CLASSIFIER_FUNCTION = dbo.mcp_classifier);
ALTER RESOURCE GOVERNOR RECONFIGURE;
GO
-- The groups of the sessions; `npm run doctor` reads the same if its login has VIEW SERVER STATE.
SELECT s.program_name, g.name, g.max_dop FROM sys.dm_exec_sessions AS s
JOIN sys.dm_resource_governor_workload_groups AS g ON g.group_id = s.group_id
WHERE s.program_name LIKE N'mssql-mcp-server/%';
