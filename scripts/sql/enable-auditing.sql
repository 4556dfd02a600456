-- Turns on SQL Server's own audit of the MCP server's login, in addition to the MCP server's audit trail
-- (docs/audit.md). The application name `mssql-mcp-server/<tenant>` and SESSION_CONTEXT tell the tenant and the user of
-- a statement; see audit-trail.sql. Run it as a member of sysadmin:
--   sqlcmd -S host -v Database="Shop" Login="mcp_reader" Folder="/var/opt/mssql/audit" -i enable-auditing.sql
USE [master];
GO
IF NOT EXISTS (SELECT 1 FROM sys.server_audits WHERE name = N'mcp_audit')
  CREATE SERVER AUDIT [mcp_audit]
    TO FILE (FILEPATH = N'$(Folder)', MAXSIZE = 256 MB, MAX_ROLLOVER_FILES = 50, RESERVE_DISK_SPACE = OFF)
    WITH (QUEUE_DELAY = 1000, ON_FAILURE = CONTINUE);
GO
ALTER SERVER AUDIT [mcp_audit] WITH (STATE = ON);
GO
-- Successful and failed logins.
IF NOT EXISTS (SELECT 1 FROM sys.server_audit_specifications WHERE name = N'mcp_audit_sign_ins')
  CREATE SERVER AUDIT SPECIFICATION [mcp_audit_sign_ins]
    FOR SERVER AUDIT [mcp_audit]
    ADD (SUCCESSFUL_LOGIN_GROUP),
    ADD (FAILED_LOGIN_GROUP)
    WITH (STATE = ON);
GO
USE [$(Database)];
GO
-- Everything that the login reads, changes or executes in this database.
IF NOT EXISTS (SELECT 1 FROM sys.database_audit_specifications WHERE name = N'mcp_audit_statements')
  CREATE DATABASE AUDIT SPECIFICATION [mcp_audit_statements]
    FOR SERVER AUDIT [mcp_audit]
    ADD (SELECT, INSERT, UPDATE, DELETE, EXECUTE ON DATABASE::[$(Database)] BY [$(Login)])
    WITH (STATE = ON);
GO
