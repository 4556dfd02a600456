import { Injectable } from '@nestjs/common';
import { StateCipher } from '../../state/state-cipher.js';
import { invalidParams } from './rpc.error.js';
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
    const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString('latin1') : '';
    const offset = Number(/^(\d{1,9})\./.exec(text)?.[1] ?? Number.NaN);
    const genuine =
      Number.isInteger(offset) &&
      this.cipher.verify(`cursor ${list}`, String(offset), text.slice(text.indexOf('.') + 1)) &&
      // A decoder overlooks what is put around it.
      cursor === this.write(list, offset);
    if (!genuine) throw invalidParams('The cursor is not one of this list.');
    return offset;
  }
}
