import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Response } from 'express';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { AccountPages } from './account-pages.js';
import { AccountSignIn } from '../sign-in/account-sign-in.js';
import { PageErrorFilter } from '../pages/page-error.filter.js';

type Req_ = Required<TenantRequest>;

/** `/<tenant>/account`: lists the applications that a person has connected, and revokes their access. */
@Controller(':tenant/account')
@UseFilters(PageErrorFilter)
export class AccountController {
  constructor(
    private readonly pages: AccountPages,
    private readonly signIns: AccountSignIn,
  ) {}

  // A browser that restores a tab after a wrong password sends GET to the address of a form.
  @Get(['', 'sign-in', 'revoke', 'revoke-file', 'revoke-all', 'sign-out'])
  show(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.pages.show(req, res, req.tenant);
  }

  @Post('sign-in')
  signIn(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.signIns.signIn(req, res, req.tenant);
  }

  @Get('federated')
  federated(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.signIns.federated(req, res, req.tenant);
  }

  @Post('revoke')
  revoke(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.pages.revoke(req, res, req.tenant);
  }

  @Post('revoke-file')
  revokeFile(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.pages.revokeFile(req, res, req.tenant);
  }

  @Post('revoke-all')
  revokeAll(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.pages.revokeAll(req, res, req.tenant);
  }

  @Post('sign-out')
  signOut(@Req() req: Req_, @Res() res: Response): Promise<void> {
    return this.pages.signOut(req, res, req.tenant);
  }
}
