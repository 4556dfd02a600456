import { z } from 'zod';
import { secondsOf } from '../../config/duration.js';
import { AppError } from '../../common/app-error.js';
import { readParameterType } from '../../database/driver/parameter-types.js';
import { parseObjectName } from '../../database/object-name.js';
import { ExpressionFault } from '../sql/expression-fault.js';
import { readMetricExpression } from '../sql/metric-expression.js';
import { readRowExpression } from '../sql/row-expression.js';

/** A rule whose sentence continues "metrics[2].expression …". */
function checked(schema: z.ZodString, faultOf: (value: string) => string | undefined): z.ZodString {
  return schema.check(({ value, issues }) => {
    const message = faultOf(value);
    if (message !== undefined) issues.push({ code: 'custom', input: value, message });
  });
}

export const text = (max: number): z.ZodString => z.string().min(1).max(max);

/** A name that a tool, a metric or a column of a result can have. */
export const name = text(64).regex(/^[a-z][a-z0-9_]*$/, {
  error: 'must be a name of small letters, digits and _ that begins with a letter, such as net_revenue',
});

/** A list of texts, each at most 200 characters long. */
export const texts = (max: number): z.ZodArray<z.ZodString> => z.array(text(200)).max(max);

/** `schema.Table`. */
export const tableName = checked(text(260), value =>
  nameFault(value, 2, 'a table with its schema, such as sales.Orders'),
);

/** `schema.Procedure`. */
export const procedureName = checked(text(260), value =>
  nameFault(value, 2, 'a procedure or function with its schema, such as sales.TopCustomers'),
);

/** `schema.Table.Column`. */
export const columnName = checked(text(390), value =>
  nameFault(value, 3, 'a column with its table and schema, such as sales.Orders.OrderDate'),
);

/** `Column`, of the base table, or `schema.Table.Column`. */
export const ownColumnName = checked(text(390), value =>
  partsOf(value) === undefined ? 'must name a column, such as OrderDate or sales.Orders.OrderDate' : undefined,
);

export const rowExpression = checked(text(4_000), value => rowFault(value));

export const metricExpression = checked(text(4_000), value => fragmentFault(() => readMetricExpression(value)));

export const sqlType = checked(text(60), value => {
  const type = readParameterType(value);
  return 'fault' in type ? type.fault : undefined;
});

export const timeZone = checked(text(60), value =>
  isTimeZone(value) ? undefined : 'must be a time zone of the IANA database, such as Europe/Berlin or UTC',
);

export const date = checked(text(10), value =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true
    ? undefined
    : 'must be a date, such as 2026-11-02',
);

const LONGEST_CACHE_S = 86_400;

/** `10m`: how long an answer may be used again. */
export const cacheDuration = checked(text(10), value => {
  const seconds = secondsOf(value) ?? 0;
  return seconds >= 1 && seconds <= LONGEST_CACHE_S ? undefined : 'must be a duration from 1s to 1d, such as 10m';
});

export const webAddress = checked(text(2_000), value =>
  URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) ? undefined : 'must be an http(s) address',
);

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

function nameFault(value: string, parts: number, what: string): string | undefined {
  return partsOf(value) === parts ? undefined : `must name ${what}`;
}

/** Undefined for a text that is no name. */
function partsOf(value: string): number | undefined {
  try {
    const { database, schema, name: last } = parseObjectName(value);
    return [database, schema, last].filter(part => part !== undefined).length;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}

function rowFault(value: string): string | undefined {
  return fragmentFault(() => readRowExpression(value));
}

function fragmentFault(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return `is wrong at character ${error.offset + 1}: ${error.message}`;
  }
}
