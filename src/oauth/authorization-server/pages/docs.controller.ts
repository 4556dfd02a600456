import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { docsPage } from './docs.page.js';
import { lookOfTenant } from './look/look.js';
import { sendPage } from './page.js';
import { languageOf } from './texts.js';

/** `/<tenant>/docs`: explains how to connect; `resource_documentation` names it. */
@Controller(':tenant/docs')
export class DocsController {
  @Get()
  show(@Req() req: Required<TenantRequest>, @Res() res: Response): void {
    sendPage(res, docsPage(languageOf(req.headers['accept-language']), req.tenant), lookOfTenant(req.tenant));
  }
}
