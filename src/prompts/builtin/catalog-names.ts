import { Injectable } from '@nestjs/common';
import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import type { TableSummary } from '../../database/catalog/catalog.types.js';
import { type ObjectName, parseObjectName, quoteName, shownName } from '../../database/object-name.js';
import type { PromptCall } from '../prompt.js';

/** Returns names from the database for completion, but only those that the person may see. */
@Injectable()
export class CatalogNames {
  constructor(private readonly catalog: CatalogService) {}

  async schemas(typed: string, call: PromptCall): Promise<readonly string[]> {
    const tables = await this.tables(call);
    return startingWith(typed, [...new Set(tables.map(table => table.schema))]);
  }

  /** Returns names as `schema.table`, with quotes where a name needs them. The typed text may leave out the schema. */
  async tableNames(typed: string, call: PromptCall): Promise<readonly string[]> {
    const tables = await this.tables(call);
    const spellingsOf = ({ schema, name }: TableSummary) => [`${schema}.${name}`, shownName(schema, name)];
    const whole = tables.filter(table => startingWith(typed, spellingsOf(table)).length > 0);
    const short = tables.filter(({ name }) => startingWith(typed, [name, quoteName(name)]).length > 0);
    return [...new Set([...whole, ...short].map(({ schema, name }) => shownName(schema, name)))];
  }

  /** Completes the last name in a comma-separated list of columns. */
  async columns(table: string, typed: string, call: PromptCall): Promise<readonly string[]> {
    const name = nameOf(table);
    if (name === undefined) return [];
    const description = await this.catalog.table(call.tenant, name, lookupFor(call));
    const begun = typed.slice(0, typed.lastIndexOf(',') + 1);
    const part = typed.slice(begun.length).trimStart();
    const names = startingWith(
      part,
      description.columns.map(column => column.name),
    );
    return names.map(column => (begun === '' ? column : `${begun} ${column}`));
  }

  private tables(call: PromptCall) {
    return this.catalog.tables(call.tenant, { includeViews: true, recent: true, ...lookupFor(call) });
  }
}

/** Undefined for what is no name: the person may still be typing it. */
function nameOf(table: string): ObjectName | undefined {
  try {
    return parseObjectName(table);
  } catch {
    return undefined;
  }
}

function startingWith(typed: string, names: readonly string[]): readonly string[] {
  return names.filter(name => name.toLowerCase().startsWith(typed.toLowerCase()));
}
