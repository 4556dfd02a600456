import { SqlError } from './sql-error.ts';
import type { SqlType } from './sql-type.ts';
import { catalogTypeName, isBinary, isLegacyDateTime, isString } from './types.ts';

type Family =
  | 'binary'
  | 'string'
  | 'lob'
  | 'image'
  | 'datetime'
  | 'date'
  | 'time'
  | 'datetime2'
  | 'exact'
  | 'approximate'
  | 'rowversion'
  | 'uniqueidentifier'
  | 'xml'
  | 'variant'
  | 'clr';

function familyOf(t: SqlType): Family {
  switch (t.name) {
    case 'text':
    case 'ntext':
      return 'lob';
    case 'image':
      return 'image';
    case 'rowversion':
      return 'rowversion';
    case 'uniqueidentifier':
      return 'uniqueidentifier';
    case 'xml':
      return 'xml';
    case 'sql_variant':
      return 'variant';
    case 'float':
    case 'real':
      return 'approximate';
    case 'date':
      return 'date';
    case 'time':
      return 'time';
    case 'datetime2':
    case 'datetimeoffset':
      return 'datetime2';
    case 'hierarchyid':
    case 'geography':
    case 'geometry':
      return 'clr';
    default:
      if (isLegacyDateTime(t)) return 'datetime';
      if (isString(t)) return 'string';
      return isBinary(t) ? 'binary' : 'exact';
  }
}

/**
 * The chart of implicit and explicit conversions (learn.microsoft.com: Data type conversion): per source family, what
 * is done implicitly and what only by CAST; everything else is not allowed.
 */
const CHART: Readonly<Record<Family, { readonly implicit: string; readonly explicit: string }>> = {
  binary: {
    implicit: 'binary string exact rowversion uniqueidentifier image datetime variant clr',
    explicit: 'xml date time datetime2',
  },
  string: {
    implicit: 'string lob datetime date time datetime2 exact approximate uniqueidentifier xml variant',
    explicit: 'binary rowversion image',
  },
  lob: { implicit: 'string lob xml', explicit: '' },
  image: { implicit: 'binary image rowversion', explicit: '' },
  datetime: {
    implicit: 'string datetime date time datetime2 variant',
    explicit: 'binary exact approximate rowversion',
  },
  date: { implicit: 'string datetime date datetime2 variant', explicit: 'binary' },
  time: { implicit: 'string datetime time datetime2 variant', explicit: 'binary' },
  datetime2: { implicit: 'string datetime date time datetime2 variant', explicit: 'binary' },
  exact: { implicit: 'binary string datetime exact approximate rowversion variant', explicit: '' },
  approximate: { implicit: 'binary string datetime exact approximate variant', explicit: '' },
  rowversion: { implicit: 'binary string exact rowversion image datetime', explicit: '' },
  uniqueidentifier: { implicit: 'binary string uniqueidentifier variant', explicit: '' },
  xml: { implicit: 'xml', explicit: 'string binary' },
  variant: {
    implicit: 'variant',
    explicit: 'binary string datetime date time datetime2 exact approximate uniqueidentifier',
  },
  clr: { implicit: 'clr', explicit: 'string binary' },
};

const has = (list: string, family: Family): boolean => list.split(' ').includes(family);

/** Throws 206, 257 or 529 when values of `from` can't be turned into `to` that way. */
export function checkConversion(from: SqlType, to: SqlType, implicit: boolean): void {
  const [a, b] = [familyOf(from), familyOf(to)];
  const rule = CHART[a];
  if (has(rule.implicit, b) && !(a === 'clr' && from.name !== to.name)) return;
  const [source, target] = [catalogTypeName(from), catalogTypeName(to)];
  const explicit = has(rule.explicit, b);
  if (explicit && !implicit) return;
  if (explicit) {
    throw new SqlError(
      257,
      `Implicit conversion from data type ${source} to ${target} is not allowed. Use the CONVERT function to run this query.`,
    );
  }
  if (implicit) throw new SqlError(206, `Operand type clash: ${source} is incompatible with ${target}`);
  throw new SqlError(529, `Explicit conversion from data type ${source} to ${target} is not allowed.`);
}
