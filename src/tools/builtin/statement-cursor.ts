import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { QueryParameters } from '../../database/query/query.service.js';
import type { QueryResult } from '../../database/driver/result-set.js';
import { SealedTokens } from '../../state/sealed-tokens.js';
import type { ToolCall } from '../tool.js';
import type { ResultExtras } from '../results/result-text.js';

const PURPOSE = 'statement cursor';
const TTL_SECONDS = 3600;
const NOTE =
  'Each page runs the statement again: pages fit together only with ORDER BY on a unique key and unchanged data.';

/** The tenant, person, statement and parameters that a token for a statement is bound to. */
export function statementBinding(
  call: ToolCall,
  statement: string,
  parameters: QueryParameters = {},
): readonly string[] {
  const { tenant, subject } = call.principal;
  return [tenant, subject, sha256(statement), sha256(JSON.stringify(parameters))];
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Makes the cursors of a statement. The client sends the same statement with a cursor, and earlier rows are skipped. */
@Injectable()
export class StatementCursor {
  constructor(private readonly tokens: SealedTokens) {}

  /** Returns how many rows to skip. Throws AppError INVALID_ARGUMENT. */
  skipOf(cursor: string | undefined, binding: () => readonly string[]): number {
    if (cursor === undefined) return 0;
    const payload = this.tokens.verify(PURPOSE, cursor, binding());
    if (payload === undefined) {
      throw new AppError(
        'INVALID_ARGUMENT',
        'The cursor does not belong to this statement, or is older than an hour.',
        {
          hint: 'Send exactly the same query and parameters with it, or leave out the cursor to begin again.',
          details: { parameter: 'cursor' },
        },
      );
    }
    return parseInt(payload, 36);
  }

  /** The cursor and the note for the next page; empty if there is none. */
  nextOf(result: QueryResult, skipped: number, maxSkipRows: number, binding: () => readonly string[]): ResultExtras {
    const [set, more] = result.resultSets;
    if (set?.truncatedBy === undefined || more !== undefined || set.columns[0]?.document === true) return {};
    const skip = skipped + set.rows.length;
    if (skip > maxSkipRows)
      return { note: `There are more rows, but a cursor skips at most ${maxSkipRows}: narrow the query.` };
    return { next_cursor: this.tokens.issue(PURPOSE, skip.toString(36), binding(), TTL_SECONDS), note: NOTE };
  }
}
