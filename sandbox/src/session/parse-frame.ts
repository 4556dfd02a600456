import { SqlError } from '../engine/sql-error.ts';
import type { Statement } from '../parser/ast.ts';
import { checkDeclarations } from './declarations.ts';
import { toSqlError } from './error-policy.ts';
import { withOrigin } from './errors.ts';
import type { Frame } from './frame.ts';
import { parseCache } from './parse-cache.ts';
import type { SetOptions } from './set-options.ts';

/** The statements of a frame's text. */
export function parseFrame(options: SetOptions, frame: Frame): readonly Statement[] {
  try {
    const statements = parseCache.parse(frame.text, options.isOn('QUOTED_IDENTIFIER'));
    checkDeclarations(statements, frame);
    return statements;
  } catch (error) {
    const failed = toSqlError(error);
    failed.line ??= 1;
    throw withOrigin(failed, 'compile');
  }
}

/** The same for dynamic SQL: text that can't be parsed is an error of the EXECUTE, which the caller survives. */
export function parseDynamic(options: SetOptions, frame: Frame): readonly Statement[] {
  try {
    return parseFrame(options, frame);
  } catch (error) {
    throw error instanceof SqlError ? withOrigin(error, 'syntax') : error;
  }
}
