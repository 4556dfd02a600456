import { toDisplayString } from '../engine/convert.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import { isBinary, isInteger, isString } from '../engine/types.ts';

export interface SubstitutionParameter {
  readonly type: SqlType;
  readonly value: Value;
}

const SPECIFICATION = /%(?:%|([-+0# ]*)(\*|\d+)?(?:\.(\*|\d+))?(h|l|I64)?([a-zA-Z]))/g;
const MAX_LENGTH = 2047;
const MAX_PARAMETERS = 20;

/** The text of RAISERROR and FORMATMESSAGE: printf's %d %i %u %o %x %X %s with flags, width and precision. */
export function formatMessage(format: string, parameters: readonly SubstitutionParameter[]): string {
  if (parameters.length > MAX_PARAMETERS) {
    throw new SqlError(
      2747,
      'Too many substitution parameters for RAISERROR. Cannot exceed 20 substitution parameters.',
    );
  }
  let next = 0;
  const take = (): SubstitutionParameter | undefined => parameters[next++];
  const text = format.replace(
    SPECIFICATION,
    (whole, flags: string | undefined, width, precision, _size, kind: string | undefined) => {
      if (kind === undefined) return '%';
      const columns = width === '*' ? Number(take()?.value ?? 0) : width ? Number(width) : 0;
      const digits =
        precision === '*' ? Number(take()?.value ?? 0) : precision === undefined ? undefined : Number(precision);
      const position = next + 1;
      const parameter = take();
      return pad(convert(kind, parameter, flags ?? '', digits, position, whole), columns, flags ?? '');
    },
  );
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 3)}...` : text;
}

function convert(
  kind: string,
  parameter: SubstitutionParameter | undefined,
  flags: string,
  precision: number | undefined,
  position: number,
  whole: string,
): string {
  if (!'diuoxXs'.includes(kind)) throw new SqlError(2787, `Invalid format specification: '${whole}'.`);
  if (parameter === undefined || parameter.value === null) return '(null)';
  if (kind === 's') {
    if (!isString(parameter.type) && !isBinary(parameter.type)) throw mismatch(position);
    const text = toDisplayString(parameter.value, parameter.type);
    return precision === undefined ? text : text.slice(0, precision);
  }
  if (!isInteger(parameter.type) && parameter.type.name !== 'bit') throw mismatch(position);
  const number = BigInt(parameter.value as number | bigint);
  const unsigned = parameter.type.name === 'bigint' ? BigInt.asUintN(64, number) : BigInt.asUintN(32, number);
  const prefix = flags.includes('#') && number !== 0n ? ({ o: '0', x: '0x', X: '0X' }[kind] ?? '') : '';
  switch (kind) {
    case 'u':
      return digits(unsigned.toString(), precision);
    case 'o':
      return prefix + digits(unsigned.toString(8), precision);
    case 'x':
      return prefix + digits(unsigned.toString(16), precision);
    case 'X':
      return prefix + digits(unsigned.toString(16).toUpperCase(), precision);
    default: {
      const sign = number < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
      return sign + digits((number < 0n ? -number : number).toString(), precision);
    }
  }
}

const digits = (text: string, precision: number | undefined): string => text.padStart(precision ?? 0, '0');

const mismatch = (position: number): SqlError =>
  new SqlError(
    2786,
    `The data type of substitution parameter ${position} does not match the expected type of the format specification.`,
  );

function pad(text: string, width: number, flags: string): string {
  if (flags.includes('-') || width < 0) return text.padEnd(Math.abs(width));
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[-+ ]/.test(text) ? text[0]! : '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
