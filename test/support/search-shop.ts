/** A small database for tests of the search: roles, composite keys, a self join, a bridge, values, a hidden schema. */
export const SEARCH_SHOP = `
CREATE SCHEMA sales
GO
CREATE SCHEMA secret
GO
CREATE TABLE sales.Addresses (address_id int NOT NULL CONSTRAINT PK_Addresses PRIMARY KEY, city nvarchar(40) NOT NULL)
GO
CREATE TABLE secret.Payrolls (payroll_id int NOT NULL CONSTRAINT PK_Payrolls PRIMARY KEY, grade nvarchar(40) NOT NULL)
GO
CREATE TABLE sales.Customers (
  customer_id int NOT NULL CONSTRAINT PK_Customers PRIMARY KEY, CompanyName nvarchar(60) NOT NULL, iban varchar(34) NULL,
  referred_by_customer_id int NULL CONSTRAINT FK_Referred REFERENCES sales.Customers (customer_id),
  payroll_id int NULL CONSTRAINT FK_Payroll REFERENCES secret.Payrolls (payroll_id)
)
GO
CREATE TABLE sales.Orders (
  order_id int NOT NULL, year int NOT NULL, customer_id int NOT NULL CONSTRAINT FK_Customer REFERENCES sales.Customers (customer_id),
  ship_to_address_id int NULL CONSTRAINT FK_Ship REFERENCES sales.Addresses (address_id),
  bill_to_address_id int NULL CONSTRAINT FK_Bill REFERENCES sales.Addresses (address_id),
  CONSTRAINT PK_Orders PRIMARY KEY (order_id, year)
)
GO
CREATE TABLE sales.OrderLines (
  order_id int NOT NULL, year int NOT NULL, line_no int NOT NULL, product_id int NOT NULL, unit_price decimal(9, 2) NOT NULL,
  CONSTRAINT PK_OrderLines PRIMARY KEY (order_id, year, line_no),
  CONSTRAINT FK_Lines FOREIGN KEY (order_id, year) REFERENCES sales.Orders (order_id, year)
)
GO
CREATE TABLE sales.OrderNotes (
  order_id int NOT NULL, year int NOT NULL, note nvarchar(max) NULL, CONSTRAINT PK_OrderNotes PRIMARY KEY (order_id, year),
  CONSTRAINT FK_Notes FOREIGN KEY (order_id, year) REFERENCES sales.Orders (order_id, year)
)
GO
CREATE TABLE sales.Products (product_id int NOT NULL CONSTRAINT PK_Products PRIMARY KEY, title nvarchar(60) NOT NULL)
GO
CREATE TABLE secret.Loans (
  loan_id int NOT NULL CONSTRAINT PK_Loans PRIMARY KEY, customer_id int NOT NULL CONSTRAINT FK_Loans REFERENCES sales.Customers (customer_id),
  product_id int NOT NULL CONSTRAINT FK_LoanProduct REFERENCES sales.Products (product_id)
)
GO
CREATE TABLE sales.Audience (audience_id int NOT NULL CONSTRAINT PK_Audience PRIMARY KEY)
GO
CREATE VIEW sales.OpenInvoices AS SELECT order_id FROM sales.Orders
GO
CREATE PROCEDURE sales.CloseMonth @month_to_close int AS SELECT 1 AS a
GO
EXEC sys.sp_addextendedproperty N'MS_Description', N'Buyers of our goods, also called Größtkunden', N'SCHEMA', N'sales', N'TABLE', N'Customers'
GO
EXEC sys.sp_addextendedproperty N'MS_Description', N'zanzibar salaries', N'SCHEMA', N'secret', N'TABLE', N'Payrolls'
GO
INSERT secret.Payrolls VALUES (1, N'Quokka grade')
GO
INSERT sales.Addresses VALUES (1, N'Málaga'), (2, N'Graz')
GO
INSERT sales.Customers VALUES (1, N'Northwind Traders', 'XX01 SECRETIBAN', NULL, 1), (2, N'Contoso', 'XX02', 1, NULL)
GO
INSERT sales.Products VALUES (1, N'Espresso machine'), (2, N'Cup')
GO
CREATE STATISTICS S_city ON sales.Addresses (city)
`;
