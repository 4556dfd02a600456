-- Creates a login that can read one database and write nothing. A read-only tenant should use such a login.
-- A tenant with several databases (databases, MSSQL_DATABASES) needs it once for each of them.
-- Run it as a member of sysadmin or securityadmin, with sqlcmd:
--   sqlcmd -S host -v Login="mcp_reader" Password="…" Database="Shop" -i create-readonly-login.sql
-- The server then needs no transaction around reads, and REQUIRE_READONLY_LOGIN=true accepts it (`npm run doctor` says so).
-- Each permission is a batch of its own, so that a server that refuses one of them still gets the others.
USE [master];
GO
IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = N'$(Login)')
  CREATE LOGIN [$(Login)] WITH PASSWORD = N'$(Password)', CHECK_POLICY = ON, DEFAULT_DATABASE = [$(Database)];
GO
USE [$(Database)];
GO
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'$(Login)')
  CREATE USER [$(Login)] FOR LOGIN [$(Login)];
GO
ALTER ROLE db_datareader ADD MEMBER [$(Login)];
GO
-- describe_table needs this for column defaults, check constraints and descriptions, and leaves them out without it.
GRANT VIEW DEFINITION TO [$(Login)];
GO
-- describe_object needs this for what depends on what, and a tenant with several databases to recognise views and
-- functions that lead to databases it does not list.
GRANT SELECT ON sys.sql_expression_dependencies TO [$(Login)];
GO
-- Optional, for explain_query: plans show numbers of rows from statistics, also of rows that row-level security hides
-- (docs/security.md, Plans).
--   GRANT SHOWPLAN TO [$(Login)];
-- Optional, for slow_queries, which only people with `operator: true` have: Query Store has to be on besides.
--   GRANT VIEW DATABASE STATE TO [$(Login)];
-- Denies these permissions even if a role grants them later.
ALTER ROLE db_denydatawriter ADD MEMBER [$(Login)];
GO
DENY INSERT TO [$(Login)];
GO
DENY UPDATE TO [$(Login)];
GO
DENY DELETE TO [$(Login)];
GO
DENY EXECUTE TO [$(Login)];
GO
DENY ALTER TO [$(Login)];
GO
DENY CREATE TABLE TO [$(Login)];
GO
DENY CREATE VIEW TO [$(Login)];
GO
DENY CREATE PROCEDURE TO [$(Login)];
GO
DENY CREATE FUNCTION TO [$(Login)];
GO
-- To allow only some schemas, remove db_datareader again and grant SELECT on these schemas:
--   ALTER ROLE db_datareader DROP MEMBER [$(Login)];
--   GRANT SELECT ON SCHEMA::sales TO [$(Login)];
EXECUTE AS USER = N'$(Login)';
SELECT permission_name FROM sys.fn_my_permissions(NULL, N'DATABASE') ORDER BY permission_name;
REVERT;
GO
