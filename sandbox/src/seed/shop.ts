import { day, inserts, moment, text } from './inserts.ts';
import {
  categories,
  customers,
  employees,
  orderDetails,
  orders,
  products,
  type Category,
  type Employee,
  type Order,
  type OrderDetail,
  type Product,
} from './shop-rows.ts';

const TABLES = [
  'CREATE SCHEMA sales',
  `CREATE TABLE dbo.Categories (
  CategoryID int IDENTITY(1,1) NOT NULL CONSTRAINT PK_Categories PRIMARY KEY,
  CategoryName nvarchar(40) NOT NULL CONSTRAINT UQ_Categories_Name UNIQUE,
  Description nvarchar(max) NULL)`,
  `CREATE TABLE dbo.Products (
  ProductID int IDENTITY(1,1) NOT NULL CONSTRAINT PK_Products PRIMARY KEY,
  ProductName nvarchar(60) NOT NULL,
  CategoryID int NULL CONSTRAINT FK_Products_Categories REFERENCES dbo.Categories(CategoryID),
  UnitPrice money NOT NULL CONSTRAINT DF_Products_UnitPrice DEFAULT (0),
  UnitsInStock smallint NOT NULL DEFAULT 0,
  Weight decimal(8,3) NULL,
  Discontinued bit NOT NULL CONSTRAINT DF_Products_Discontinued DEFAULT 0,
  Sku varbinary(8) NULL,
  RowGuid uniqueidentifier NOT NULL DEFAULT NEWID(),
  CONSTRAINT CK_Products_Price CHECK (UnitPrice >= 0))`,
  `CREATE TABLE dbo.Employees (
  EmployeeID int NOT NULL CONSTRAINT PK_Employees PRIMARY KEY,
  FirstName nvarchar(30) NOT NULL,
  LastName nvarchar(30) NOT NULL,
  ReportsTo int NULL CONSTRAINT FK_Employees_Employees REFERENCES dbo.Employees(EmployeeID),
  HireDate date NOT NULL,
  Salary decimal(10,2) NULL)`,
  `CREATE TABLE sales.Customers (
  CustomerID nchar(5) NOT NULL CONSTRAINT PK_Customers PRIMARY KEY,
  CompanyName nvarchar(80) NOT NULL,
  City nvarchar(40) NULL,
  Country nvarchar(40) NULL,
  Email varchar(100) NULL,
  CreatedAt datetime2(3) NOT NULL CONSTRAINT DF_Customers_CreatedAt DEFAULT SYSUTCDATETIME())`,
  `CREATE TABLE sales.Orders (
  OrderID int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY,
  CustomerID nchar(5) NOT NULL CONSTRAINT FK_Orders_Customers REFERENCES sales.Customers(CustomerID),
  EmployeeID int NULL CONSTRAINT FK_Orders_Employees REFERENCES dbo.Employees(EmployeeID),
  OrderDate datetime NOT NULL,
  ShippedDate date NULL,
  Freight money NOT NULL DEFAULT 0,
  Status varchar(12) NOT NULL CONSTRAINT CK_Orders_Status CHECK (Status IN ('open','shipped','cancelled')))`,
  `CREATE TABLE sales.OrderDetails (
  OrderID int NOT NULL CONSTRAINT FK_OD_Orders REFERENCES sales.Orders(OrderID) ON DELETE CASCADE,
  ProductID int NOT NULL CONSTRAINT FK_OD_Products REFERENCES dbo.Products(ProductID),
  UnitPrice money NOT NULL,
  Quantity smallint NOT NULL,
  Discount real NOT NULL DEFAULT 0,
  LineTotal AS (UnitPrice * Quantity),
  CONSTRAINT PK_OrderDetails PRIMARY KEY (OrderID, ProductID),
  CONSTRAINT CK_OD_Qty CHECK (Quantity > 0))`,
  'CREATE INDEX IX_Orders_Customer ON sales.Orders(CustomerID, OrderDate DESC) INCLUDE (Freight)',
];

const VIEW = `CREATE VIEW sales.vOrderTotals AS
SELECT o.OrderID, o.CustomerID, o.OrderDate, SUM(d.UnitPrice * d.Quantity) AS Total
FROM sales.Orders o
JOIN sales.OrderDetails d ON d.OrderID = o.OrderID
GROUP BY o.OrderID, o.CustomerID, o.OrderDate`;

/** Managers must precede the employees who report to them. */
const EMPLOYEE_ORDER = [1, 0, 4, 2, 3, 5, 6, 7, 8];

export const SHOP_TABLES: readonly string[] = [...TABLES, VIEW];

export function catalogInserts(
  categoryRows: readonly Category[],
  productRows: readonly Product[],
  employeeRows: readonly Employee[],
): readonly string[] {
  return [
    ...inserts(
      'dbo.Categories (CategoryName, Description)',
      categoryRows.map(row => [text(row.name), text(row.description)]),
    ),
    ...inserts(
      'dbo.Products (ProductName, CategoryID, UnitPrice, UnitsInStock, Weight, Discontinued, Sku)',
      productRows.map(row => [
        text(row.name),
        row.category,
        row.price,
        row.stock,
        row.weight,
        row.discontinued,
        `0x${(0xa000 + row.id).toString(16)}`,
      ]),
    ),
    ...inserts(
      'dbo.Employees (EmployeeID, FirstName, LastName, ReportsTo, HireDate, Salary)',
      EMPLOYEE_ORDER.flatMap(i => employeeRows[i] ?? []).map(row => [
        row.id,
        text(row.first),
        text(row.last),
        row.manager,
        `'${row.hired}'`,
        row.salary,
      ]),
    ),
  ];
}

export function orderInserts(orderRows: readonly Order[], detailRows: readonly OrderDetail[]): readonly string[] {
  return [
    ...inserts(
      'sales.Orders (OrderID, CustomerID, EmployeeID, OrderDate, ShippedDate, Freight, Status)',
      orderRows.map(row => [
        row.id,
        text(row.customer),
        row.employee,
        moment(row.date),
        day(row.shipped),
        row.freight,
        `'${row.status}'`,
      ]),
    ),
    ...inserts(
      'sales.OrderDetails (OrderID, ProductID, UnitPrice, Quantity, Discount)',
      detailRows.map(row => [row.order, row.product, row.price, row.quantity, row.discount]),
    ),
  ];
}

/** Schemas dbo and sales: about 5,000 rows of a trader's products, customers and orders. */
export const SHOP: readonly string[] = [
  ...SHOP_TABLES,
  ...catalogInserts(categories, products, employees),
  ...inserts(
    'sales.Customers (CustomerID, CompanyName, City, Country, Email, CreatedAt)',
    customers.map(row => [
      text(row.id),
      text(row.name),
      text(row.city),
      text(row.country),
      text(row.email),
      moment(row.created),
    ]),
  ),
  ...orderInserts(orders, orderDetails),
];
