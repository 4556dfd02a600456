import { hash } from 'node:crypto';
import { AppError, type ErrorCode } from '../../common/app-error.js';
import type { Principal } from '../../common/principal.js';
import type { InvocationOutcome } from '../../invocation/invocation.js';
import { ToolOutput } from '../../tools/tool.js';
import { type ContentBlock, ContentOutput } from '../protocol/tool-result.serializer.js';

/** The owner of a handle. For everybody else the handle does not exist. */
export interface HandleOwner {
  readonly tenant: string;
  readonly subject: string;
  /** The OAuth client. */
  readonly client: string;
  /** A hash of the rights that the access rules gave the person. When the rights change, the person loses the handle. */
  readonly rights: string;
}

/** The state of a handle, which every process can read. Times are milliseconds since the epoch. */
export interface HandleRecord extends HandleOwner {
  readonly tool: string;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly rows: number;
  /** Absent while the call is running. */
  readonly ending?: HandleEnding;
}

/** `expired`: nobody asked for the result in time, or the process of the call has stopped. */
export type HandleEnding =
  | { readonly kind: 'done'; readonly output: StoredOutput }
  | { readonly kind: 'failed'; readonly error: StoredError }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'expired'; readonly reason: 'abandoned' | 'restart' };

interface StoredOutput {
  readonly text: string;
  readonly isJson: boolean;
  /** Absent where `text` is its JSON. */
  readonly structured?: unknown;
  readonly content?: readonly ContentBlock[];
}

interface StoredError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The largest text that is stored, in UTF-16 units. MAX_RESULT_BYTES may be higher. */
const MAX_KEPT = 32_000_000;

export function ownerOf({ tenant, subject, client, access, attributes }: Principal): HandleOwner {
  return { tenant, subject, client, rights: hash('sha256', JSON.stringify([access, attributes]), 'base64url') };
}

export function isOwner(record: HandleOwner, { tenant, subject, client, rights }: HandleOwner): boolean {
  const isSame = record.tenant === tenant && record.subject === subject && record.client === client;
  return isSame && record.rights === rights;
}

export function endingOf(outcome: InvocationOutcome<ToolOutput<unknown>>): HandleEnding {
  if (outcome.kind !== 'done') return failedEnding(cannotAsk());
  const { text, structured, isJson } = outcome.output;
  if (text.length > MAX_KEPT) return failedEnding(tooLarge());
  const content = outcome.output instanceof ContentOutput ? { content: outcome.output.content } : {};
  return { kind: 'done', output: { text, isJson, ...(isJson ? {} : { structured }), ...content } };
}

export function failedEnding({ code, message, hint, details }: AppError): HandleEnding {
  const more = { ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }) };
  return { kind: 'failed', error: { code, message, ...more } };
}

/** Returns the output of a call that has ended. Throws AppError if the call failed or was stopped. */
export function outputOf(ending: HandleEnding): ToolOutput<unknown> {
  switch (ending.kind) {
    case 'done': {
      const { text, isJson, structured, content } = ending.output;
      if (content !== undefined) return new ContentOutput(content, structured);
      return new ToolOutput(isJson ? (JSON.parse(text) as unknown) : structured, text, isJson);
    }
    case 'failed': {
      const { code, message, ...more } = ending.error;
      throw new AppError(code, message, { ...more, expose: true });
    }
    case 'cancelled':
      throw new AppError('CANCELLED', 'The statement was cancelled.');
    case 'expired':
      throw expired(ending.reason);
    default:
      return ending satisfies never;
  }
}

/** The error for an unknown handle, and for a handle of another owner. */
export function unknownHandle(): AppError {
  return new AppError(
    'HANDLE_EXPIRED',
    'There is no such handle. Its result was not fetched in time, or the server was restarted.',
    {
      hint: 'Run the statement again.',
    },
  );
}

function expired(reason: 'abandoned' | 'restart'): AppError {
  const why =
    reason === 'restart'
      ? 'The server was restarted, so the statement was cancelled.'
      : 'Nobody asked for the result for two minutes, so the statement was cancelled.';
  return new AppError('HANDLE_EXPIRED', why, {
    hint: 'Run the statement again, and call get_result until it has ended.',
  });
}

/** The error for a custom tool that asks a question without `call.ask`. */
function cannotAsk(): AppError {
  return new AppError('CANCELLED', 'The call was answered with a handle, so the client cannot be asked any more.');
}

function tooLarge(): AppError {
  return new AppError(
    'RESULT_TOO_LARGE',
    `The result is larger than the server keeps for a handle (${MAX_KEPT} bytes).`,
    {
      hint: 'Select fewer rows or columns, or use export_query.',
    },
  );
}
