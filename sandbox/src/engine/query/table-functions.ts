import type { SourceColumn } from '../binder/bind-context.ts';
import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type BoundExpression, type Env, type RowStream } from '../contracts.ts';
import { castExpression, converter } from '../convert.ts';
import { comparatorFor } from '../operators.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import {
  BIGINT,
  INT,
  isDecimal,
  isInteger,
  isString,
  isUnicode,
  nvarchar,
  NVARCHAR_MAX,
  unify,
  varchar,
  VARCHAR_MAX,
} from '../types.ts';

/** A built-in table-valued function with its arguments bound; the environment is the one they are bound in. */
export interface BoundTableFunction {
  readonly columns: readonly SourceColumn[];
  open(env: Env): RowStream;
}

const column = (name: string, type: SqlType, nullable = true): SourceColumn => ({ name, type, nullable });

/** STRING_SPLIT and GENERATE_SERIES; undefined when the name is neither. OPENJSON has a file of its own. */
export function bindTableFunction(
  name: string,
  args: readonly BoundExpression[],
  compilation: Compilation,
): BoundTableFunction | undefined {
  switch (name.toUpperCase()) {
    case 'STRING_SPLIT':
      return stringSplit(args, compilation);
    case 'GENERATE_SERIES':
      return generateSeries(args, compilation);
    default:
      return undefined;
  }
}

function argumentCount(name: string, args: readonly unknown[], least: number, most: number): void {
  if (args.length < least)
    throw new SqlError(313, `An insufficient number of arguments were supplied for the procedure or function ${name}.`);
  if (args.length > most) throw new SqlError(8144, `Procedure or function ${name} has too many arguments specified.`);
}

function stringSplit(args: readonly BoundExpression[], compilation: Compilation): BoundTableFunction {
  argumentCount('STRING_SPLIT', args, 2, 3);
  const [text, separator, ordinal] = args as [BoundExpression, BoundExpression, BoundExpression | undefined];
  args.slice(0, 2).forEach((arg, i) => {
    if (!isString(arg.type) && !arg.type.untypedNull) {
      throw new SqlError(
        8116,
        `Argument data type ${arg.type.name} is invalid for argument ${i + 1} of string_split function.`,
      );
    }
  });
  if (ordinal && !ordinal.literal) {
    throw new SqlError(
      8748,
      'The enable_ordinal argument for string_split only supports constant values (not variables or columns).',
    );
  }
  const flag = ordinal?.literal?.value ?? 0;
  if (Number(flag) !== 0 && Number(flag) !== 1) {
    throw new SqlError(
      4199,
      'Argument value 2 is invalid for argument 3 of string_split function.'.replace(
        'value 2',
        `value ${String(flag)}`,
      ),
    );
  }
  const withOrdinal = Number(flag) === 1;
  const max = text.type.length === -1;
  const type =
    isUnicode(text.type) || text.type.untypedNull
      ? max
        ? NVARCHAR_MAX
        : nvarchar(Math.max(1, text.type.length ?? 4000))
      : max
        ? VARCHAR_MAX
        : varchar(Math.max(1, text.type.length ?? 8000));
  const columns = [column('value', { ...type, collation: text.type.collation })];
  if (withOrdinal) columns.push(column('ordinal', BIGINT, false));
  return {
    columns,
    *open(env): RowStream {
      const value = text.evaluate(env);
      const by = separator.evaluate(env);
      if (typeof by !== 'string' || by.length !== 1) {
        throw new SqlError(214, "Procedure expects parameter 'separator' of type 'nchar(1)/nvarchar(1)'.", 11);
      }
      if (value === null) return;
      const { ticker } = compilation;
      let number = 0n;
      for (const part of (value as string).split(by)) {
        if (ticker.tick()) yield PAUSE;
        yield withOrdinal ? [part, ++number] : [part];
      }
    },
  };
}

function generateSeries(args: readonly BoundExpression[], compilation: Compilation): BoundTableFunction {
  argumentCount('GENERATE_SERIES', args, 2, 3);
  const typed = args.filter(arg => !arg.type.untypedNull);
  const type = typed.length > 0 ? unify(typed.map(arg => arg.type)) : INT;
  for (const arg of typed) {
    if ((!isInteger(arg.type) && !isDecimal(arg.type)) || arg.type.name === 'bit' || arg.type.name.includes('money')) {
      throw new SqlError(
        8116,
        `Argument data type ${arg.type.name} is invalid for argument ${args.indexOf(arg) + 1} of generate_series function.`,
      );
    }
    if (arg.type.name !== type.name) {
      throw new SqlError(
        5373,
        `All the input parameters should be of the same type. Supported types are tinyint, smallint, int, bigint, decimal and numeric.`,
      );
    }
  }
  const [start, stop, step] = args.map(arg => castExpression(arg, type, { implicit: true })) as [
    BoundExpression,
    BoundExpression,
    BoundExpression | undefined,
  ];
  const one = converter(INT, type)(1);
  const compare = comparatorFor(type);
  const zero = converter(INT, type)(0);
  const plus = (a: Value, b: Value): Value => ((a as number) + (b as number)) as Value;
  return {
    columns: [column('value', type)],
    *open(env): RowStream {
      const from = start.evaluate(env);
      const to = stop.evaluate(env);
      if (from === null || to === null) return;
      const falling = compare(from, to) > 0;
      const by = step ? step.evaluate(env) : falling ? (-(one as number) as Value) : one;
      if (by === null) return;
      const direction = compare(by, zero);
      if (direction === 0)
        throw new SqlError(4199, 'Argument value 0 is invalid for argument 3 of generate_series function.');
      const { ticker } = compilation;
      for (let at: Value = from; direction > 0 ? compare(at, to) <= 0 : compare(at, to) >= 0; at = plus(at, by)) {
        if (ticker.tick()) yield PAUSE;
        yield [at];
      }
    },
  };
}
