import { Injectable } from '@nestjs/common';
import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import type { PromptCall } from '../prompt.js';

/** Returns names from the database for completion, but only those that the person may see. */
@Injectable()
export class CatalogNames {
  constructor(private readonly catalog: CatalogService) {}

  async schemas(typed: string, call: PromptCall): Promise<readonly string[]> {
    const tables = await this.tables(call);
    return startingWith(typed, [...new Set(tables.map(table => table.schema))]);
  }

  /** Returns names as `schema.table`. The typed text may leave out the schema. */
  async tableNames(typed: string, call: PromptCall): Promise<readonly string[]> {
    const tables = await this.tables(call);
    const names = tables.map(table => `${table.schema}.${table.name}`);
    const whole = startingWith(typed, names);
    const short = tables.filter(table => startingWith(typed, [table.name]).length > 0);
    return [...new Set([...whole, ...short.map(table => `${table.schema}.${table.name}`)])];
  }

  /** Completes the last name in a comma-separated list of columns. */
  async columns(table: string, typed: string, call: PromptCall): Promise<readonly string[]> {
    const [first = '', ...rest] = table.split('.');
    const name = rest.length === 0 ? { name: first } : { schema: first, name: rest.join('.') };
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
    return this.catalog.tables(call.tenant, { includeViews: true, ...lookupFor(call) });
  }
}

function startingWith(typed: string, names: readonly string[]): readonly string[] {
  return names.filter(name => name.toLowerCase().startsWith(typed.toLowerCase()));
}
