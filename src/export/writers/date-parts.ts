// The texts are those of docs/results.md (database/driver/values/date-text.ts): `2024-01-31`, `…T23:59:59.1234567`,
// `…+02:00`. Fixed positions are read, because this runs for every date of a file.

const ZERO = 48;

/** Days from 1970-01-01 in the proleptic Gregorian calendar, which SQL Server uses too. */
export function daysOf(text: string): number {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  // The year begins in March, so that the leap day is its last.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export interface TimeOfDay {
  readonly seconds: number;
  /** Of a second, in nanoseconds; a multiple of 100. */
  readonly nanos: number;
  /** Where the time ends in the text: the position of the offset, if there is one. */
  readonly end: number;
}

/** Reads `23:59:59.1234567`, which begins at `start`. */
export function timeOf(text: string, start: number): TimeOfDay {
  const seconds = digits(text, start, 2) * 3600 + digits(text, start + 3, 2) * 60 + digits(text, start + 6, 2);
  let end = start + 8;
  if (text.charCodeAt(end) !== 46) return { seconds, nanos: 0, end };
  let nanos = 0;
  let unit = 100_000_000;
  for (end++; isDigit(text.charCodeAt(end)); end++, unit /= 10) nanos += (text.charCodeAt(end) - ZERO) * unit;
  return { seconds, nanos, end };
}

/** Seconds east of UTC: `Z`, or `+02:00` at `start`. */
export function offsetOf(text: string, start: number): number {
  if (text.length < start + 6) return 0;
  const seconds = digits(text, start + 1, 2) * 3600 + digits(text, start + 4, 2) * 60;
  return text[start] === '-' ? -seconds : seconds;
}

function digits(text: string, start: number, count: number): number {
  let value = 0;
  for (let i = start; i < start + count; i++) value = value * 10 + text.charCodeAt(i) - ZERO;
  return value;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}
