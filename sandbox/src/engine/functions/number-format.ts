import { decimalFromNumber, formatDecimal, powerOfTen, rescale } from '../decimals.ts';
import type { Culture } from './culture.ts';

/** A number as .NET formats it: exact digits, and whether it is an integer type (which D and X need). */
export interface FormattableNumber {
  readonly value: bigint;
  readonly scale: number;
  readonly integer: boolean;
  /** The double, when it comes from float or real. */
  readonly double?: number;
}

export function fromDouble(v: number): FormattableNumber {
  // .NET Framework shows 15 significant digits of a double.
  const shown = Number(v.toPrecision(15));
  const digits =
    shown === 0 || Math.abs(shown) >= 1e15 ? 0 : Math.min(30, Math.max(0, 15 - Math.ceil(Math.log10(Math.abs(shown)))));
  return { value: decimalFromNumber(shown, digits), scale: digits, integer: false, double: v };
}

function grouped(whole: string, separator: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, separator);
}

/** Magnitude with that many decimals, in the culture's signs. */
function fixed(
  n: FormattableNumber,
  decimals: number,
  culture: Culture,
  group: boolean,
): { text: string; negative: boolean } {
  const rounded = rescale(n.value, n.scale, decimals);
  const [whole = '', fraction] = formatDecimal(rounded < 0n ? -rounded : rounded, decimals).split('.');
  const text =
    (group ? grouped(whole, culture.group) : whole) + (fraction === undefined ? '' : culture.decimal + fraction);
  return { text, negative: rounded < 0n };
}

const signed = (pattern: string, culture: Culture, text: string): string =>
  pattern.replace(/[n$]/g, c => (c === 'n' ? text : culture.currency));

function exponential(n: FormattableNumber, digits: number, letter: string, culture: Culture, minimum: number): string {
  const v = n.double ?? Number(formatDecimal(n.value, n.scale));
  const [mantissa = '', exponent = '0'] = v.toExponential(Math.min(digits, 100)).split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${mantissa.replace('.', culture.decimal)}${letter}${sign}${exponent.replace(/[+-]/, '').padStart(minimum, '0')}`;
}

/** Digits behind the point of the shortest scientific notation. */
const mantissaDigits = (v: number): number => v.toExponential().replace(/e.*$/, '').replace(/[-.]/g, '').length - 1;

function general(n: FormattableNumber, precision: number | undefined, letter: string, culture: Culture): string {
  const digits = formatDecimal(n.value, n.scale);
  if (precision === undefined || precision === 0) {
    if (n.double === undefined) return digits.replace('.', culture.decimal);
    const v = Number(n.double.toPrecision(15));
    const text =
      Math.abs(v) >= 1e15 || (v !== 0 && Math.abs(v) < 1e-4)
        ? exponential({ ...n, double: v }, mantissaDigits(v), 'E', culture, 2)
        : String(v);
    return text.replace('.', culture.decimal);
  }
  const v = Number(Number(digits).toPrecision(precision));
  if (v !== 0 && (Math.abs(v) >= 10 ** precision || Math.abs(v) < 1e-4)) {
    return exponential({ ...n, double: v }, mantissaDigits(v), letter === 'g' ? 'e' : 'E', culture, 2);
  }
  return String(v).replace('.', culture.decimal);
}

/** A standard format: a letter and a precision. undefined when the type doesn't have it (FORMAT then gives NULL). */
function standard(
  n: FormattableNumber,
  letter: string,
  precision: number | undefined,
  culture: Culture,
): string | undefined {
  switch (letter.toUpperCase()) {
    case 'N': {
      const { text, negative } = fixed(n, precision ?? 2, culture, true);
      return negative ? `-${text}` : text;
    }
    case 'F': {
      const { text, negative } = fixed(n, precision ?? 2, culture, false);
      return negative ? `-${text}` : text;
    }
    case 'C': {
      const { text, negative } = fixed(n, precision ?? (culture.name.toLowerCase() === 'ja-jp' ? 0 : 2), culture, true);
      return signed(culture.currencyPattern[negative ? 1 : 0], culture, text);
    }
    case 'P': {
      const { text, negative } = fixed({ ...n, value: n.value * 100n }, precision ?? 2, culture, true);
      return (negative ? '-' : '') + signed(culture.percentPattern, culture, text);
    }
    case 'D': {
      if (!n.integer) return undefined;
      const text = (n.value < 0n ? -n.value : n.value).toString().padStart(precision ?? 1, '0');
      return n.value < 0n ? `-${text}` : text;
    }
    case 'X': {
      if (!n.integer) return undefined;
      const width = n.value >= -2147483648n && n.value <= 2147483647n ? 32 : 64;
      const text = BigInt.asUintN(width, n.value)
        .toString(16)
        .padStart(precision ?? 1, '0');
      return letter === 'X' ? text.toUpperCase() : text;
    }
    case 'E':
      return exponential(n, precision ?? 6, letter, culture, 3);
    case 'G':
      return general(n, precision, letter, culture);
    case 'R':
      return n.double === undefined ? undefined : String(n.double).replace('.', culture.decimal);
    default:
      return undefined;
  }
}

/** Splits a custom format at its semicolons (outside quotes): positive; negative; zero. */
function sections(format: string): string[] {
  const parts: string[] = [''];
  for (const token of format.match(/"[^"]*"?|'[^']*'?|\\.|[\s\S]/g) ?? []) {
    if (token === ';') parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts;
}

function custom(n: FormattableNumber, format: string, culture: Culture): string {
  const all = sections(format);
  const zero = n.value === 0n;
  const index = zero && all.length > 2 && all[2] !== '' ? 2 : n.value < 0n && all.length > 1 && all[1] !== '' ? 1 : 0;
  const section = all[index] ?? '';
  const tokens: readonly string[] = section.match(/"[^"]*"?|'[^']*'?|\\.|[eE][+-]?0+|[\s\S]/g) ?? [];
  const isDigit = (t: string): boolean => t === '0' || t === '#';
  const point = tokens.indexOf('.');
  const places = (from: number, to: number): number[] =>
    tokens.flatMap((t, i) => (i >= from && i < to && isDigit(t) ? [i] : []));
  const left = places(0, point < 0 ? tokens.length : point);
  const right = point < 0 ? [] : places(point, tokens.length);
  const lastLeft = left.at(-1) ?? -1;
  // Commas between digits group; directly before the point they divide by a thousand.
  let thousands = 0;
  for (let i = lastLeft + 1; tokens[i] === ','; i++) thousands++;
  const grouping = tokens.some((t, i) => t === ',' && left.some(p => p < i) && left.some(p => p > i));
  const percent = tokens.includes('%') ? 2 : tokens.includes('‰') ? 3 : 0;
  const exponent = tokens.find(t => /^[eE][+-]?0+$/.test(t));
  if (exponent !== undefined) {
    const digits = right.length;
    const sign = /[+-]/.exec(exponent)?.[0];
    const [mantissa = '', e = '0'] = (n.double ?? Number(formatDecimal(n.value, n.scale)))
      .toExponential(digits)
      .split('e');
    const power = Number(e);
    const shown = Math.abs(power).toString().padStart(exponent.replace(/[^0]/g, '').length, '0');
    return `${mantissa.replace('.', culture.decimal)}${exponent[0]}${power < 0 ? '-' : sign === '+' ? '+' : ''}${shown}`;
  }
  const scaled: FormattableNumber = { ...n, value: n.value * powerOfTen(percent), scale: n.scale + 3 * thousands };
  const rounded = rescale(scaled.value, scaled.scale, right.length);
  // A value that rounds to zero uses the zero section, or the first section without a sign.
  if (rounded === 0n && !zero && all.length > 2) return custom({ ...n, value: 0n }, format, culture);
  const [whole = '0', fraction = ''] = formatDecimal(rounded < 0n ? -rounded : rounded, right.length).split('.');
  const required = left.length - (left.findIndex(p => tokens[p] === '0') + 1 || left.length + 1) + 1;
  const shownWhole = (whole === '0' ? '' : whole).padStart(required, '0');
  let shownFraction = fraction;
  const requiredFraction = right.findLastIndex(p => tokens[p] === '0') + 1;
  while (shownFraction.length > requiredFraction && shownFraction.endsWith('0'))
    shownFraction = shownFraction.slice(0, -1);

  // The digits fill the places from the right; the first place takes the remaining ones.
  let result = '';
  let consumed = 0;
  tokens.forEach((t, i) => {
    if (isDigit(t) && left.includes(i)) {
      const position = left.indexOf(i);
      const end = shownWhole.length - (left.length - 1 - position);
      const digits = shownWhole.slice(position === 0 ? 0 : Math.max(0, consumed), Math.max(0, end));
      for (const d of digits) {
        result += d;
        consumed++;
        const rest = shownWhole.length - consumed;
        if (grouping && rest > 0 && rest % 3 === 0) result += culture.group;
      }
    } else if (isDigit(t)) result += shownFraction[right.indexOf(i)] ?? '';
    else if (t === '.' && i === point) result += shownFraction === '' ? '' : culture.decimal;
    else if (t === ',') return;
    else if (t.startsWith('\\')) result += t.slice(1);
    else if ((t.startsWith('"') || t.startsWith("'")) && t.length > 1)
      result += t.slice(1, t.endsWith(t[0] ?? '') ? -1 : undefined);
    else result += t;
  });
  return rounded < 0n && index === 0 ? `-${result}` : result;
}

/** ToString(format, culture) of .NET; undefined for a format that isn't valid for the number. */
export function formatNumber(n: FormattableNumber, format: string, culture: Culture): string | undefined {
  if (format === '') return general(n, undefined, 'G', culture);
  const m = /^([A-Za-z])(\d{0,2})$/.exec(format);
  if (m) return standard(n, m[1] ?? '', m[2] === '' ? undefined : Number(m[2]), culture);
  return custom(n, format, culture);
}
