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
 * Requests of the server to a client, up to 2025-11-25. A request is sent on the stream of the call that needs it, and
 * the client answers with another POST. The answer is matched by an unguessable id and accepted only from the same
 * person in the same tenant.
 */
@Injectable()
export class ServerRequests {
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly bus: ClusterBus) {
    bus.on('answer', message => void this.settle(message));
  }

  /**
   * Resolves with the client's unchecked result. Throws AppError TIMEOUT after `limitMs`, CANCELLED if the caller
   * cancels or leaves, and BAD_REQUEST if the client answers with an error.
   */
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
          reject(new AppError('CANCELLED', 'The caller closed the connection before the question was sent.'));
        }
      });
    } finally {
      clear();
      this.waiting.delete(id);
    }
  }

  /** Handles a response that a client POSTed. An unknown or late one, or one from another person, is ignored. */
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
    else if (here === false) await this.bus.send(response.id, 'answer', message);
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
