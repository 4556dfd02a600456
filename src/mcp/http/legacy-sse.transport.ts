import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../../common/app-error.js';
import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import { Callers } from './callers.js';
import { NotificationHandler } from '../client/notification-handler.js';
import type { EventStream } from './event-stream.js';
import { type Caller, RequestContext } from '../protocol/request-context.js';
import { StandaloneStreams } from './standalone-streams.js';
import { Dispatcher } from '../protocol/dispatcher.js';
import { type BusMessages, ClusterBus } from '../cluster/cluster-bus.js';
import { idOf, readMessage } from '../protocol/read-message.js';
import { readPostBody } from './post-body.js';
import { revisionOfRequest } from '../protocol/headers.js';
import { errorReply } from '../protocol/rpc-error.mapping.js';

/**
 * The 2024-11-05 transport (HTTP+SSE): the client POSTs a message, and the response is sent on its GET stream, which
 * another process may hold.
 */
@Injectable()
export class LegacySseTransport {
  constructor(
    private readonly callers: Callers,
    private readonly streams: StandaloneStreams,
    private readonly dispatcher: Dispatcher,
    private readonly messages: NotificationHandler,
    private readonly bus: ClusterBus,
  ) {
    bus.on('message', message => void this.receive(message));
  }

  /** Replies 202 to an accepted message. Throws AppError for an unknown stream and for a body that can't be read. */
  async post(req: PrincipalRequest, res: Response): Promise<void> {
    const caller = this.callers.of(req);
    const { sessionId } = req.query;
    const here = typeof sessionId === 'string' ? this.bus.holds(sessionId) : undefined;
    if (typeof sessionId !== 'string' || here === undefined) throw unknownStream();
    const stream = this.streams.find(sessionId);
    if (here && (stream === undefined || !sameClient(stream.caller, caller))) throw unknownStream();
    const body = await readPostBody(req);
    if (!('single' in body)) throw new AppError('BAD_REQUEST', 'A body must be a single message here, not a batch.');
    const version = req.headers['mcp-protocol-version'] as string | undefined;
    if (stream !== undefined) {
      void this.process(stream, caller, body.single, version);
    } else {
      await this.bus.send(sessionId, 'message', {
        stream: sessionId,
        tenant: caller.tenant.name,
        subject: caller.principal.subject,
        client: caller.principal.client,
        body: body.single,
        version,
      });
    }
    res.writeHead(202, { 'Content-Length': '0' }).end();
  }

  private receive({ stream: id, tenant, subject, client, body, version }: BusMessages['message']): void {
    const stream = this.streams.find(id);
    if (stream === undefined) return;
    const { caller } = stream;
    const { principal } = caller;
    if (caller.tenant.name !== tenant || principal.subject !== subject || principal.client !== client) return;
    void this.process(stream, caller, body, version);
  }

  /** Never rejects. */
  private async process(stream: EventStream, caller: Caller, value: unknown, version?: string): Promise<void> {
    try {
      const message = readMessage(value);
      if (message.kind !== 'request') return await this.messages.receive(caller, message, undefined);
      const headers = version === undefined ? {} : { 'mcp-protocol-version': version };
      await this.call(
        new RequestContext(caller, revisionOfRequest(message, headers), message, stream, headers),
        stream,
      );
    } catch (error) {
      stream.send(errorReply(idOf(value), error).body);
    }
  }

  private async call(context: RequestContext, stream: EventStream): Promise<void> {
    const done = stream.onceEnded(() => context.cancel());
    const rpcReply = await this.dispatcher.dispatch(context);
    if (rpcReply !== undefined) stream.send(rpcReply.body);
    done();
  }
}

function sameClient(a: Caller, b: Caller): boolean {
  return (
    a.tenant.name === b.tenant.name &&
    a.principal.subject === b.principal.subject &&
    a.principal.client === b.principal.client
  );
}

function unknownStream(): AppError {
  return new AppError(
    'NOT_FOUND',
    'There is no such stream; open one with GET and POST to the URL of its first event.',
  );
}
