/** Raw rows of a small shop, made by arithmetic: tests compute what they expect from these rows, not by SQL. */

export interface Region {
  readonly code: string;
  readonly name: string;
}
export interface Customer {
  readonly id: number;
  readonly name: string;
  /** The code of a region without a foreign key; null, or of a region that there is not. */
  readonly region: string | null;
}
export interface Product {
  readonly id: number;
  readonly name: string;
  readonly group: string | null;
}
export interface Sale {
  readonly id: number;
  readonly customer: number | null;
  readonly product: number;
  readonly quantity: number;
  /** In cents, so that sums are exact. */
  readonly cents: number;
  readonly state: 'done' | 'open' | 'void';
  /** UTC; null for a sale without a time. */
  readonly at: number | null;
  /** How often the customer clicked; near the limit of int. */
  readonly clicks: number;
}

const DAY = 86_400_000;

export const regions: readonly Region[] = ['N', 'S', 'E'].map((code, i) => ({
  code,
  name: ['North', 'South', 'East'][i] ?? '',
}));

export const customers: readonly Customer[] = Array.from({ length: 12 }, (_, i) => ({
  id: i + 1,
  name: i % 5 === 0 ? `O'Hara ${i}` : `Customer ${i}`,
  region: [null, 'N', 'S', 'E', 'X'][i % 5] ?? null,
}));

export const products: readonly Product[] = Array.from({ length: 7 }, (_, i) => ({
  id: i + 1,
  name: `Product ${i}`,
  group: i === 6 ? null : (['Tools', 'Paint', 'Wood'][i % 3] ?? null),
}));

export const sales: readonly Sale[] = Array.from({ length: 400 }, (_, i) => ({
  id: i + 1,
  customer: i % 11 === 0 ? null : (i % 12) + 1,
  product: ((i * 5) % 7) + 1,
  quantity: (i * 7) % 13,
  cents: ((i * 8_191) % 50_000) + 1,
  state: i % 9 === 0 ? 'void' : i % 4 === 0 ? 'open' : 'done',
  // Around the clock, also within the hours when clocks change.
  at:
    i % 97 === 0
      ? null
      : Date.UTC(2024, 1, 1) + Math.floor(((i * 37) % 400) * 2.3) * DAY + ((i * 7) % 24) * 3_600_000 + 1_800_000,
  clicks: 2_000_000_000 + i,
}));

const text = (value: string | null): string => (value === null ? 'NULL' : `N'${value.replaceAll("'", "''")}'`);
const time = (value: number | null): string =>
  value === null ? 'NULL' : `'${new Date(value).toISOString().slice(0, 19)}'`;

export const SHOP_SCRIPT = `
CREATE SCHEMA shop
GO
CREATE TABLE shop.Regions (Code char(1) NOT NULL CONSTRAINT PK_Regions PRIMARY KEY, RegionName nvarchar(20) NOT NULL)
GO
CREATE TABLE shop.Customers (CustomerId int NOT NULL CONSTRAINT PK_Customers PRIMARY KEY, CustomerName nvarchar(40) NOT NULL,
  RegionCode char(1) NULL)
GO
CREATE TABLE shop.Products (ProductId int NOT NULL CONSTRAINT PK_Products PRIMARY KEY, ProductName nvarchar(40) NOT NULL,
  ProductGroup varchar(20) NULL)
GO
CREATE TABLE shop.Sales (SaleId int NOT NULL CONSTRAINT PK_Sales PRIMARY KEY,
  CustomerId int NULL CONSTRAINT FK_Sales_Customers REFERENCES shop.Customers (CustomerId),
  ProductId int NOT NULL CONSTRAINT FK_Sales_Products REFERENCES shop.Products (ProductId),
  Quantity smallint NOT NULL, Amount decimal(12,2) NOT NULL, State varchar(10) NOT NULL, SoldAt datetime2(0) NULL,
  SoldOn date NULL, Clicks int NOT NULL)
GO
CREATE TABLE shop.Targets (TargetRegion char(1) NOT NULL, Target decimal(12,2) NOT NULL)
GO
INSERT INTO shop.Targets VALUES ('N', 100), ('N', 200), ('S', 50)
GO
INSERT INTO shop.Regions VALUES ${regions.map(({ code, name }) => `('${code}', ${text(name)})`).join(', ')}
GO
INSERT INTO shop.Customers VALUES ${customers.map(({ id, name, region }) => `(${id}, ${text(name)}, ${text(region)})`).join(', ')}
GO
INSERT INTO shop.Products VALUES ${products.map(({ id, name, group }) => `(${id}, ${text(name)}, ${text(group)})`).join(', ')}
GO
INSERT INTO shop.Sales VALUES ${sales
  .map(
    ({ id, customer, product, quantity, cents, state, at, clicks }) =>
      `(${id}, ${customer ?? 'NULL'}, ${product}, ${quantity}, ${(cents / 100).toFixed(2)}, '${state}', ${time(at)}, ${time(at)}, ${clicks})`,
  )
  .join(',\n')}
`;

export const SHOP_KNOWLEDGE = `
calendar: { time_zone: Europe/Berlin, first_day_of_week: monday, fiscal_year_first_month: 4 }
metrics:
  - name: revenue
    synonyms: [turnover, net sales]
    meaning: The amounts of all sales that are not void.
    table: shop.Sales
    expression: SUM(Amount)
    filter: State <> 'void'
    time_column: SoldAt
    time_stored_as: utc
    unit: EUR
    owner: ana
    verified_on: 2026-11-02
    dimensions: &dimensions
      - { name: state, column: State }
      - { name: product_group, synonyms: [category], column: shop.Products.ProductGroup }
      - { name: customer, column: shop.Customers.CustomerName }
      - { name: region, column: shop.Regions.RegionName }
      - { name: size, expression: "CASE WHEN Quantity = 0 THEN 'none' WHEN Quantity < 7 THEN 'small' ELSE 'large' END" }
      - { name: quantity, column: Quantity }
      - { name: target, column: shop.Targets.Target }
  - { name: sale_count, meaning: All sales., table: shop.Sales, expression: COUNT(*), time_column: SoldAt, time_stored_as: utc, owner: ana, dimensions: *dimensions }
  - { name: buyers, meaning: Different customers., table: shop.Sales, expression: COUNT(DISTINCT CustomerId), time_column: SoldAt, time_stored_as: utc, owner: ana, dimensions: *dimensions }
  - { name: smallest, meaning: The smallest amount., table: shop.Sales, expression: MIN(Amount), time_column: SoldAt, time_stored_as: utc, owner: ana, dimensions: *dimensions }
  - { name: largest, meaning: The largest amount., table: shop.Sales, expression: MAX(Amount), time_column: SoldAt, time_stored_as: utc, owner: ana, dimensions: *dimensions }
  - { name: average_quantity, meaning: The average of a whole number., table: shop.Sales, expression: AVG(Quantity), time_column: SoldAt, time_stored_as: utc, owner: ana, dimensions: *dimensions }
  - { name: unit_price, meaning: Revenue for each unit., table: shop.Sales, expression: SUM(Amount) / SUM(Quantity), time_column: SoldAt, time_stored_as: utc, owner: ana, dimensions: *dimensions }
  - { name: void_rate, meaning: Void sales of all., table: shop.Sales, expression: "COUNT(CASE WHEN State = 'void' THEN 1 END) / COUNT(*)", time_column: SoldAt, time_stored_as: utc, owner: ana, dimensions: *dimensions }
  - { name: clicks, meaning: More than an int can hold., table: shop.Sales, expression: SUM(Clicks), time_column: SoldAt, time_stored_as: utc, owner: ana, dimensions: *dimensions }
  - { name: daily_sales, meaning: By the date alone., table: shop.Sales, expression: COUNT(*), time_column: SoldOn, owner: ana, dimensions: *dimensions }
  - { name: customers, meaning: All customers., table: shop.Customers, expression: COUNT(*), owner: ana, dimensions: [{ name: region, column: shop.Regions.RegionName }] }
joins:
  - { name: customer_region, from: shop.Customers.RegionCode, to: shop.Regions.Code, cardinality: many_to_one }
  - { name: customer_target, from: shop.Customers.RegionCode, to: shop.Targets.TargetRegion, cardinality: many_to_one }
`;
