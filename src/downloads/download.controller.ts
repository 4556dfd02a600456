import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Response } from 'express';
import { PageErrorFilter } from '../oauth/authorization-server/pages/page-error.filter.js';
import type { TenantRequest } from '../tenancy/tenant-request.js';
import { DownloadPages } from './download-pages.js';

type Req_ = Required<TenantRequest>;

/** `/<tenant>/downloads/<id>`: GET shows what a link exports, and only POST uses it. */
@Controller(':tenant/downloads/:id')
@UseFilters(PageErrorFilter)
export class DownloadController {
  constructor(private readonly pages: DownloadPages) {}

  @Get()
  show(@Req() req: Req_, @Res() res: Response, @Param('id') id: string): Promise<void> {
    return this.pages.show(req, res, req.tenant, id);
  }

  @Get('status')
  status(@Req() req: Req_, @Res() res: Response, @Param('id') id: string): Promise<void> {
    return this.pages.status(req, res, req.tenant, id);
  }

  @Post()
  fetch(@Req() req: Req_, @Res() res: Response, @Param('id') id: string): Promise<void> {
    return this.pages.fetch(req, res, req.tenant, id);
  }
}
