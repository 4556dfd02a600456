import type { BoundExpression, Env } from '../contracts.ts';
import { messageName } from '../convert-numbers.ts';
import { castExpression } from '../convert.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import {
  BIGINT,
  DATETIME2,
  FLOAT,
  INT,
  NVARCHAR_MAX,
  VARCHAR_MAX,
  isBinary,
  isDateTime,
  isNumeric,
  isString,
  isUnicode,
  nvarchar,
  varchar,
} from '../types.ts';
import type { FunctionArgument, FunctionContext } from './context.ts';

/** A call of a built-in function that is being bound. */
export interface Call {
  /** Upper case. */
  readonly name: string;
  readonly args: readonly FunctionArgument[];
  readonly context: FunctionContext;
}

export interface FunctionDefinition {
  readonly min: number;
  readonly max: number;
  bind(call: Call): BoundExpression;
}

export type FunctionTable = Readonly<Record<string, FunctionDefinition>>;

export const define = (min: number, max: number, bind: (call: Call) => BoundExpression): FunctionDefinition => ({
  min,
  max,
  bind,
});

const EMPTY_ENV: Env = { row: [], outer: null };

/** The expression argument at `index`; a bare keyword there is a column name that doesn't exist. */
export function argument(call: Call, index: number): BoundExpression {
  const a = call.args[index];
  if (!a) throw new SqlError(174, `The ${call.name.toLowerCase()} function requires more arguments.`, 15);
  if ('keyword' in a) throw new SqlError(207, `Invalid column name '${a.keyword}'.`);
  return a;
}

export const allArguments = (call: Call): BoundExpression[] => call.args.map((_, i) => argument(call, i));

export function keyword(call: Call, index: number): string {
  const a = call.args[index];
  if (a && 'keyword' in a) return a.keyword.toLowerCase();
  throw new SqlError(1023, `Invalid parameter ${index + 1} specified for ${call.name.toLowerCase()}.`, 15);
}

export const invalidArgument = (call: Call, index: number, t: SqlType): SqlError =>
  new SqlError(
    8116,
    `Argument data type ${messageName(t)} is invalid for argument ${index + 1} of ${call.name.toLowerCase()} function.`,
  );

const NULL_LITERAL = { value: null };

/** The argument as text: numbers and dates are converted, and NULL becomes a NULL of type varchar. */
export function text(call: Call, index: number): BoundExpression {
  const x = argument(call, index);
  const t = x.type;
  if (t.untypedNull) return { type: varchar(1), evaluate: () => null, literal: NULL_LITERAL };
  if (t.name === 'text') return { ...x, type: VARCHAR_MAX };
  if (t.name === 'ntext') return { ...x, type: NVARCHAR_MAX };
  if (isString(t)) return x;
  if (isNumeric(t) || isDateTime(t) || t.name === 'uniqueidentifier')
    return castExpression(x, varchar(textWidth(t)), { implicit: true });
  if (isBinary(t))
    return castExpression(x, t.length === -1 ? VARCHAR_MAX : varchar(Math.max(1, t.length ?? 8)), { implicit: true });
  throw invalidArgument(call, index, t);
}

/** The longest text of a type that is not a string. */
export function textWidth(t: SqlType): number {
  switch (t.name) {
    case 'bit':
      return 1;
    case 'tinyint':
      return 3;
    case 'smallint':
      return 6;
    case 'int':
      return 12;
    case 'bigint':
      return 24;
    case 'date':
      return 10;
    case 'time':
      return 16;
    case 'datetime':
    case 'smalldatetime':
      return 19;
    case 'datetime2':
      return 27;
    case 'datetimeoffset':
      return 34;
    case 'uniqueidentifier':
      return 36;
    default:
      return 41;
  }
}

const converted =
  (to: SqlType) =>
  (call: Call, index: number): BoundExpression => {
    const x = argument(call, index);
    if (isDateTime(x.type) || x.type.name === 'uniqueidentifier' || x.type.name === 'xml')
      throw invalidArgument(call, index, x.type);
    return castExpression(x, to, { implicit: true });
  };

export const int = converted(INT);
export const bigint = converted(BIGINT);
export const float = converted(FLOAT);

/** The argument as a date/time: text becomes datetime2 (or `textType`), numbers count days since 1900. */
export function dateTime(call: Call, index: number, textType: SqlType = DATETIME2): BoundExpression {
  const x = argument(call, index);
  if (isDateTime(x.type)) return x;
  if (isString(x.type) || x.type.untypedNull) return castExpression(x, textType, { implicit: true });
  return castExpression(x, { name: 'datetime' }, { implicit: true });
}

/** A deterministic function that returns NULL when an argument is NULL; it is folded when all arguments are constants. */
export function strict(
  type: SqlType,
  args: readonly BoundExpression[],
  f: (...values: Exclude<Value, null>[]) => Value,
): BoundExpression {
  return folded(args, { type, evaluate: strictClosure(args, f) });
}

function strictClosure(
  args: readonly BoundExpression[],
  f: (...values: Exclude<Value, null>[]) => Value,
): (env: Env) => Value {
  const [a, b, c] = args;
  if (!a) return () => f();
  if (!b) {
    return env => {
      const x = a.evaluate(env);
      return x === null ? null : f(x);
    };
  }
  if (!c) {
    return env => {
      const x = a.evaluate(env);
      if (x === null) return null;
      const y = b.evaluate(env);
      return y === null ? null : f(x, y);
    };
  }
  return env => {
    const values: Exclude<Value, null>[] = [];
    for (const arg of args) {
      const v = arg.evaluate(env);
      if (v === null) return null;
      values.push(v);
    }
    return f(...values);
  };
}

/** Like `strict`, but the function receives NULLs too. */
export function lenient(
  type: SqlType,
  args: readonly BoundExpression[],
  f: (...values: Value[]) => Value,
): BoundExpression {
  return folded(args, { type, evaluate: env => f(...args.map(a => a.evaluate(env))) });
}

/** Evaluates a deterministic expression of constants at once; an error waits until the row is evaluated. */
function folded(args: readonly BoundExpression[], x: BoundExpression): BoundExpression {
  if (args.length === 0 || !args.every(a => a.literal)) return x;
  try {
    const value = x.evaluate(EMPTY_ENV);
    return { type: x.type, evaluate: () => value, literal: { value, computed: true } };
  } catch (error) {
    if (error instanceof SqlError) return x;
    throw error;
  }
}

/** An expression that must not be folded: it asks the session, the clock or a generator. */
export function dynamic(
  type: SqlType,
  args: readonly BoundExpression[],
  f: (...values: Value[]) => Value,
): BoundExpression {
  return { type, evaluate: env => f(...args.map(a => a.evaluate(env))) };
}

/** varchar or nvarchar as the arguments are, of that length, -1 when it is beyond the limit and `grows`. */
export function stringType(sources: readonly SqlType[], length: number): SqlType {
  const unicode = sources.some(isUnicode);
  const collation = sources.find(s => s.collation !== undefined)?.collation;
  const limit = unicode ? 4000 : 8000;
  const fitted = length === -1 ? -1 : Math.max(1, Math.min(limit, length));
  const type = unicode ? nvarchar(fitted) : varchar(fitted);
  return collation === undefined ? type : { ...type, collation };
}

/** The longest result: 8000 bytes, or max when the source is. */
export const widestString = (sources: readonly SqlType[]): SqlType =>
  stringType(sources, sources.some(s => s.length === -1) ? -1 : 8000);

/** Truncates text that the type cannot hold. */
export function clip(type: SqlType): (s: string) => string {
  const limit = type.length ?? -1;
  return limit < 0 ? s => s : s => (s.length > limit ? s.slice(0, limit) : s);
}

export function constantNumber(x: BoundExpression | undefined): number | undefined {
  const v = x?.literal?.value;
  return typeof v === 'number' ? v : undefined;
}
