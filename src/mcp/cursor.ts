import { Injectable } from '@nestjs/common';
import { StateCipher } from '../state/state-cipher.js';
import { invalidParams } from './json-rpc/rpc.error.js';
import { PAGE_SIZE } from './limits.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

/** Pages of lists that don't change while the server runs. Cursors are ours alone: another text is refused. */
@Injectable()
export class Pager {
  constructor(private readonly cipher: StateCipher) {}

  /** `list` names the list, so that a cursor of one is none of another. Throws RpcError -32602. */
  page<T>(list: string, items: readonly T[], cursor: unknown, size: number = PAGE_SIZE): Page<T> {
    const start = cursor === undefined ? 0 : this.read(list, cursor);
    const end = start + size;
    return {
      items: start === 0 && end >= items.length ? items : items.slice(start, end),
      ...(end < items.length && { nextCursor: this.write(list, end) }),
    };
  }

  private write(list: string, offset: number): string {
    return Buffer.from(`${offset}.${this.cipher.sign(`cursor ${list}`, String(offset))}`).toString('base64url');
  }

  private read(list: string, cursor: unknown): number {
    const [offset = '', signature = ''] =
      typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString('latin1').split('.', 2) : [];
    if (!/^\d{1,9}$/.test(offset) || !this.cipher.verify(`cursor ${list}`, offset, signature)) {
      throw invalidParams('The cursor is not one of this list.');
    }
    return Number(offset);
  }
}
