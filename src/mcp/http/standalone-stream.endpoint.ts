import { Injectable, type MessageEvent, NotAcceptableException } from '@nestjs/common';
import type { Response } from 'express';
import { EMPTY, type Observable } from 'rxjs';
import { AppError } from '../../common/app-error.js';
import { methodNotAllowed } from '../../http/method-not-allowed.js';
import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import { accepted } from '../../http/negotiation.js';
import { Callers } from './callers.js';
import { StandaloneStreams } from './standalone-streams.js';
import { RETRY_AFTER_SECONDS } from '../protocol/limits.js';
import { STREAM_HEADERS } from './http-reply.js';
import { revisionOfHeaders } from '../protocol/headers.js';

/** GET, HEAD and DELETE of the MCP endpoint. */
@Injectable()
export class StandaloneStreamEndpoint {
  constructor(
    private readonly callers: Callers,
    private readonly streams: StandaloneStreams,
  ) {}

  /** Sends the headers that a GET would begin with. Clients probe with HEAD before they sign in. */
  head(res: Response): void {
    res.writeHead(200, { ...STREAM_HEADERS, 'Cache-Control': 'no-cache' }).end();
  }

  /** Opens a GET stream. Throws before the stream has begun, so that the exception filter can still reply. */
  open(req: PrincipalRequest, res: Response): Observable<MessageEvent> {
    this.rejectWithoutGet(req, res);
    if (!accepted(req.headers.accept).stream) {
      throw new NotAcceptableException('A GET opens a stream: Accept must allow text/event-stream.');
    }
    // The caller left during the token check: Nest would not subscribe, and the stream would never end.
    if (req.socket.destroyed) return EMPTY;
    const caller = this.callers.of(req);
    // A client that names no version may be one of 2024-11-05, which needs the URL to POST to.
    const legacy = req.headers['mcp-protocol-version'] === undefined;
    try {
      return this.streams.open(caller, legacy ? id => `${caller.tenant.path}/messages?sessionId=${id}` : undefined);
    } catch (error) {
      if (error instanceof AppError && error.code === 'TOO_MANY_REQUESTS') {
        res.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
      }
      throw error;
    }
  }

  /** Replies 204, because there is no session that could fail to end. */
  delete(req: PrincipalRequest, res: Response): void {
    this.rejectWithoutGet(req, res);
    res.writeHead(204).end();
  }

  /** Since 2026-07-28 the endpoint has only POST. */
  private rejectWithoutGet(req: PrincipalRequest, res: Response): void {
    const revision = revisionOfHeaders(req.headers);
    if (revision === undefined || revision.getStream) return;
    methodNotAllowed(res, 'POST, HEAD, OPTIONS', `In ${revision.name} only POST is used.`);
  }
}
