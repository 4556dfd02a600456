import { describeObject } from './describe-object.ts';

/** Objects as in a real database: every data type, awkward names, a name in two schemas. */

const ALL_TYPES = `CREATE TABLE demo.AllTypes (
  Id int IDENTITY(1,1) NOT NULL CONSTRAINT PK_AllTypes PRIMARY KEY,
  CaseName varchar(20) NOT NULL,
  C_bit bit NULL,
  C_tinyint tinyint NULL,
  C_smallint smallint NULL,
  C_int int NULL,
  C_bigint bigint NULL,
  C_decimal decimal(38,10) NULL,
  C_numeric numeric(38,0) NULL,
  C_money money NULL,
  C_smallmoney smallmoney NULL,
  C_real real NULL,
  C_float float NULL,
  C_date date NULL,
  C_time time(7) NULL,
  C_datetime datetime NULL,
  C_smalldatetime smalldatetime NULL,
  C_datetime2 datetime2(7) NULL,
  C_datetimeoffset datetimeoffset(7) NULL,
  C_char char(10) NULL,
  C_varchar varchar(8000) NULL,
  C_varcharmax varchar(max) NULL,
  C_text text NULL,
  C_nchar nchar(10) NULL,
  C_nvarchar nvarchar(4000) NULL,
  C_nvarcharmax nvarchar(max) NULL,
  C_ntext ntext NULL,
  C_binary binary(4) NULL,
  C_varbinary varbinary(100) NULL,
  C_varbinarymax varbinary(max) NULL,
  C_image image NULL,
  C_uniqueidentifier uniqueidentifier NULL,
  C_xml xml NULL,
  C_sql_variant sql_variant NULL,
  C_hierarchyid hierarchyid NULL,
  C_geography geography NULL,
  C_geometry geometry NULL,
  C_rowversion rowversion NOT NULL)`;

const COLUMNS = `CaseName, C_bit, C_tinyint, C_smallint, C_int, C_bigint, C_decimal, C_numeric, C_money, C_smallmoney,
  C_real, C_float, C_date, C_time, C_datetime, C_smalldatetime, C_datetime2, C_datetimeoffset, C_char, C_varchar,
  C_varcharmax, C_text, C_nchar, C_nvarchar, C_nvarcharmax, C_ntext, C_binary, C_varbinary, C_varbinarymax, C_image,
  C_uniqueidentifier, C_xml, C_sql_variant, C_hierarchyid, C_geography, C_geometry`;

/** A point at 47.6 N 122.3 W, and one at (1, 2): the CLR serialisation of MS-SSCLRT. */
const GEOGRAPHY = '0xE6100000010CCDCCCCCCCCCC47403333333333935EC0';
const GEOMETRY = '0x00000000010C000000000000F03F0000000000000040';

const ALL_TYPES_ROWS = [
  `INSERT INTO demo.AllTypes (${COLUMNS}) VALUES (
  'smallest', 0, 0, -32768, -2147483648, -9223372036854775808,
  -9999999999999999999999999999.9999999999, -99999999999999999999999999999999999999,
  -922337203685477.5808, -214748.3648, -3.4E38, -1.79E308,
  '0001-01-01', '00:00:00', '1753-01-01T00:00:00', '1900-01-01T00:00:00', '0001-01-01T00:00:00',
  '0001-01-01T00:00:00.0000000 +00:00', '', '', '', '', N'', N'', N'', N'', 0x, 0x, 0x, 0x,
  '00000000-0000-0000-0000-000000000000', N'', CAST(-1 AS int), CAST(0x AS hierarchyid), NULL, NULL)`,
  `INSERT INTO demo.AllTypes (${COLUMNS}) VALUES (
  'largest', 1, 255, 32767, 2147483647, 9223372036854775807,
  9999999999999999999999999999.9999999999, 99999999999999999999999999999999999999,
  922337203685477.5807, 214748.3647, 3.4E38, 1.79E308,
  '9999-12-31', '23:59:59.9999999', '9999-12-31T23:59:59.997', '2079-06-06T23:59:00', '9999-12-31T23:59:59.9999999',
  '9999-12-31T23:59:59.9999999 +00:00', REPLICATE('z', 10), REPLICATE('v', 8000), REPLICATE(CAST('m' AS varchar(max)), 20000),
  REPLICATE('t', 1000), REPLICATE(N'Ω', 10), REPLICATE(N'ÿ', 4000), REPLICATE(CAST(N'漢' AS nvarchar(max)), 20000),
  REPLICATE(N'n', 1000), 0xFFFFFFFF, CAST(REPLICATE('x', 100) AS varbinary(100)), 0x${'FF'.repeat(1000)}, 0x00FF00FF,
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', N'<root><item n="1">text &amp; more</item></root>',
  CAST(99999999999999999999999999999999999999 AS numeric(38,0)), CAST(0x5AC0 AS hierarchyid),
  CAST(${GEOGRAPHY} AS geography), CAST(${GEOMETRY} AS geometry))`,
  `INSERT INTO demo.AllTypes (${COLUMNS}) VALUES (
  'usual', 1, 42, -1000, 123456, 9007199254740993, 12345.6789012345, 9007199254740993, 1234.5678, 12.3400,
  0.1, 0.1, '2024-02-29', '12:34:56.7890123', '2024-02-29T12:34:56.790', '2024-02-29T12:34:00',
  '2024-02-29T12:34:56.7890123', '2024-02-29T12:34:56.7890123 +05:30', 'abc', 'Grüße', 'line 1
line 2', 'old text', N'日本', N'Ünïcödé 🎉', N'"quoted", with comma', N'old ntext', 0x01020304, 0xDEADBEEF, 0x00, 0x89504E47,
  '0E984725-C51C-4BF4-9960-E1C80E27ABA0', N'<a/>', CAST(N'variant text' AS nvarchar(50)), CAST(0x58 AS hierarchyid),
  CAST(${GEOGRAPHY} AS geography), CAST(${GEOMETRY} AS geometry))`,
  "INSERT INTO demo.AllTypes (CaseName) VALUES ('nulls')",
  "INSERT INTO demo.AllTypes (CaseName, C_sql_variant) VALUES ('variant money', CAST(922337203685477.5807 AS money))",
  "INSERT INTO demo.AllTypes (CaseName, C_sql_variant) VALUES ('variant offset', CAST('2024-02-29T12:34:56.7890123 -08:00' AS datetimeoffset(7)))",
];

const NAMES = [
  `CREATE TABLE demo.[Order Notes (2024)] (
  [Note ID] int IDENTITY(1,1) NOT NULL CONSTRAINT [PK Order Notes] PRIMARY KEY,
  [select] nvarchar(50) NULL,
  [x]]y] int NULL,
  ["quoted"] int NULL,
  [it's] int NULL,
  [naïve ☕ 列] nvarchar(50) NULL)`,
  `INSERT INTO demo.[Order Notes (2024)] ([select], [x]]y], ["quoted"], [it's], [naïve ☕ 列]) VALUES
  (N'first', 1, 2, 3, N'é'), (NULL, NULL, NULL, NULL, N'中文')`,
  'CREATE TABLE demo.[We]]ird "table"] (Id int NOT NULL PRIMARY KEY, Value nvarchar(20) NULL)',
  `INSERT INTO demo.[We]]ird "table"] VALUES (1, N'one')`,
  'CREATE TABLE demo.[Größe 中文] (Id int NOT NULL PRIMARY KEY, [Länge] decimal(9,2) NULL)',
  'INSERT INTO demo.[Größe 中文] VALUES (1, 1.50), (2, NULL)',
];

/** The same name in two schemas, so that a name without schema is ambiguous. */
const REGION_TABLES = [
  'CREATE TABLE dbo.Regions (RegionID int NOT NULL CONSTRAINT PK_dbo_Regions PRIMARY KEY, RegionName nvarchar(40) NOT NULL)',
  'CREATE TABLE hr.Regions (RegionCode char(2) NOT NULL CONSTRAINT PK_hr_Regions PRIMARY KEY, Manager nvarchar(40) NULL)',
  "INSERT INTO hr.Regions VALUES ('EU', N'Laura Callahan'), ('US', NULL)",
];
const REGIONS = ["INSERT INTO dbo.Regions VALUES (1, N'North'), (2, N'South')"];

const SHIPMENTS = [
  `CREATE TABLE demo.Shipments (
  ShipmentID int IDENTITY(100,10) NOT NULL CONSTRAINT PK_Shipments PRIMARY KEY,
  OrderID int NOT NULL,
  ProductID int NOT NULL,
  Quantity smallint NOT NULL CONSTRAINT DF_Shipments_Quantity DEFAULT 1,
  ShippedAt datetimeoffset(3) NULL,
  CONSTRAINT FK_Shipments_OrderDetails FOREIGN KEY (OrderID, ProductID) REFERENCES sales.OrderDetails (OrderID, ProductID))`,
  `INSERT INTO demo.Shipments (OrderID, ProductID, Quantity, ShippedAt)
SELECT TOP (20) OrderID, ProductID, Quantity, '2024-01-15T08:30:00.000 +01:00' FROM sales.OrderDetails ORDER BY OrderID, ProductID`,
  `CREATE VIEW demo.vShipmentWeights AS
SELECT s.ShipmentID, p.ProductName, s.Quantity * p.Weight AS TotalWeight
FROM demo.Shipments AS s JOIN dbo.Products AS p ON p.ProductID = s.ProductID`,
];

const DESCRIPTIONS = [
  describeObject('What the shop sells', ['SCHEMA', 'dbo'], ['TABLE', 'Products']),
  describeObject(
    'Price of one unit in euros, without tax',
    ['SCHEMA', 'dbo'],
    ['TABLE', 'Products'],
    ['COLUMN', 'UnitPrice'],
  ),
  describeObject("The supplier's own number", ['SCHEMA', 'dbo'], ['TABLE', 'Products'], ['COLUMN', 'Sku']),
  describeObject('Companies that order', ['SCHEMA', 'sales'], ['TABLE', 'Customers']),
  describeObject(
    'Five letters and digits, given out once',
    ['SCHEMA', 'sales'],
    ['TABLE', 'Customers'],
    ['COLUMN', 'CustomerID'],
  ),
  describeObject('Sum of the lines of each order', ['SCHEMA', 'sales'], ['VIEW', 'vOrderTotals']),
  describeObject('One column of every data type, with extreme values', ['SCHEMA', 'demo'], ['TABLE', 'AllTypes']),
];

/** The extras with the regions and the descriptions of a seed; they need the tables of the shop and their rows. */
export function extras(regions: readonly string[], descriptions: readonly string[]): readonly string[] {
  return [
    'CREATE SCHEMA demo',
    'CREATE SCHEMA hr',
    ALL_TYPES,
    ...ALL_TYPES_ROWS,
    ...NAMES,
    ...REGION_TABLES,
    ...regions,
    ...SHIPMENTS,
    ...descriptions,
  ];
}

export const EXTRAS: readonly string[] = extras(REGIONS, DESCRIPTIONS);
