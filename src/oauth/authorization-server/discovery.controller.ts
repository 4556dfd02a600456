import { All, Controller, Get, HttpCode, Options, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../../common/app-error.js';
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

/** Discovery documents, for any origin: there is nothing in them that is not public. */
@Controller()
export class DiscoveryController {
  constructor(private readonly documents: WellKnownDocuments) {}

  @Get(PATHS)
  get(@Req() req: TenantRequest, @Res() res: Response): void {
    allowAnyOrigin(res);
    const document = this.documents.documentAt(req.path, req.tenant);
    if (document === undefined) throw new AppError('NOT_FOUND', 'There is nothing at this path.');
    res.setHeader('Cache-Control', 'public, max-age=300');
    res.json(document);
  }

  @Options(PATHS)
  @HttpCode(204)
  options(@Res({ passthrough: true }) res: Response): void {
    allowAnyOrigin(res);
  }

  @All(PATHS)
  others(@Res() res: Response): never {
    allowAnyOrigin(res);
    return methodNotAllowed(res, 'GET, HEAD, OPTIONS');
  }
}

function allowAnyOrigin(res: Response): void {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Allow-Methods', 'GET, OPTIONS');
  res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Accept, MCP-Protocol-Version');
  res.setHeader('Access-Control-Max-Age', '3600');
}
