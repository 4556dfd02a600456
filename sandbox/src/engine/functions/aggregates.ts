import { checkComparable, comparatorFor, hashKeyFor } from '../comparison.ts';
import { decimalStore, messageName, overflow } from '../convert-numbers.ts';
import { converter } from '../convert.ts';
import { powerOfTen } from '../decimals.ts';
import { SqlError, notSupported } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import {
  BIGINT,
  FLOAT,
  INT,
  MONEY,
  isApproximate,
  isDateTime,
  isDecimal,
  isInteger,
  isMoney,
  isNumeric,
  isString,
  isUnicode,
  nvarchar,
  precisionScale,
  varchar,
} from '../types.ts';

export interface Accumulator {
  /** Takes the argument values of one row (none for COUNT(*)), and handles NULLs and duplicates (DISTINCT). */
  add(values: readonly Value[]): void;
  result(): Value;
}

export interface BoundAggregate {
  readonly type: SqlType;
  create(): Accumulator;
}

export interface AggregateOptions {
  readonly distinct?: boolean;
  readonly star?: boolean;
}

export const AGGREGATE_NAMES: ReadonlySet<string> = new Set([
  'COUNT',
  'COUNT_BIG',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STDEV',
  'STDEVP',
  'VAR',
  'VARP',
  'STRING_AGG',
  'CHECKSUM_AGG',
  'APPROX_COUNT_DISTINCT',
]);

const invalidOperand = (name: string, t: SqlType): SqlError =>
  new SqlError(8117, `Operand data type ${messageName(t)} is invalid for ${name.toLowerCase()} operator.`);

/** Accumulates values that aren't NULL. */
interface Fold {
  add(value: Exclude<Value, null>, values: readonly Value[]): void;
  result(): Value;
}

const skippingNulls = (create: () => Fold) => (): Accumulator => {
  const fold = create();
  return {
    add: values => {
      const v = values[0];
      if (v !== null && v !== undefined) fold.add(v, values);
    },
    result: () => fold.result(),
  };
};

function distinctly(t: SqlType, create: () => Accumulator): () => Accumulator {
  const key = hashKeyFor(t);
  return () => {
    const seen = new Set<string | number | bigint>();
    const inner = create();
    return {
      add: values => {
        const v = values[0];
        if (v === null || v === undefined) return;
        const k = key(v);
        if (seen.has(k)) return;
        seen.add(k);
        inner.add(values);
      },
      result: () => inner.result(),
    };
  };
}

function count(type: SqlType, star: boolean): () => Accumulator {
  return () => {
    let n = 0;
    return {
      add: values => {
        if (star || (values[0] !== null && values[0] !== undefined)) n++;
      },
      result: () => {
        if (type === BIGINT) return BigInt(n);
        if (n > 2147483647) throw overflow(INT);
        return n;
      },
    };
  };
}

/** The type SUM and AVG work in (learn.microsoft.com: SUM, AVG, return types). */
function sumType(name: string, t: SqlType): SqlType {
  if (t.untypedNull) throw new SqlError(8117, `Operand data type NULL is invalid for ${name.toLowerCase()} operator.`);
  if (t.name === 'bit' || !isNumeric(t)) throw invalidOperand(name, t);
  if (isInteger(t)) return t.name === 'bigint' ? BIGINT : INT;
  if (isMoney(t)) return MONEY;
  if (isDecimal(t)) return { name: t.name, precision: 38, scale: precisionScale(t).scale };
  return FLOAT;
}

/** The sum of the values; undefined for no values. */
function adder(type: SqlType): () => { add(v: Value): void; sum(): bigint | number | undefined; count: number } {
  if (isApproximate(type) || type.name === 'int') {
    return () => {
      const state = {
        count: 0,
        total: 0,
        add: (v: Value): void => void ((state.total += v as number), state.count++),
        sum: () => (state.count ? state.total : undefined),
      };
      return state;
    };
  }
  return () => {
    const state = {
      count: 0,
      total: 0n,
      add: (v: Value): void => void ((state.total += v as bigint), state.count++),
      sum: () => (state.count ? state.total : undefined),
    };
    return state;
  };
}

function sumStore(type: SqlType): (v: bigint | number) => Value {
  if (isDecimal(type)) return v => decimalStore(type, 'expression')(v as bigint);
  if (type.name === 'bigint') {
    return v => {
      if (BigInt.asIntN(64, v as bigint) !== v) throw overflow(type);
      return v;
    };
  }
  if (type.name === 'int') {
    return v => {
      if ((v as number) > 2147483647 || (v as number) < -2147483648) throw overflow(type);
      return v;
    };
  }
  return v => {
    if (!Number.isFinite(v as number)) throw overflow(type);
    return v;
  };
}

function sum(name: string, t: SqlType): { type: SqlType; create: () => Accumulator } {
  const type = sumType(name, t);
  const [make, store] = [adder(type), sumStore(type)];
  return {
    type,
    create: skippingNulls(() => {
      const state = make();
      return {
        add: state.add,
        result: () => {
          const s = state.sum();
          return s === undefined ? null : store(s);
        },
      };
    }),
  };
}

function average(t: SqlType): { type: SqlType; create: () => Accumulator } {
  const base = sumType('avg', t);
  const exact = base.name === 'decimal' || base.name === 'numeric';
  const scale = precisionScale(base).scale;
  const type: SqlType = exact ? { name: base.name, precision: 38, scale: Math.max(scale, 6) } : base;
  const [make, store] = [adder(base), sumStore(base)];
  const factor = exact ? powerOfTen(Math.max(scale, 6) - scale) : 1n;
  return {
    type,
    create: skippingNulls(() => {
      const state = make();
      return {
        add: state.add,
        result: () => {
          const s = state.sum();
          if (s === undefined) return null;
          const total = store(s);
          if (typeof total !== 'bigint')
            return type.name === 'int'
              ? Math.trunc((total as number) / state.count) + 0
              : (total as number) / state.count;
          if (isMoney(base)) return total / BigInt(state.count);
          return (total * factor) / BigInt(state.count);
        },
      };
    }),
  };
}

function extreme(name: string, t: SqlType): () => Accumulator {
  if (t.name === 'bit') throw invalidOperand(name, t);
  checkComparable(t);
  const order = comparatorFor(t);
  const direction = name === 'MAX' ? 1 : -1;
  return skippingNulls(() => {
    let best: Value = null;
    return {
      add: v => {
        if (best === null || order(v, best) * direction > 0) best = v;
      },
      result: () => best,
    };
  });
}

/** Variance by Welford's method. */
function variance(name: string, t: SqlType): () => Accumulator {
  if (t.name === 'bit' || !isNumeric(t)) throw invalidOperand(name, t);
  const toFloat = converter(t, FLOAT);
  const population = name.endsWith('P');
  const root = name.startsWith('STDEV');
  return skippingNulls(() => {
    let n = 0;
    let mean = 0;
    let squares = 0;
    return {
      add: v => {
        const x = toFloat(v) as number;
        n++;
        const delta = x - mean;
        mean += delta / n;
        squares += delta * (x - mean);
      },
      result: () => {
        if (n === 0 || (n === 1 && !population)) return null;
        const v = squares / (population ? n : n - 1);
        return root ? Math.sqrt(v) : v;
      },
    };
  });
}

function stringAgg(argTypes: readonly SqlType[]): { type: SqlType; create: () => Accumulator } {
  const [t, separator] = argTypes;
  if (!t || !separator) throw new SqlError(174, 'The string_agg function requires 2 argument(s).', 15);
  if (!isString(t) && !isNumeric(t) && !isDateTime(t)) {
    throw new SqlError(8116, `Argument data type ${messageName(t)} is invalid for argument 1 of string_agg function.`);
  }
  if (!isString(separator) && !separator.untypedNull) {
    throw new SqlError(
      8116,
      `Argument data type ${messageName(separator)} is invalid for argument 2 of string_agg function.`,
    );
  }
  const unicode = !isString(t) || isUnicode(t);
  const limit = t.length === -1 ? -1 : unicode ? 4000 : 8000;
  const base = unicode ? nvarchar(limit) : varchar(limit);
  const type = t.collation === undefined ? base : { ...base, collation: t.collation };
  const toText = isString(t) ? undefined : converter(t, nvarchar(4000), { implicit: true });
  return {
    type,
    create: skippingNulls(() => {
      let parts: string[] | undefined;
      let length = 0;
      return {
        add: (v, values) => {
          const text = (toText ? toText(v) : v) as string;
          if (!parts) parts = [text];
          else {
            const by = (values[1] as string | null | undefined) ?? '';
            parts.push(by, text);
            length += by.length;
          }
          length += text.length;
          if (limit > 0 && length > limit) {
            throw new SqlError(
              9829,
              'STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.',
            );
          }
          if (length > 64 * 1024 * 1024)
            throw new SqlError(
              701,
              "There is insufficient system memory in resource pool 'default' to run this query.",
              17,
            );
        },
        result: () => parts?.join('') ?? null,
      };
    }),
  };
}

function checksumAgg(t: SqlType): () => Accumulator {
  if (!isInteger(t) || t.name === 'bigint' || t.name === 'bit') throw invalidOperand('checksum_agg', t);
  return skippingNulls(() => {
    let sum: number | null = null;
    return { add: v => void (sum = (sum ?? 0) ^ (v as number)), result: () => sum };
  });
}

/** Binds an aggregate function; undefined when there is none of that name. */
export function bindAggregate(
  name: string,
  argTypes: readonly SqlType[],
  options: AggregateOptions = {},
): BoundAggregate | undefined {
  const upper = name.toUpperCase();
  if (upper === 'APPROX_PERCENTILE_CONT' || upper === 'APPROX_PERCENTILE_DISC' || upper === 'PRODUCT') {
    throw notSupported(`the aggregate ${upper}`);
  }
  if (!AGGREGATE_NAMES.has(upper)) return undefined;
  const bound = bindKnown(upper, argTypes, options);
  const t = argTypes[0];
  if (!options.distinct || !t || upper === 'APPROX_COUNT_DISTINCT') return bound;
  if (upper === 'STRING_AGG') throw new SqlError(102, "Incorrect syntax near 'DISTINCT'.", 15);
  return upper === 'MIN' || upper === 'MAX' ? bound : { type: bound.type, create: distinctly(t, bound.create) };
}

function bindKnown(name: string, argTypes: readonly SqlType[], options: AggregateOptions): BoundAggregate {
  const t = argTypes[0];
  if (name === 'COUNT' || name === 'COUNT_BIG') {
    const type = name === 'COUNT' ? INT : BIGINT;
    if (t && !options.star) {
      if (t.name === 'text' || t.name === 'ntext' || t.name === 'image') throw invalidOperand(name, t);
      if (t.untypedNull)
        throw new SqlError(8117, `Operand data type NULL is invalid for ${name.toLowerCase()} operator.`);
    }
    return { type, create: count(type, options.star === true || !t) };
  }
  if (!t) throw new SqlError(174, `The ${name} function requires 1 argument(s).`, 15);
  const expected = name === 'STRING_AGG' ? 2 : 1;
  if (argTypes.length !== expected)
    throw new SqlError(174, `The ${name} function requires ${expected} argument(s).`, 15);
  switch (name) {
    case 'SUM':
      return sum('sum', t);
    case 'AVG':
      return average(t);
    case 'MIN':
    case 'MAX':
      return { type: t.untypedNull ? INT : t, create: extreme(name, t) };
    case 'STRING_AGG':
      return stringAgg(argTypes);
    case 'CHECKSUM_AGG':
      return { type: INT, create: checksumAgg(t) };
    case 'APPROX_COUNT_DISTINCT':
      return { type: BIGINT, create: distinctly(t, count(BIGINT, false)) };
    default:
      return { type: FLOAT, create: variance(name, t) };
  }
}
