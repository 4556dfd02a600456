import { Injectable } from '@nestjs/common';
import type { ToolCall } from '../tool.js';
import { ToolRegistry } from '../tool.registry.js';

/** The tools that show rows of any table. */
const READERS = ['execute_sql', 'query_sql', 'get_table_sample'] as const;

/** Whether a person may read rows, as opposed to the catalogue only. */
@Injectable()
export class RowAccess {
  constructor(private readonly tools: ToolRegistry) {}

  /** True if the tenant offers a tool that reads rows to this person. */
  mayReadRows({ tenant, principal }: Pick<ToolCall, 'tenant' | 'principal'>): boolean {
    return READERS.some(name => this.tools.isOffered(tenant, principal, name));
  }
}
