import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { SealedTokens } from '../../state/sealed-tokens.js';
import type { ToolCall } from '../tool.js';

const PURPOSE = 'describe_table cursor';
const TTL_SECONDS = 3600;

/**
 * Makes the cursors of describe_table and describe_object. A cursor has a position and a hash of everything that the pages list, because a
 * column that is added or dropped between two pages would otherwise be left out, or appear twice.
 */
@Injectable()
export class DescriptionCursor {
  constructor(private readonly tokens: SealedTokens) {}

  /** The position at which the page begins. Throws AppError INVALID_ARGUMENT. */
  startOf(cursor: string | undefined, items: readonly unknown[], names: readonly string[], call: ToolCall): number {
    if (cursor === undefined) return 0;
    const payload = this.tokens.verify(PURPOSE, cursor, bindingOf(names, call));
    if (payload === undefined) {
      throw refusal('The cursor does not belong to this call, or is older than an hour.');
    }
    const [position = '', fingerprint] = payload.split(' ');
    if (fingerprint !== fingerprintOf(items)) {
      throw refusal('What it describes has changed since the first page.');
    }
    return parseInt(position, 36);
  }

  after(position: number, items: readonly unknown[], names: readonly string[], call: ToolCall): string {
    const payload = `${position.toString(36)} ${fingerprintOf(items)}`;
    return this.tokens.issue(PURPOSE, payload, bindingOf(names, call), TTL_SECONDS);
  }
}

function refusal(message: string): AppError {
  return new AppError('INVALID_ARGUMENT', message, {
    hint: 'Use next_cursor as it was given and with the same arguments, or leave it out to begin again.',
    details: { parameter: 'cursor' },
  });
}

function fingerprintOf(items: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(items), 'base64url').slice(0, 16);
}

function bindingOf(names: readonly string[], { principal }: ToolCall): readonly string[] {
  return [principal.tenant, principal.subject, JSON.stringify(names)];
}
