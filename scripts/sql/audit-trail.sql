-- Reads SQL Server's audit files (see enable-auditing.sql): who ran which statement, newest first. Run it as a member of
-- sysadmin:
--   sqlcmd -S host -v Folder="/var/opt/mssql/audit" Hours="24" -i audit-trail.sql
-- The user is in the statements: whenever a connection is used for another user, the call begins with
-- sp_set_session_context 'user_id' …. The audit trail of the MCP server (var/audit.jsonl) has the user of every statement.
SELECT
  event_time,
  action_id,
  succeeded,
  server_principal_name AS login_name,
  application_name,
  client_ip,
  database_name,
  schema_name,
  object_name,
  LEFT(statement, 4000) AS statement
FROM sys.fn_get_audit_file(N'$(Folder)/mcp_audit*.sqlaudit', DEFAULT, DEFAULT)
WHERE event_time >= DATEADD(HOUR, -$(Hours), SYSUTCDATETIME())
  AND (application_name LIKE N'mssql-mcp-server/%' OR action_id IN ('LGIF', 'LGIS'))
ORDER BY event_time DESC, sequence_number;
