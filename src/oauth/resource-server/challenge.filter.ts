import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { ChallengeError } from '../../common/challenge.error.js';
import { AppErrorFilter } from '../../http/app-error.filter.js';
import type { TenantRequest } from '../../tenancy/tenant-request.js';
import { challengeHeader, endpointOf } from '../tokens/challenges.js';

/** Answers a ChallengeError with `WWW-Authenticate`; for every controller that has the AccessTokenGuard. */
@Catch(ChallengeError)
export class ChallengeFilter implements ExceptionFilter<ChallengeError> {
  private readonly body = new AppErrorFilter();

  catch(error: ChallengeError, host: ArgumentsHost): void {
    const req = host.switchToHttp().getRequest<TenantRequest>();
    const res = host.switchToHttp().getResponse<Response>();
    if (req.tenant !== undefined && !res.headersSent) {
      res.setHeader('WWW-Authenticate', challengeHeader(error.challenge, req.tenant, endpointOf(req, req.tenant)));
      res.setHeader('Cache-Control', 'no-store');
    }
    this.body.catch(error, host);
  }
}
