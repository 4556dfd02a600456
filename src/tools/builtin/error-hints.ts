import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import { nearestNames } from '../../common/nearest-names.js';
import { shownName } from '../../database/object-name.js';
import { MESSAGE_NUMBERS } from '../../database/sql-server.messages.js';
import type { ToolCall } from '../tool.js';

const SYNTAX_ERRORS: ReadonlySet<number> = new Set([
  MESSAGE_NUMBERS.incorrectSyntax,
  MESSAGE_NUMBERS.incorrectSyntaxNearKeyword,
  MESSAGE_NUMBERS.conditionExpected,
]);
const QUOTED_NAME = /'([^']{1,128})'/;

/** Adds the most similar names to an error about an unknown name. It reads the catalogue at most once a minute. */
@Injectable()
export class ErrorHints {
  constructor(private readonly catalog: CatalogService) {}

  /** Returns the error unchanged if there is nothing to add or the catalogue can't be read. */
  async explain(error: unknown, statement: string, call: ToolCall): Promise<unknown> {
    if (!(error instanceof AppError) || error.code !== 'SQL_ERROR') return error;
    const dialect = SYNTAX_ERRORS.has(Number(error.details?.number)) ? dialectHint(statement) : undefined;
    if (dialect !== undefined) return withHint(error, dialect);
    const wanted = QUOTED_NAME.exec(error.message)?.[1];
    if (wanted === undefined) return error;
    try {
      switch (error.details?.number) {
        case MESSAGE_NUMBERS.invalidColumnName:
          return withNearest(error, await this.nearestColumns(wanted, statement, call));
        case MESSAGE_NUMBERS.invalidObjectName:
          return withNearest(error, await this.nearestTables(wanted, call));
        default:
          return error;
      }
    } catch {
      return error;
    }
  }

  private async nearestTables(wanted: string, call: ToolCall): Promise<readonly string[]> {
    const tables = await this.catalog.tables(call.tenant, { includeViews: true, recent: true, ...lookupFor(call) });
    return nearestNames(
      wanted,
      tables.map(table => shownName(table.schema, table.name)),
    );
  }

  /** Searches the columns of the tables that the statement mentions. */
  private async nearestColumns(wanted: string, statement: string, call: ToolCall): Promise<readonly string[]> {
    const columns = await this.catalog.columnsOfMentioned(call.tenant, statement, lookupFor(call));
    return nearestNames(wanted, [...new Set(columns)]);
  }
}

function withNearest(error: AppError, nearest: readonly string[]): AppError {
  return nearest.length === 0 ? error : withHint(error, `Did you mean ${nearest.join(', ')}?`, { nearest });
}

function withHint(error: AppError, hint: string, details: object = {}): AppError {
  return new AppError(error.code, error.message, {
    hint,
    details: { ...error.details, ...details },
    cause: error.cause,
  });
}

/** Recognises the syntax of other SQL dialects, because the server's message names only the next token. */
function dialectHint(statement: string): string | undefined {
  if (/\blimit\s+(?:\d|@)/i.test(statement)) {
    return 'T-SQL has no LIMIT: write SELECT TOP (n) …, or ORDER BY … OFFSET m ROWS FETCH NEXT n ROWS ONLY.';
  }
  if (/`/.test(statement)) return 'T-SQL quotes names as [name], not with backticks.';
  if (/\bilike\b/i.test(statement))
    return 'T-SQL has no ILIKE: LIKE ignores case in most collations; otherwise compare LOWER(…).';
  if (/\w::\w/.test(statement)) return 'T-SQL writes x::type as CAST(x AS type).';
  if (/\boffset\b/i.test(statement) && !/\border\s+by\b/i.test(statement)) return 'OFFSET … FETCH needs ORDER BY.';
  return undefined;
}
