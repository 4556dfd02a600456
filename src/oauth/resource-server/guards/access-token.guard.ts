import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { AppError } from '../../../common/app-error.js';
import { ChallengeError } from '../../../common/challenge.error.js';
import { ANONYMOUS, type Principal } from '../../../common/principal.js';
import { oauthConfig } from '../../../config/namespaces/oauth.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { PrincipalRequest } from '../../../tenancy/tenant-request.js';
import { TokenService } from '../token.service.js';

/** Sets `req.principal`, or throws a ChallengeError (see ChallengeFilter). HEAD and OPTIONS need no token. */
@Injectable()
export class AccessTokenGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenService,
    @Inject(oauthConfig.KEY) private readonly config: ConfigType<typeof oauthConfig>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const req = context.switchToHttp().getRequest<PrincipalRequest>();
    const { tenant } = req;
    if (tenant === undefined) throw new AppError('NOT_FOUND', 'There is nothing at this path.');
    if (req.method === 'HEAD' || req.method === 'OPTIONS') return true;
    const token = readToken(req);
    req.principal = token === undefined ? this.withoutToken(tenant) : await this.withToken(token, tenant);
    return true;
  }

  private async withToken(token: string, tenant: Tenant): Promise<Principal> {
    const principal = await this.tokens.principalOf(token, tenant);
    if (principal === undefined) throw new ChallengeError({ kind: 'invalid_token' });
    return principal;
  }

  private withoutToken(tenant: Tenant): Principal {
    if (!this.config.allowUnauthMethods && !this.config.allowUnauthToolsCall) {
      throw new ChallengeError({ kind: 'no_token' });
    }
    return anonymous(tenant);
  }
}

/** RFC 6750 §2.1, and no other way: a token in the query would end up in logs. */
function readToken(req: PrincipalRequest): string | undefined {
  const headers = req.headersDistinct['authorization'];
  if (headers === undefined) return undefined;
  if (headers.length > 1) throw malformed('There are two Authorization headers.');
  if (/[?&]access_token=/.test(req.url)) throw malformed('A token belongs in the Authorization header only.');
  const [scheme = '', ...rest] = (headers[0] ?? '').split(/ +/);
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  const [token] = rest;
  if (rest.length !== 1 || token === undefined || !/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    throw malformed('The Authorization header must be "Bearer" and one token.');
  }
  return token;
}

function malformed(description: string): ChallengeError {
  return new ChallengeError({ kind: 'malformed_authorization', description });
}

function anonymous(tenant: Tenant): Principal {
  const highestScope = tenant.config.readOnly ? 'sql:read' : 'sql:write';
  return {
    subject: ANONYMOUS,
    client: ANONYMOUS,
    tenant: tenant.name,
    scopes: new Set(tenant.config.readOnly ? ['sql:read'] : ['sql:read', 'sql:write']),
    highestScope,
    // A file is handed out to a person who signs in.
    mayExport: false,
    access: {},
    attributes: {},
  };
}
