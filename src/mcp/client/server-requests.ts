import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { ClientMethod } from './client-capabilities.js';
import type { Caller, RequestContext } from '../protocol/request-context.js';
import { requestMessage, type RpcResponse } from '../protocol/json-rpc.js';
import { QUESTION_LIMIT_MS } from '../protocol/limits.js';
import { type BusMessages, ClusterBus } from '../cluster/cluster-bus.js';

interface Waiting {
  readonly tenant: string;
  readonly subject: string;
  settle(answer: Pick<BusMessages['answer'], 'result' | 'error'>): void;
}

/**
 * Requests of ours to a client, up to 2025-11-25: sent on the stream of the call that needs them, answered by a POST of
 * its own. The answer is found by its unguessable id and taken only from the same person in the same tenant.
 */
@Injectable()
export class ServerRequests {
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly bus: ClusterBus) {
    bus.on('answer', message => void this.settle(message));
  }

  async ask(
    context: RequestContext,
    method: ClientMethod,
    params: object,
    limitMs: number = QUESTION_LIMIT_MS,
  ): Promise<unknown> {
    const id = this.bus.newId();
    const { signal, caller } = context;
    let clear = (): void => {};
    try {
      return await new Promise<unknown>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new AppError('TIMEOUT', 'The person did not answer the question in time.')),
          limitMs,
        );
        const abort = (): void => reject(new AppError('CANCELLED', 'The request was cancelled.'));
        signal.addEventListener('abort', abort, { once: true });
        clear = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
        };
        if (signal.aborted) return abort();
        this.waiting.set(id, {
          tenant: caller.tenant.name,
          subject: caller.principal.subject,
          settle: ({ result, error }) => (error === undefined ? resolve(result) : reject(refused(error))),
        });
        if (!context.sink.send(requestMessage(id, method, params), true)) {
          reject(new AppError('CANCELLED', 'The caller went away before the question reached it.'));
        }
      });
    } finally {
      clear();
      this.waiting.delete(id);
    }
  }

  /** A response that a client POSTed. Unknown, late and foreign ones are ignored, as the sender can't mend them. */
  async answer(caller: Caller, response: RpcResponse): Promise<void> {
    if (typeof response.id !== 'string') return;
    const message = {
      id: response.id,
      tenant: caller.tenant.name,
      subject: caller.principal.subject,
      ...(response.error === undefined ? { result: response.result } : { error: response.error.message.slice(0, 200) }),
    };
    const here = this.bus.holds(response.id);
    if (here === true) this.settle(message);
    else if (here === false) await this.bus.tell(response.id, 'answer', message);
  }

  private settle(message: BusMessages['answer']): void {
    const waiting = this.waiting.get(message.id);
    if (waiting?.tenant !== message.tenant || waiting.subject !== message.subject) return;
    this.waiting.delete(message.id);
    waiting.settle(message);
  }
}

function refused(message: string): AppError {
  return new AppError('BAD_REQUEST', `The client refused the question: ${message}`);
}
