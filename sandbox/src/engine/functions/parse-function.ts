import type { BoundExpression } from '../contracts.ts';
import { castExpression, converter } from '../convert.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { NVARCHAR_MAX, describeType, isDateTime, isNumeric, isString, varchar } from '../types.ts';
import { cultureOf, type Culture } from './culture.ts';
import { strict } from './definition.ts';

/** The number with a decimal point and nothing else; undefined when it isn't written as the culture does. */
function plainNumber(source: string, c: Culture): string | undefined {
  let s = source.trim();
  const bracketed = /^\((.*)\)$/.exec(s);
  if (bracketed) s = `-${bracketed[1] ?? ''}`;
  s = s
    .split(c.currency)
    .join('')
    .replace(/[\s\u00a0]/g, '');
  const trailing = /^(.*)-$/.exec(s);
  if (trailing) s = `-${trailing[1] ?? ''}`;
  const [whole = '', fraction, more] = s.split(c.decimal);
  if (more !== undefined) return undefined;
  const group = c.group.replace(/[\s\u00a0]/g, '');
  const digits = group === '' ? whole : whole.split(group).join('');
  const plain = fraction === undefined ? digits : `${digits}.${fraction}`;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain) ? plain : undefined;
}

/** Numeric dates in the order of the culture's short date pattern become yyyy-mm-dd; names of months stay English. */
function isoDate(source: string, c: Culture): string {
  const m = /^\s*(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(.*)$/s.exec(source);
  if (!m || (m[1] ?? '').length > 2) return source;
  const order = [...c.shortDate.replace(/[^dMy]/g, '')].filter((x, i, all) => all.indexOf(x) === i).join('');
  const parts = [m[1] ?? '', m[2] ?? '', m[3] ?? ''];
  const at = (letter: string): string => parts[order.indexOf(letter)] ?? '';
  const year = at('y');
  const full = year.length > 2 ? year : String(Number(year) < 50 ? 2000 + Number(year) : 1900 + Number(year));
  return `${full.padStart(4, '0')}-${at('M').padStart(2, '0')}-${at('d').padStart(2, '0')}${m[4] ?? ''}`;
}

/** PARSE and TRY_PARSE (text AS type USING culture). */
export function parseWithCulture(
  x: BoundExpression,
  to: SqlType,
  culture: BoundExpression | undefined,
  options: { readonly try: boolean },
): BoundExpression {
  if (!isNumeric(to) && !isDateTime(to))
    throw new SqlError(10761, `Invalid data type ${describeType(to)} in function PARSE.`);
  if (!isString(x.type))
    throw new SqlError(8116, `Argument data type ${x.type.name} is invalid for argument 1 of parse function.`);
  const source = castExpression(x, NVARCHAR_MAX);
  const convert = converter(varchar(8000), to);
  const args = culture ? [source, castExpression(culture, NVARCHAR_MAX, { implicit: true })] : [source];
  const failure = (text: Value, name: string): SqlError =>
    new SqlError(
      9819,
      `Error converting string value '${String(text)}' into data type ${to.name} using culture '${name}'.`,
    );
  return strict(to, args, (text, name) => {
    const c = cultureOf((name as string | undefined) ?? 'en-US');
    try {
      const plain = isNumeric(to) ? plainNumber(text as string, c) : isoDate(text as string, c);
      if (plain === undefined || plain.trim() === '') throw failure(text, name === undefined ? '' : c.name);
      return convert(plain);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      if (options.try) return null;
      throw failure(text, name === undefined ? '' : c.name);
    }
  });
}
