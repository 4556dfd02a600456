import { Injectable } from '@nestjs/common';
import { CatalogAttempts } from '../../database/catalog/catalog-attempts.js';
import { CatalogRunner } from '../../database/connection/catalog-runner.js';
import { nvarchar } from '../../database/driver/parameters.js';
import { quotedPlace } from '../../database/object-name.js';
import type { ToolCall } from '../tool.js';
import type { DocumentSource } from './document-source.js';

/** Returns the columns of the full-text index of the table @place, if it is enabled. */
const INDEXED = `SELECT c.name
FROM sys.fulltext_indexes AS i
JOIN sys.fulltext_index_columns AS x ON x.object_id = i.object_id
JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
WHERE i.object_id = OBJECT_ID(@place) AND i.is_enabled = 1;`;

/** Knows which columns a full-text index has. */
@Injectable()
export class FullTextColumns {
  private readonly attempts: CatalogAttempts;

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  /** Those of the source's title and texts; none also where the database has no such catalogue view. */
  async of({ table, title, texts }: DocumentSource, call: ToolCall): Promise<readonly string[]> {
    const place = nvarchar('place', quotedPlace({ ...table, name: table.table }));
    const requester = { subject: call.principal.subject, signal: call.signal };
    const answer = await this.attempts.attempt(call.tenant, INDEXED, [place], requester, true);
    const indexed = new Set(answer?.sets[0]?.map(([name]) => String(name).toLowerCase()));
    return [title, ...texts].filter(column => indexed.has(column.toLowerCase()));
  }
}
