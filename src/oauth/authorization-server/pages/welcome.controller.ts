import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { TenantsService } from '../../../tenancy/tenants.service.js';
import { lookOf } from './look/look.js';
import { sendPage } from './page.js';
import { languageOf } from './texts.js';
import { welcomePage } from './welcome.page.js';

/** `/`: a page for browsers. Programs are answered as at every other path where there is nothing. */
@Controller()
export class WelcomeController {
  constructor(private readonly tenants: TenantsService) {}

  @Get()
  show(@Req() req: Request, @Res() res: Response): void {
    res.vary('Accept');
    // Programs send `*/*` or nothing; only browsers name HTML.
    if (!/\btext\/html\b/i.test(req.headers.accept ?? '')) {
      throw new AppError('NOT_FOUND', 'There is nothing at this path.');
    }
    sendPage(res, welcomePage(languageOf(req.headers['accept-language'])), lookOf(this.tenants.brand));
  }
}
