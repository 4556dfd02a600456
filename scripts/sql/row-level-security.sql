-- Row-level security for each user. Before a call the MCP server sets the SESSION_CONTEXT keys `user_id`, `client_id` and
-- `tenant`, and the attributes of the user's access rule (config/tenants.example.yaml). All keys are read-only: a
-- statement cannot change them. In this example sellers see the orders of their region, users without a region see no
-- orders, and other connections (reports, the application) see what they saw before.
--   sqlcmd -S host -d Shop -i row-level-security.sql
IF SCHEMA_ID(N'mcp_security') IS NULL
  EXEC (N'CREATE SCHEMA mcp_security AUTHORIZATION dbo');
GO
-- SQL Server inlines this function into every query on the table: keep it a single SELECT, and index the column.
CREATE OR ALTER FUNCTION mcp_security.order_is_visible (@region nvarchar(40))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
  SELECT 1 AS visible
  WHERE SESSION_CONTEXT(N'tenant') IS NULL
    OR CAST(SESSION_CONTEXT(N'region') AS nvarchar(40)) = @region;
GO
-- Adapt the table and the column.
IF NOT EXISTS (SELECT 1 FROM sys.security_policies WHERE name = N'orders_by_region')
  CREATE SECURITY POLICY mcp_security.orders_by_region
    ADD FILTER PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders,
    ADD BLOCK PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders AFTER INSERT,
    ADD BLOCK PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders AFTER UPDATE
    WITH (STATE = ON);
GO
-- To try it, run the statements of a call in one session:
--   EXEC sys.sp_set_session_context N'tenant', N'production', 1;
--   EXEC sys.sp_set_session_context N'region', N'north', 1;
--   SELECT Region, COUNT(*) FROM sales.Orders GROUP BY Region;
