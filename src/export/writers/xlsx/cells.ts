import type { CellValue, ResultColumn } from '../../../database/driver/result-set.js';
import { type ColumnShape, isFreeText, shapeOf } from '../column-kind.js';
import { daysOf, timeOf } from '../date-parts.js';
import { isFormulaLike } from '../formula-like.js';
import { cellText } from './cell-text.js';
import { STYLE } from './styles.js';

/** Excel keeps 15 significant digits. */
const SURE_INTEGER = 1e15;
const SURE_DIGITS = 15;
/** 1899-12-30, from which Excel counts. */
const DAYS_TO_EPOCH = 25_569;
/** 1900-03-01: Excel has a 29 February 1900, and no earlier dates that others read alike. */
const FIRST_SURE_DAY = 61;
const DAY_MS = 86_400_000;

/** Writes a value after `<c r="B7"`: the rest of the cell. */
export type CellMaker = (value: Exclude<CellValue, null>) => string;

/**
 * The cells of one column. What Excel would change stays a text: decimals and integers of more than 15 digits, dates
 * before March 1900, times finer than milliseconds, offsets, binary.
 */
export function cellMakerOf(column: ResultColumn): CellMaker {
  const shape = shapeOf(column);
  const text = (value: CellValue): string => textCell(String(value), column.name);
  if (isFreeText(shape.kind)) return value => (typeof value === 'string' ? text(value) : plainCell(value, text));
  switch (shape.kind) {
    case 'bit':
      return value => ` t="b"><v>${value === true ? 1 : 0}</v></c>`;
    case 'float':
    case 'real':
      return value => `><v>${value}</v></c>`;
    case 'date':
      return value => dateCell(String(value)) ?? text(value);
    case 'datetime':
      return value => datetimeCell(String(value), shape) ?? text(value);
    case 'time':
      return value => timeCell(String(value), shape) ?? text(value);
    default:
      return value => plainCell(value, text);
  }
}

function plainCell(value: Exclude<CellValue, null>, text: (value: CellValue) => string): string {
  if (typeof value === 'boolean') return ` t="b"><v>${value ? 1 : 0}</v></c>`;
  return typeof value === 'number' && isSure(value) ? `><v>${value}</v></c>` : text(value);
}

function isSure(value: number): boolean {
  if (Number.isInteger(value) && value < SURE_INTEGER && value > -SURE_INTEGER) return true;
  const written = String(value);
  if (written.length <= SURE_DIGITS) return true;
  const digits = written.replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '');
  return digits.length <= SURE_DIGITS;
}

function textCell(text: string, column: string): string {
  const style = isFormulaLike(text) ? STYLE.quoted : STYLE.text;
  return ` s="${style}" t="inlineStr"><is><t xml:space="preserve">${cellText(text, column)}</t></is></c>`;
}

function dateCell(text: string): string | undefined {
  const day = daysOf(text) + DAYS_TO_EPOCH;
  return day < FIRST_SURE_DAY ? undefined : ` s="${STYLE.date}"><v>${day}</v></c>`;
}

function datetimeCell(text: string, { scale }: ColumnShape): string | undefined {
  const day = daysOf(text) + DAYS_TO_EPOCH;
  const ms = millisecondsOf(text, 11);
  if (day < FIRST_SURE_DAY || ms === undefined) return undefined;
  return ` s="${scale === 0 ? STYLE.datetime : STYLE.datetimeMs}"><v>${serialOf(day, ms)}</v></c>`;
}

function timeCell(text: string, { scale }: ColumnShape): string | undefined {
  const ms = millisecondsOf(text, 0);
  if (ms === undefined) return undefined;
  return ` s="${scale === 0 ? STYLE.time : STYLE.timeMs}"><v>${ms / DAY_MS}</v></c>`;
}

/** Rounded up to the next double where needed: readers that cut off to milliseconds then find the same one. */
function serialOf(day: number, ms: number): number {
  const serial = day + ms / DAY_MS;
  return (serial - day) * DAY_MS < ms ? serial + serial * Number.EPSILON : serial;
}

/** Undefined for a time that is finer than milliseconds, which Excel would round. */
function millisecondsOf(text: string, start: number): number | undefined {
  const { seconds, nanos } = timeOf(text, start);
  return nanos % 1_000_000 === 0 ? seconds * 1000 + nanos / 1_000_000 : undefined;
}
