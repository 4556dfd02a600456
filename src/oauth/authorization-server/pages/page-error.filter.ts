import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { errors } from 'oidc-provider';
import { AppError } from '../../../common/app-error.js';
import { httpStatusOf } from '../../../http/app-error.filter.js';
import { logger } from '../../../common/log.js';
import { requestIdOf } from '../../../http/request-id.js';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { type ErrorView, errorPage } from './error.page.js';
import { lookOfTenant } from './look/look.js';
import { sendPage } from './page.js';
import { languageOf } from './texts.js';

const log = logger('oauth');

/** Answers every error with a page. */
@Catch()
export class PageErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const req = host.switchToHttp().getRequest<TenantRequest>();
    const res = host.switchToHttp().getResponse<Response>();
    if (res.headersSent) return void res.destroy();
    const requestId = requestIdOf(req);
    const language = languageOf(req.headers['accept-language']);
    sendPage(res, errorPage({ language, requestId, ...describe(error, requestId) }), lookOfTenant(req.tenant));
  }
}

function describe(error: unknown, requestId: string): Omit<ErrorView, 'language' | 'requestId'> {
  // There is no cookie, the browser is another one, or ten minutes have passed.
  if (error instanceof errors.SessionNotFound) return { status: 400, code: 'expired' };
  if (error instanceof errors.OIDCProviderError && error.expose) {
    return {
      status: error.statusCode,
      code: error.error,
      ...(error.error_description === undefined ? {} : { description: error.error_description }),
    };
  }
  if (error instanceof AppError && error.expose) {
    if (error.hint === 'unknown_client') return { status: 400, code: 'invalid_client', client: 'unknown' };
    const code = error.hint === 'expired' ? 'expired' : error.code;
    return { status: httpStatusOf(error.code), code, description: error.message };
  }
  log.error({ err: error, request_id: requestId }, 'a page failed');
  return { status: 500, code: 'server_error' };
}
