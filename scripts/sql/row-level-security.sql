-- Row-level security by person: the server sets SESSION_CONTEXT keys `user_id`, `client_id` and `tenant` before a call,
-- and the attributes of the person's access rule (config/tenants.example.yaml), all read-only: a statement cannot change
-- them. A sample: sellers see the orders of their region, people without a region see none, and everybody else who
-- connects (reports, the application) sees what they saw before.
--   sqlcmd -S host -d Shop -i row-level-security.sql
IF SCHEMA_ID(N'mcp_security') IS NULL
  EXEC (N'CREATE SCHEMA mcp_security AUTHORIZATION dbo');
GO
-- Inlined into every query on the table: keep it a single SELECT, with an index on what it compares.
CREATE OR ALTER FUNCTION mcp_security.order_is_visible (@region nvarchar(40))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
  SELECT 1 AS visible
  WHERE SESSION_CONTEXT(N'tenant') IS NULL
    OR CAST(SESSION_CONTEXT(N'region') AS nvarchar(40)) = @region;
GO
-- Adapt table and column.
IF NOT EXISTS (SELECT 1 FROM sys.security_policies WHERE name = N'orders_by_region')
  CREATE SECURITY POLICY mcp_security.orders_by_region
    ADD FILTER PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders,
    ADD BLOCK PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders AFTER INSERT,
    ADD BLOCK PREDICATE mcp_security.order_is_visible(Region) ON sales.Orders AFTER UPDATE
    WITH (STATE = ON);
GO
-- Try it as the server would call, in one session:
--   EXEC sys.sp_set_session_context N'tenant', N'production', 1;
--   EXEC sys.sp_set_session_context N'region', N'north', 1;
--   SELECT Region, COUNT(*) FROM sales.Orders GROUP BY Region;
