import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Response } from 'express';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { PageErrorFilter } from '../pages/page-error.filter.js';
import { UpstreamSignIn } from './upstream-sign-in.js';

type Req_ = Required<TenantRequest>;

/** Sends the browser to a tenant's identity provider, and receives it when it comes back. */
@Controller(':tenant')
@UseFilters(PageErrorFilter)
export class UpstreamController {
  constructor(private readonly signIn: UpstreamSignIn) {}

  @Get('interaction/:uid/upstream')
  begin(@Req() req: Req_, @Res() res: Response, @Param('uid') uid: string): Promise<void> {
    return this.signIn.beginForInteraction(req, res, req.tenant, uid);
  }

  @Get('login/upstream')
  beginForAccount(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.signIn.beginForAccount(req, res, req.tenant);
  }

  @Get('login/upstream/callback')
  callback(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.signIn.callback(req, res, req.tenant);
  }

  // The interaction's cookie is sent to paths below the interaction only.
  @Get('interaction/:uid/federated')
  federated(@Req() req: Req_, @Res() res: Response, @Param('uid') uid: string): Promise<void> {
    return this.signIn.continueInteraction(req, res, req.tenant, uid);
  }
}
