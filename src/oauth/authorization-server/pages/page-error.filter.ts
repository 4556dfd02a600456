import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { errors } from 'oidc-provider';
import { AppError } from '../../../common/app-error.js';
import { httpStatusOf } from '../../../http/app-error.filter.js';
import { logger } from '../../../common/log.js';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { errorPage } from './error.page.js';
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
    const page = errorPage({ language: languageOf(req.headers['accept-language']), ...describe(error) });
    sendPage(res, page, lookOfTenant(req.tenant));
  }
}

function describe(error: unknown): { status: number; code: string; description?: string } {
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
    const code = error.hint === 'expired' ? 'expired' : error.code;
    return { status: httpStatusOf(error.code), code, description: error.message };
  }
  const id = randomUUID();
  log.error({ err: error, request_id: id }, 'a page failed');
  return { status: 500, code: id };
}
