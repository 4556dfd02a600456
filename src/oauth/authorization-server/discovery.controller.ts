import { All, Controller, Get, Header, HttpCode, Options, Req, Res, UseInterceptors } from '@nestjs/common';
import type { Response } from 'express';
import { AnyOriginInterceptor } from '../../http/any-origin.interceptor.js';
import { methodNotAllowed } from '../../http/method-not-allowed.js';
import type { TenantRequest } from '../../tenancy/tenant-request.js';
import { WellKnownDocuments } from './well-known-documents.js';

const PATHS = [
  '.well-known/:document',
  '.well-known/:document/:first',
  '.well-known/:document/:first/:second',
  ':tenant/.well-known/:document',
  ':tenant/.well-known/:document/:first',
  ':tenant/.well-known/:document/:first/:second',
  ':tenant/:endpoint/.well-known/:document',
];

/** Serves the discovery documents. */
@Controller()
@UseInterceptors(AnyOriginInterceptor)
export class DiscoveryController {
  constructor(private readonly documents: WellKnownDocuments) {}

  @Get(PATHS)
  @Header('Cache-Control', 'public, max-age=300')
  get(@Req() req: TenantRequest): object {
    return this.documents.documentAt(req.path, req.tenant);
  }

  @Options(PATHS)
  @HttpCode(204)
  options(): void {}

  @All(PATHS)
  others(@Res() res: Response): never {
    return methodNotAllowed(res, 'GET, HEAD, OPTIONS');
  }
}
