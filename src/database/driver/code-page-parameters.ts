import { AppError } from '../../common/app-error.js';
import type { TypedParameter } from './parameters.js';
import { codePageBytes, codePageText } from './values/code-page.js';
import type { WireColumn } from './values/wire.js';

const CODE_PAGE_TYPE = /^(?:var)?char\((\d+|max)\)$/;
const BEYOND_ASCII = /[^\u0000-\u007f]/;

/**
 * Checks that the values of char and varchar parameters contain only characters of the database's code page, and have at
 * most as many bytes as the type. SQL Server would replace other characters by ? and truncate the value without an error. A
 * collation whose code page the driver doesn't know is not checked. Throws AppError INVALID_ARGUMENT, which names the
 * parameter.
 */
export function assertInCodePage(
  parameters: readonly TypedParameter[],
  collation: WireColumn['collation'] | undefined,
): void {
  if (collation?.codepage === undefined) return;
  for (const { name, declaration, value } of parameters) {
    const length = CODE_PAGE_TYPE.exec(declaration)?.[1];
    if (length === undefined || typeof value !== 'string' || !BEYOND_ASCII.test(value)) continue;
    const bytes = codePageBytes(value, collation);
    if (codePageText(bytes, collation) !== value)
      throw invalid(
        name,
        `has characters that the code page of the database does not contain, so ${declaration} loses them: use n${declaration}`,
      );
    if (bytes.length > Number(length === 'max' ? Infinity : length))
      throw invalid(name, `has more bytes than ${declaration} and would be truncated`);
  }
}

function invalid(name: string, what: string): AppError {
  return new AppError('INVALID_ARGUMENT', `The parameter "${name}" ${what}.`, { details: { parameter: name } });
}
