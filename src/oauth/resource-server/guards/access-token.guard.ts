import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { ANONYMOUS, type Principal } from '../../../common/principal.js';
import { ServerConfig } from '../../../config/server.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { PrincipalRequest } from '../../../tenancy/tenant-request.js';
import { type ChallengeReply, endpointOf, malformedAuthorization, unauthenticated } from '../../tokens/challenges.js';
import { TokenService } from '../token.service.js';

/** Who is calling: sets `req.principal`, or answers 400 or 401 with a challenge. HEAD and OPTIONS need no token. */
@Injectable()
export class AccessTokenGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenService,
    private readonly config: ServerConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const req = context.switchToHttp().getRequest<PrincipalRequest>();
    const res = context.switchToHttp().getResponse<Response>();
    const { tenant } = req;
    if (tenant === undefined) throw new AppError('NOT_FOUND', 'There is nothing at this path.');
    if (req.method === 'HEAD' || req.method === 'OPTIONS') return true;
    const endpoint = endpointOf(req, tenant);
    const token = readToken(req, tenant, endpoint);
    if (typeof token === 'object') return refuse(res, token);
    if (token === undefined) {
      if (!this.config.allowUnauthMethods && !this.config.allowUnauthToolsCall) {
        return refuse(res, unauthenticated(tenant, endpoint, false));
      }
      req.principal = anonymous(tenant);
      return true;
    }
    const principal = await this.tokens.principalOf(token, tenant);
    if (principal === undefined) return refuse(res, unauthenticated(tenant, endpoint, true));
    req.principal = principal;
    return true;
  }
}

/** RFC 6750 §2.1, and no other way: a token in the query would end up in logs. */
function readToken(req: PrincipalRequest, tenant: Tenant, endpoint: string): string | undefined | ChallengeReply {
  const headers = req.headersDistinct['authorization'];
  if (headers === undefined) return undefined;
  if (headers.length > 1) return malformedAuthorization(tenant, endpoint, 'There are two Authorization headers.');
  if (/[?&]access_token=/.test(req.url)) {
    return malformedAuthorization(tenant, endpoint, 'A token belongs in the Authorization header only.');
  }
  const [scheme = '', ...rest] = (headers[0] ?? '').split(/ +/);
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  const [token] = rest;
  if (rest.length !== 1 || token === undefined || !/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    return malformedAuthorization(tenant, endpoint, 'The Authorization header must be "Bearer" and one token.');
  }
  return token;
}

function refuse(res: Response, reply: ChallengeReply): never {
  res.setHeader('WWW-Authenticate', reply.headers['WWW-Authenticate']);
  res.setHeader('Cache-Control', 'no-store');
  throw new AppError(reply.status === 400 ? 'BAD_REQUEST' : 'UNAUTHENTICATED', reply.body.error_description);
}

function anonymous(tenant: Tenant): Principal {
  const highestScope = tenant.config.readOnly ? 'sql:read' : 'sql:write';
  return {
    subject: ANONYMOUS,
    client: ANONYMOUS,
    tenant: tenant.name,
    scopes: new Set(tenant.config.readOnly ? ['sql:read'] : ['sql:read', 'sql:write']),
    highestScope,
    access: {},
    attributes: {},
  };
}
