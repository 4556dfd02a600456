import type { DatabaseConfig } from '../../../src/config/tenants/database.config.js';
import { connect } from '../database.js';

/** All rows of the demo's tables, as the database has them; dates are UTC. */
export interface RawRows {
  readonly categories: readonly { CategoryID: number; CategoryName: string }[];
  readonly products: readonly { ProductID: number; CategoryID: number | null }[];
  readonly customers: readonly {
    CustomerID: string;
    State: string | null;
    Region: string;
    CreatedAt: Date;
  }[];
  readonly orders: readonly { OrderID: number; CustomerID: string; OrderDate: Date; Status: string }[];
  readonly lines: readonly {
    OrderID: number;
    ProductID: number;
    UnitPrice: number;
    Quantity: number;
    Discount: number;
  }[];
  readonly spend: readonly { SpendMonth: Date; Region: string; Amount: number }[];
  readonly payments: readonly { TransactionID: number; Status: string; CreatedAt: Date }[];
}

const TABLES: Readonly<Record<keyof RawRows, string>> = {
  categories: 'dbo.Categories',
  products: 'dbo.Products',
  customers: 'sales.Customers',
  orders: 'sales.Orders',
  lines: 'sales.OrderDetails',
  spend: 'marketing.Spend',
  payments: 'finance.Transactions',
};

/** Reads whole tables with the bare driver: nothing is filtered or computed by SQL but the time of a payment. */
export async function readRawRows(config: DatabaseConfig): Promise<RawRows> {
  const pool = await connect(config);
  try {
    const read = async ([name, table]: [string, string]) =>
      [name, (await pool.query(`SELECT * FROM ${table}`)).recordset] as const;
    return Object.fromEntries(await Promise.all(Object.entries(TABLES).map(read))) as unknown as RawRows;
  } finally {
    await pool.close();
  }
}
