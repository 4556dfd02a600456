-- Creates a login for a tenant that may write (READ_ONLY_MODE=false). It can write data of the named schemas only.
-- Run it as a member of sysadmin or securityadmin, with sqlcmd:
--   sqlcmd -S host -v Login="mcp_writer" Password="…" Database="Shop" Schema="sales" -i create-writer-login.sql
-- Run the last three statements again for each further schema.
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
GRANT VIEW DEFINITION TO [$(Login)];
GO
-- No procedures, because a procedure could end the transaction that surrounds each change. No DDL and no permissions.
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
GRANT INSERT ON SCHEMA::[$(Schema)] TO [$(Login)];
GO
GRANT UPDATE ON SCHEMA::[$(Schema)] TO [$(Login)];
GO
GRANT DELETE ON SCHEMA::[$(Schema)] TO [$(Login)];
GO
