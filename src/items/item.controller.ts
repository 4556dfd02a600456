import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Response } from 'express';
import { PageErrorFilter } from '../oauth/authorization-server/pages/page-error.filter.js';
import type { TenantRequest } from '../tenancy/tenant-request.js';
import { ItemPages } from './item-pages.js';

type Req_ = Required<TenantRequest>;

/** `/<tenant>/items/<id>`: what `fetch` reads, for a person. */
@Controller(':tenant/items/:id')
@UseFilters(PageErrorFilter)
export class ItemController {
  constructor(private readonly pages: ItemPages) {}

  @Get()
  show(@Req() req: Req_, @Res() res: Response, @Param('id') id: string): Promise<void> {
    return this.pages.show(req, res, req.tenant, id);
  }
}
