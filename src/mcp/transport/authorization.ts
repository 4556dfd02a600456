import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { ServerConfig } from '../../config/server.config.js';
import { ANONYMOUS } from '../../common/principal.js';
import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import { type Challenge, challengeHeader, endpointOf } from '../../oauth/tokens/challenges.js';
import type { Caller } from '../protocol/request-context.js';
import type { RpcReply } from '../protocol/rpc-reply.js';

/** What of authorisation depends on the message: the guard has seen the token, but not the method. */
@Injectable()
export class Authorization {
  constructor(private readonly config: ServerConfig) {}

  /** For callers without a token, whom only the settings for testing admit. Throws AppError UNAUTHENTICATED. */
  check({ principal }: Caller, method: string): void {
    if (principal.subject !== ANONYMOUS) return;
    const admitted = method === 'tools/call' ? this.config.allowUnauthToolsCall : this.config.allowUnauthMethods;
    if (!admitted) throw new AppError('UNAUTHENTICATED', `${method.slice(0, 100)} needs an access token.`);
  }

  /** Tells the client, with a 401 or 403, what to ask for (RFC 6750 §3). */
  challenge(req: PrincipalRequest, answer: RpcReply | undefined): RpcReply | undefined {
    const { tenant } = req;
    if (tenant === undefined || (answer?.status !== 401 && answer?.status !== 403)) return answer;
    const challenge: Challenge =
      answer.status === 401
        ? { kind: 'no_token' }
        : { kind: 'insufficient_scope', scopes: answer.scopes ?? ['sql:read'] };
    const header = challengeHeader(challenge, tenant, endpointOf(req, tenant));
    return { ...answer, headers: { ...answer.headers, 'WWW-Authenticate': header } };
  }
}
