import { All, Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { httpConfig } from '../../../config/namespaces/http.config.js';
import { methodNotAllowed } from '../../../http/method-not-allowed.js';

const PATH = '.well-known/openai-apps-challenge';

/**
 * Serves the text with which OpenAI verifies that the publisher of an app controls the host. OpenAI requests it at the root
 * of the host, so all tenants share it. Behind a proxy that strips prefixes the root can be that of a tenant.
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
