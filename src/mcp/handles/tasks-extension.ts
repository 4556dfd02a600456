import { isObject } from '../../common/is-object.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { META_CAPABILITIES } from '../protocol/envelope.js';
import type { RequestContext } from '../protocol/request-context.js';
import { type HandleEnding, type HandleRecord } from './handle-record.js';
import { KEPT_SECONDS } from './held-calls.js';

// https://github.com/modelcontextprotocol/ext-tasks, specification/draft/tasks.md (schema 2026-07-28)
const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';
const POLL_MS = 5_000;

/** The capability that clients declare in a request, and the server in `server/discover`. */
export const TASKS_CAPABILITY = { extensions: { [TASKS_EXTENSION]: {} } };

/** The fields of the type `Task`, without a result. */
export interface Task {
  readonly taskId: string;
  readonly status: 'working' | 'completed' | 'cancelled';
  readonly statusMessage?: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
}

/** Whether this request declares the extension. A declaration in an earlier request doesn't count. */
export function declaresTasks({ revision, meta }: RequestContext): boolean {
  const capabilities = meta[META_CAPABILITIES];
  if (!revision.envelope || !isObject(capabilities) || !isObject(capabilities.extensions)) return false;
  return isObject(capabilities.extensions[TASKS_EXTENSION]);
}

export function taskOf(id: string, { startedAt, updatedAt, rows, ending }: HandleRecord, { config }: Tenant): Task {
  return {
    taskId: id,
    ...statusOf(ending, rows),
    createdAt: new Date(startedAt).toISOString(),
    lastUpdatedAt: new Date(updatedAt).toISOString(),
    ttlMs: (config.limits.longQueries + KEPT_SECONDS) * 1_000,
    pollIntervalMs: POLL_MS,
  };
}

/** A task whose tool failed is `completed`, and its result has `isError`. The status `failed` means a protocol error. */
function statusOf(ending: HandleEnding | undefined, rows: number): Pick<Task, 'status' | 'statusMessage'> {
  switch (ending?.kind) {
    case undefined:
      return { status: 'working', statusMessage: `The statement is running; ${rows} rows so far.` };
    case 'done':
    case 'failed':
      return { status: 'completed' };
    case 'cancelled':
      return { status: 'cancelled' };
    case 'expired':
      return { status: 'cancelled', statusMessage: EXPIRED[ending.reason] };
    default:
      return ending satisfies never;
  }
}

const EXPIRED = {
  abandoned: 'Nobody asked for the task for two minutes, so the statement was cancelled.',
  restart: 'The server was restarted, so the statement was cancelled.',
} as const;
