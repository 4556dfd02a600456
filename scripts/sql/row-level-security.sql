-- Row-level security for each user. Before a call the MCP server sets the SESSION_CONTEXT keys `user_id`, `client_id` and
-- `tenant`, and the attributes of the user's access rule (config/tenants.example.yaml). All keys are read-only: a
-- statement cannot change them. In this example sellers see the orders of their region.
-- It fails closed: whoever has no region sees no orders, and neither does a connection without any session context, not
-- even a sysadmin's. Other programs (reports, the application) see all orders when their database user is a member of
-- the role orders_of_all_regions. Never add the MCP server's login to it.
--   sqlcmd -b -S host -d Shop -i row-level-security.sql
-- Run also serial-plans.sql: in parallel plans SESSION_CONTEXT can give wrong results (docs/security.md).
IF SCHEMA_ID(N'mcp_security') IS NULL
  EXEC (N'CREATE SCHEMA mcp_security AUTHORIZATION dbo');
IF DATABASE_PRINCIPAL_ID(N'orders_of_all_regions') IS NULL
  CREATE ROLE orders_of_all_regions;
GO
-- Earlier versions of this script showed all orders to connections without a session context. The policy refers to the
-- function, so both are replaced, in one transaction: nobody reads the table in between.
SET XACT_ABORT ON;
BEGIN TRANSACTION;
DROP SECURITY POLICY IF EXISTS mcp_security.orders_by_region;
GO
-- SQL Server inlines this function into every query on the table: keep it a single SELECT, and index the column.
CREATE OR ALTER FUNCTION mcp_security.order_is_visible (@region nvarchar(40))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
  SELECT 1 AS visible
  WHERE CAST(SESSION_CONTEXT(N'region') AS nvarchar(40)) = @region
    OR IS_ROLEMEMBER(N'orders_of_all_regions') = 1;
GO
-- Adapt the table and the column.
CREATE SECURITY POLICY mcp_security.orders_by_region
  ADD FILTER PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders,
  ADD BLOCK PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders AFTER INSERT,
  ADD BLOCK PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders AFTER UPDATE
  WITH (STATE = ON);
COMMIT TRANSACTION;
GO
-- Other programs: a user for each, and
--   ALTER ROLE orders_of_all_regions ADD MEMBER [reports];
-- To try it, run the statements of a call in one session:
--   EXEC sys.sp_set_session_context N'tenant', N'production', 1;
--   EXEC sys.sp_set_session_context N'region', N'north', 1;
--   SELECT Region, COUNT(*) FROM sales.Orders GROUP BY Region;
