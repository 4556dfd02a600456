-- The sample database of docker/compose.yaml's profile `sqlserver`.
IF DB_ID(N'McpSample') IS NULL CREATE DATABASE McpSample;
GO
USE McpSample;
GO
IF SCHEMA_ID(N'sales') IS NULL EXEC (N'CREATE SCHEMA sales');
GO
IF OBJECT_ID(N'sales.Customers') IS NULL
BEGIN
  CREATE TABLE sales.Customers (
    CustomerID nchar(5) NOT NULL CONSTRAINT PK_Customers PRIMARY KEY,
    CompanyName nvarchar(80) NOT NULL,
    Country nvarchar(40) NULL);
  CREATE TABLE sales.Orders (
    OrderID int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY,
    CustomerID nchar(5) NOT NULL CONSTRAINT FK_Orders_Customers REFERENCES sales.Customers (CustomerID),
    OrderDate datetime2(0) NOT NULL,
    Freight money NOT NULL CONSTRAINT DF_Orders_Freight DEFAULT 0,
    Status varchar(12) NOT NULL CONSTRAINT CK_Orders_Status CHECK (Status IN ('open', 'shipped', 'cancelled')));
  INSERT INTO sales.Customers (CustomerID, CompanyName, Country)
  SELECT CONCAT('C', RIGHT(CONCAT('0000', n), 4)), CONCAT(N'Company ', n), CHOOSE(n % 4 + 1, N'Germany', N'Spain', N'UK', N'USA')
  FROM (SELECT TOP (90) ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS n FROM sys.all_columns) AS numbers;
  INSERT INTO sales.Orders (OrderID, CustomerID, OrderDate, Freight, Status)
  SELECT 10000 + n, CONCAT('C', RIGHT(CONCAT('0000', n % 90 + 1), 4)), DATEADD(hour, n * 7, '2024-01-01'), n % 50 + 0.25, CHOOSE(n % 3 + 1, 'open', 'shipped', 'cancelled')
  FROM (SELECT TOP (800) ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS n FROM sys.all_columns) AS numbers;
  EXEC sys.sp_addextendedproperty N'MS_Description', N'One order of one customer', N'SCHEMA', N'sales', N'TABLE', N'Orders';
END
GO
