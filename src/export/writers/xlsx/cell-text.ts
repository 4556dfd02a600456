import { AppError } from '../../../common/app-error.js';

/** Excel's limit of a cell, in UTF-16 units. */
const MAX_CELL = 32_767;
/** Characters that XML 1.0 §2.2 forbids or changes, halves of surrogate pairs, and what an escape looks like. */
const TO_ESCAPE =
  /[\0-\x08\x0B-\x1F\uFFFE\uFFFF]|_x[0-9A-Fa-f]{4}_|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const NEEDS_ESCAPE = /[\0-\x08\x0B-\x1F\uFFFE\uFFFF\uD800-\uDFFF]|_x/;
const MARKUP = /[&<>]/;

/** The text as an element holds it; ST_Xstring (ECMA-376 part 1, §22.9.2.19) writes what XML can't as `_x000D_`. */
export function cellText(text: string, column: string): string {
  if (text.length > MAX_CELL) throw tooLong(column);
  const escaped = NEEDS_ESCAPE.test(text) ? text.replace(TO_ESCAPE, escapeOf) : text;
  if (!MARKUP.test(escaped)) return escaped;
  return escaped.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The same inside an attribute in double quotes. */
export function attributeText(text: string): string {
  return cellText(text, '').replaceAll('"', '&quot;');
}

function escapeOf(found: string): string {
  if (found.length > 1) return `_x005F${found}`;
  return `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}

function tooLong(column: string): AppError {
  return new AppError(
    'RESULT_TOO_LARGE',
    `Column ${JSON.stringify(column)} has a text of more than ${MAX_CELL} characters, the most that a cell of Excel holds.`,
    { hint: 'Export as csv, parquet or ndjson, or shorten the text in the statement.' },
  );
}
