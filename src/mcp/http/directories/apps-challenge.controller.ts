import { All, Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { httpConfig } from '../../../config/namespaces/http.config.js';
import { methodNotAllowed } from '../../../http/method-not-allowed.js';

const PATH = '.well-known/openai-apps-challenge';

/**
 * The text with which OpenAI verifies that an app's publisher controls the host. OpenAI asks the root of the host, so
 * there is one for all tenants; a proxy that strips a prefix everywhere makes the root the tenant's.
 */
@Controller()
export class AppsChallengeController {
  constructor(@Inject(httpConfig.KEY) private readonly config: ConfigType<typeof httpConfig>) {}

  @Get([PATH, `:tenant/${PATH}`])
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  get(): string {
    const { appsChallenge } = this.config;
    if (appsChallenge === undefined) throw new AppError('NOT_FOUND', 'There is nothing at this path.');
    return appsChallenge;
  }

  @All([PATH, `:tenant/${PATH}`])
  others(@Res() res: Response): never {
    return methodNotAllowed(res, 'GET, HEAD');
  }
}
