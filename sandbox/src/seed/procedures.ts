/** A procedure that only reads, for the knowledge file of the demo. */
export const PROCEDURES: readonly string[] = [
  `CREATE PROCEDURE sales.TopCustomers
  @country nvarchar(40) = NULL, @count int = 5, @customers int = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @totals TABLE (CustomerID nchar(5) NOT NULL PRIMARY KEY, Orders int NOT NULL, Total decimal(19,4) NOT NULL);
  INSERT INTO @totals (CustomerID, Orders, Total)
  SELECT o.CustomerID, COUNT(DISTINCT o.OrderID), SUM(d.UnitPrice * d.Quantity * (1 - CAST(d.Discount AS decimal(5, 2))))
  FROM sales.Orders AS o
  JOIN sales.OrderDetails AS d ON d.OrderID = o.OrderID
  JOIN sales.Customers AS c ON c.CustomerID = o.CustomerID
  WHERE o.Status <> 'cancelled' AND (@country IS NULL OR c.Country = @country)
  GROUP BY o.CustomerID;
  SELECT @customers = COUNT(*) FROM @totals;
  SELECT TOP (@count) c.CompanyName, t.Orders, t.Total
  FROM @totals AS t
  JOIN sales.Customers AS c ON c.CustomerID = t.CustomerID
  ORDER BY t.Total DESC;
  RETURN 0;
END`,
];
