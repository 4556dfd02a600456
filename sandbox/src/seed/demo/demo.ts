import { extras } from '../extras.ts';
import { day, inserts, moment, text } from '../inserts.ts';
import { categories, employees } from '../shop-rows.ts';
import { catalogInserts, orderInserts, SHOP_TABLES } from '../shop.ts';
import { DEMO_DESCRIPTIONS } from './demo-descriptions.ts';
import { REGION_NAMES } from './demo-names.ts';
import { PAYMENT_DAYS } from './demo-payments.ts';
import { demoRows } from './demo-rows.ts';

/** The seconds since 2024 began; the type int holds them until 2092. */
const NOW = "DATEDIFF(second, '20240101', GETDATE())";
const LOG_SECONDS = PAYMENT_DAYS * 86_400;

/*
 * "Failed transactions of the last hour" must have an answer after the demo has run for days. So the log goes round: the
 * time of a payment is the last moment before now at which its second of the week came up. It stays the same for a week,
 * after which the payment is the newest one again.
 */
const TABLES = [
  'ALTER TABLE sales.Customers ADD State nvarchar(40) NULL, Region nvarchar(40) NULL',
  'CREATE SCHEMA marketing',
  `CREATE TABLE marketing.Spend (
  SpendMonth date NOT NULL,
  Region nvarchar(40) NOT NULL,
  Channel varchar(20) NOT NULL,
  Amount money NOT NULL,
  CONSTRAINT PK_Spend PRIMARY KEY (SpendMonth, Region, Channel),
  CONSTRAINT CK_Spend_Amount CHECK (Amount >= 0))`,
  'CREATE SCHEMA finance',
  `CREATE TABLE finance.Transactions (
  TransactionID int IDENTITY(500001,1) NOT NULL CONSTRAINT PK_Transactions PRIMARY KEY,
  CustomerID nchar(5) NOT NULL CONSTRAINT FK_Transactions_Customers REFERENCES sales.Customers(CustomerID),
  Amount money NOT NULL,
  Method varchar(20) NOT NULL,
  Status varchar(12) NOT NULL CONSTRAINT CK_Transactions_Status CHECK (Status IN ('completed','pending','failed')),
  ErrorCode varchar(30) NULL,
  SecondOfLog int NOT NULL,
  CreatedAt AS (DATEADD(second, ${NOW} - (${NOW} - SecondOfLog) % ${LOG_SECONDS}, CAST('20240101' AS datetime2(0)))))`,
];

const REGIONS = [
  `INSERT INTO dbo.Regions VALUES ${REGION_NAMES.map((name, i) => `(${i + 1}, N'${name}')`).join(', ')}`,
];

/** The batches of the seed `demo`, whose dates are relative to this time, in milliseconds since 1970. */
export function demoBatches(now: number): readonly string[] {
  const rows = demoRows(now);
  return [
    ...SHOP_TABLES,
    ...TABLES,
    ...catalogInserts(categories, rows.products, employees),
    ...inserts(
      'sales.Customers (CustomerID, CompanyName, City, State, Region, Country, Email, CreatedAt)',
      rows.customers.map(row => [
        text(row.id),
        text(row.name),
        text(row.city),
        text(row.state),
        text(row.region),
        text(row.country),
        text(row.email),
        moment(row.created),
      ]),
    ),
    ...orderInserts(rows.orders, rows.orderDetails),
    ...inserts(
      'marketing.Spend (SpendMonth, Region, Channel, Amount)',
      rows.spend.map(row => [day(row.month), text(row.region), `'${row.channel}'`, row.amount]),
    ),
    ...inserts(
      'finance.Transactions (CustomerID, Amount, Method, Status, ErrorCode, SecondOfLog)',
      rows.payments.map(row => [
        `'${row.customer}'`,
        row.amount,
        `'${row.method}'`,
        `'${row.status}'`,
        row.error === null ? null : `'${row.error}'`,
        row.second,
      ]),
    ),
    ...extras(REGIONS, DEMO_DESCRIPTIONS),
  ];
}
