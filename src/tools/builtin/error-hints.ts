import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import { nearestNames } from '../../common/nearest-names.js';
import { shownName } from '../../database/object-name.js';
import { MESSAGE_NUMBERS } from '../../database/sql-server.messages.js';
import { executedProcedure } from '../../database/policy/modules/executed-procedure.js';
import { DeclaredProcedures } from '../../knowledge/procedures/declared-procedures.js';
import type { ToolCall } from '../tool.js';
import { dialectHint, hintOfStatement, tablesOf } from './dialect-hints.js';

const CHECK_NAMES = 'Check the syntax, and the names with list_tables and describe_table.';
/** SQL Server's own numbers end below. */
const FIRST_FOREIGN_NUMBER = 50_000;
/** Smaller tables are not named, because they are not what makes a statement expensive. */
const LARGE_TABLE = 1_000;
const MAX_LARGEST = 3;
const QUOTED_NAME = /'([^']{1,128})'/;

/**
 * Adds the most similar names to an error about an unknown name, and the largest tables to one about the cost. It reads the
 * catalogue at most once a minute.
 */
@Injectable()
export class ErrorHints {
  constructor(
    private readonly catalog: CatalogService,
    private readonly procedures: DeclaredProcedures,
  ) {}

  /** Returns the error unchanged if there is nothing to add or the catalogue can't be read. */
  async explain(error: unknown, statement: string, call: ToolCall): Promise<unknown> {
    if (!(error instanceof AppError)) return error;
    if (error.code === 'QUERY_TOO_EXPENSIVE') return this.explainCost(error, statement, call);
    if (error.code === 'READ_ONLY_VIOLATION' || error.code === 'STATEMENT_REFUSED')
      return this.explainProcedure(error, statement, call);
    if (error.code !== 'SQL_ERROR') return error;
    const number = Number(error.details?.number);
    const wanted = error.details?.untrusted === true ? undefined : QUOTED_NAME.exec(error.message)?.[1];
    const foreign = number >= FIRST_FOREIGN_NUMBER && error.details?.untrusted !== true;
    const dialect = foreign ? hintOfStatement(statement) : dialectHint(number, wanted, statement);
    if (dialect !== undefined) return withHint(error, dialect);
    if (foreign) return this.explainForeign(error, statement, call);
    if (wanted === undefined) return error;
    try {
      switch (number) {
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

  /** Names the tool of the procedure that the statement wants to execute. */
  private explainProcedure(error: AppError, statement: string, call: ToolCall): AppError {
    const executed = executedProcedure(statement);
    const tool = executed === undefined ? undefined : this.procedures.toolFor(call, executed.schema, executed.name);
    return tool === undefined ? error : withHint(error, `Call the tool ${tool}, which runs this procedure.`);
  }

  /** Names the first table of the statement that the catalogue doesn't have, because the number tells nothing. */
  private async explainForeign(error: AppError, statement: string, call: ToolCall): Promise<AppError> {
    try {
      const tables = await this.tables(call);
      const known = new Set(
        tables.flatMap(({ schema, name }) => [name, `${schema}.${name}`].map(n => n.toLowerCase())),
      );
      const unknown = tablesOf(statement).find(name => !known.has(name.toLowerCase()));
      if (unknown === undefined) return withHint(error, CHECK_NAMES);
      const nearest = nearestNames(
        unknown,
        tables.map(table => shownName(table.schema, table.name)),
      );
      const hint = `There is no table ${unknown}.${nearest.length === 0 ? '' : ` Did you mean ${nearest.join(', ')}?`}`;
      return withHint(error, hint, { nearest });
    } catch {
      return withHint(error, CHECK_NAMES);
    }
  }

  /** Names the largest tables that the statement reads: these are what to narrow. */
  private async explainCost(error: AppError, statement: string, call: ToolCall): Promise<AppError> {
    try {
      const named = new Set(tablesOf(statement).map(name => name.toLowerCase()));
      const largest = (await this.tables(call))
        .filter(({ row_count: rows = 0 }) => rows >= LARGE_TABLE)
        .filter(({ schema, name }) => [name, `${schema}.${name}`].some(each => named.has(each.toLowerCase())))
        .sort((a, b) => (b.row_count ?? 0) - (a.row_count ?? 0))
        .slice(0, MAX_LARGEST)
        .map(({ schema, name, row_count: rows }) => `${shownName(schema, name)} (${rows} rows)`);
      return largest.length === 0
        ? error
        : withHint(error, `${error.hint ?? ''} The largest tables that it names: ${largest.join(', ')}.`);
    } catch {
      return error;
    }
  }

  private async nearestTables(wanted: string, call: ToolCall): Promise<readonly string[]> {
    const tables = await this.tables(call);
    return nearestNames(
      wanted,
      tables.map(table => shownName(table.schema, table.name)),
    );
  }

  private tables(call: ToolCall): ReturnType<CatalogService['tables']> {
    return this.catalog.tables(call.tenant, { includeViews: true, recent: true, ...lookupFor(call) });
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
