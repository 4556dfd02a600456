-- Creates a login for a tenant that may write (READ_ONLY_MODE=false). It can write data of the named schemas only.
-- Run it as a member of sysadmin or securityadmin, with sqlcmd:
--   sqlcmd -S host -v Login="mcp_writer" Password="…" Database="Shop" Schema="sales" -i create-writer-login.sql
-- Run the last statement again for each further schema.
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
GRANT VIEW DEFINITION TO [$(Login)];
-- No procedures, because a procedure could end the transaction that surrounds each change. No DDL and no permissions.
DENY EXECUTE, ALTER, CREATE TABLE, CREATE VIEW, CREATE PROCEDURE, CREATE FUNCTION TO [$(Login)];
GO
GRANT INSERT, UPDATE, DELETE ON SCHEMA::[$(Schema)] TO [$(Login)];
GO
