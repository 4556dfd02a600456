import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Response } from 'express';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { InteractionService } from './interaction.service.js';
import { PageErrorFilter } from '../pages/page-error.filter.js';

type Req_ = Required<TenantRequest>;

/** `/<tenant>/interaction/<uid>`: the cookie of the interaction has this path. */
@Controller(':tenant/interaction/:uid')
@UseFilters(PageErrorFilter)
export class InteractionController {
  constructor(private readonly interactions: InteractionService) {}

  // A browser that restores a tab after a wrong password sends GET to the address of a form.
  @Get(['', 'login', 'consent'])
  show(@Req() req: Req_, @Res() res: Response, @Param('uid') uid: string): Promise<void> {
    return this.interactions.show(req, res, req.tenant, uid);
  }

  @Post('login')
  signIn(@Req() req: Req_, @Res() res: Response, @Param('uid') uid: string): Promise<void> {
    return this.interactions.signIn(req, res, req.tenant, uid);
  }

  @Post('consent')
  decide(@Req() req: Req_, @Res() res: Response, @Param('uid') uid: string): Promise<void> {
    return this.interactions.decide(req, res, req.tenant, uid);
  }
}
