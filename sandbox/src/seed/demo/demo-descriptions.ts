import { describeObject } from '../describe-object.ts';

interface Description {
  readonly table: string;
  readonly columns?: Readonly<Record<string, string>>;
}

const TABLES: Readonly<Record<string, Readonly<Record<string, Description>>>> = {
  dbo: {
    Categories: { table: 'The product categories' },
    Products: {
      table: 'What the shop sells',
      columns: {
        CategoryID: 'NULL: the product is not in a category yet',
        UnitPrice: 'Price of one unit in euros today, without tax; an order line keeps the price of its day',
        Sku: "The supplier's own number",
        Discontinued: '1: no longer sold',
      },
    },
    Employees: {
      table: 'Who takes the orders',
      columns: { ReportsTo: 'The manager; NULL: nobody', Salary: 'Euros in a month, before tax' },
    },
    Regions: { table: 'Sales regions; sales.Customers.Region and marketing.Spend.Region have their names' },
  },
  hr: { Regions: { table: 'Regions of the personnel department; sales regions are in dbo.Regions' } },
  sales: {
    Customers: {
      table: 'Companies that order; some have not ordered yet',
      columns: {
        CustomerID: 'Five letters and digits, given out once',
        State: 'State, province or federal state by its full name, such as California; NULL: unknown',
        Region: 'Sales region, a name of dbo.Regions',
        Country: 'Country by its name, such as Germany, UK or USA',
        CreatedAt: 'When the customer was acquired, UTC',
      },
    },
    Orders: {
      table: 'One order of one customer; the lines are in sales.OrderDetails',
      columns: {
        EmployeeID: 'Who took the order; NULL: it came from the web shop',
        OrderDate: 'When the order was placed, UTC',
        ShippedDate: 'NULL: not shipped',
        Freight: 'Cost of transport in euros; not part of the revenue',
        Status: 'open, shipped or cancelled; a cancelled order keeps its lines and is no revenue',
      },
    },
    OrderDetails: {
      table: 'The lines of the orders; one line for each product of an order',
      columns: {
        UnitPrice: 'Price of one unit in euros when the order was placed, without tax',
        Discount: 'Part of the price that is taken off: 0.1 is 10 %',
        LineTotal:
          'UnitPrice * Quantity, before the discount: it ignores Discount. What the customer pays is LineTotal * (1 - Discount)',
      },
    },
  },
  marketing: {
    Spend: {
      table: 'What was spent on marketing in a month, by sales region and channel',
      columns: {
        SpendMonth: 'The first day of the month; the current month has what was spent so far',
        Region: 'Sales region, a name of dbo.Regions',
        Channel: 'search, social, events or partners',
        Amount: 'Euros',
      },
    },
  },
  finance: {
    Transactions: {
      table: 'Log of the payments of customers in the last 7 days',
      columns: {
        TransactionID: 'Not in the order of time',
        Amount: 'Euros',
        Status: 'completed, pending or failed',
        ErrorCode: 'Why the payment failed, such as insufficient_funds; NULL: it did not fail',
        SecondOfLog: 'Makes the log of the demo go on: after 7 days a payment comes again. Use CreatedAt',
        CreatedAt: 'When the payment was tried, UTC',
      },
    },
  },
  demo: { AllTypes: { table: 'One column of every data type, with extreme values' } },
};

export const DEMO_DESCRIPTIONS: readonly string[] = [
  ...Object.entries(TABLES).flatMap(([schema, tables]) =>
    Object.entries(tables).flatMap(([table, { table: text, columns = {} }]) => [
      describeObject(text, ['SCHEMA', schema], ['TABLE', table]),
      ...Object.entries(columns).map(([column, meaning]) =>
        describeObject(meaning, ['SCHEMA', schema], ['TABLE', table], ['COLUMN', column]),
      ),
    ]),
  ),
  describeObject(
    'Sum of the lines of each order, also of cancelled ones, before the discount',
    ['SCHEMA', 'sales'],
    ['VIEW', 'vOrderTotals'],
  ),
];
