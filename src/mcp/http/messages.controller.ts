import { All, Controller, Options, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { methodNotAllowed } from '../../http/method-not-allowed.js';
import { ChallengeFilter } from '../../oauth/resource-server/challenge.filter.js';
import { AccessTokenGuard } from '../../oauth/resource-server/guards/access-token.guard.js';
import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import { answerPreflight, MESSAGES_METHODS } from './cors.js';
import { LegacySseTransport } from './legacy-sse.transport.js';
import { OriginGuard } from './origin.guard.js';

@Controller(':tenant/messages')
@UseGuards(OriginGuard)
@UseFilters(ChallengeFilter)
export class MessagesController {
  constructor(private readonly transport: LegacySseTransport) {}

  @Options()
  options(@Req() req: PrincipalRequest, @Res() res: Response): void {
    answerPreflight(res, MESSAGES_METHODS, req.headers['access-control-request-headers']);
  }

  @Post()
  @UseGuards(AccessTokenGuard)
  post(@Req() req: PrincipalRequest, @Res() res: Response): Promise<void> {
    return this.transport.post(req, res);
  }

  @All()
  otherMethods(@Res() res: Response): never {
    return methodNotAllowed(res, MESSAGES_METHODS);
  }
}
