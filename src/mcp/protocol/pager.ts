import { Injectable } from '@nestjs/common';
import { SealedTokens } from '../../state/sealed-tokens.js';
import { invalidParams } from './rpc.error.js';
import { PAGE_SIZE } from './limits.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

const PURPOSE = 'list cursor';

/** Divides lists that don't change while the server runs into pages. The cursors are sealed, and do not expire. */
@Injectable()
export class Pager {
  constructor(private readonly tokens: SealedTokens) {}

  /**
   * `list` names the list: a cursor of one list is refused for another. null and an empty text count as no cursor. Throws
   * RpcError -32602.
   */
  page<T>(list: string, items: readonly T[], cursor: unknown, size: number = PAGE_SIZE): Page<T> {
    const start = cursor === undefined || cursor === null || cursor === '' ? 0 : this.read(list, cursor);
    const end = start + size;
    return {
      items: start === 0 && end >= items.length ? items : items.slice(start, end),
      ...(end < items.length && { nextCursor: this.tokens.issue(PURPOSE, String(end), [list]) }),
    };
  }

  private read(list: string, cursor: unknown): number {
    const offset = typeof cursor === 'string' ? this.tokens.verify(PURPOSE, cursor, [list]) : undefined;
    if (offset === undefined) throw invalidParams('The cursor does not belong to this list.');
    return Number(offset);
  }
}
