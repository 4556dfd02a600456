import { All, Controller, Get, Header, HttpCode, Options, Req, Res, UseInterceptors } from '@nestjs/common';
import type { Response } from 'express';
import { AnyOriginInterceptor } from '../../../http/any-origin.interceptor.js';
import { methodNotAllowed } from '../../../http/method-not-allowed.js';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { CARD_MEDIA_TYPE, type ServerCard, serverCard } from './server-card.js';

/** The card of a tenant, at the place that SEP-2127 reserves: the MCP endpoint's URL and `/server-card`. */
@Controller([':tenant/sse/server-card', ':tenant/mcp/server-card'])
@UseInterceptors(AnyOriginInterceptor)
export class ServerCardController {
  @Get()
  @Header('Content-Type', CARD_MEDIA_TYPE)
  @Header('Cache-Control', 'public, max-age=3600')
  get(@Req() req: Required<TenantRequest>): ServerCard {
    const { tenant } = req;
    const endpoint = req.path
      .slice(1 + tenant.name.length)
      .split('/', 2)
      .join('/');
    return serverCard(tenant, tenant.origin + (req.unprefixed ? '' : tenant.path) + endpoint);
  }

  @Options()
  @HttpCode(204)
  options(): void {}

  @All()
  others(@Res() res: Response): never {
    return methodNotAllowed(res, 'GET, HEAD, OPTIONS');
  }
}
