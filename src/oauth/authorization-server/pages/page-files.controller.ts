import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { LOGO_EXTENSIONS } from '../../../config/logo-file.js';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { TenantsService } from '../../../tenancy/tenants.service.js';
import { FAVICON } from './look/favicon.js';
import { SCRIPT } from './look/script.js';

/**
 * The files of the pages, below each tenant and at the root. Their addresses carry a version, so that browsers may keep
 * them.
 */
@Controller()
export class PageFilesController {
  constructor(private readonly tenants: TenantsService) {}

  @Get(both('pages.js'))
  script(@Res() res: Response): void {
    sendFile(res, 'text/javascript; charset=utf-8', SCRIPT);
  }

  @Get(both('favicon.svg'))
  favicon(@Res() res: Response): void {
    sendFile(res, 'image/svg+xml', FAVICON);
  }

  @Get(LOGO_EXTENSIONS.flatMap(extension => both(`logo.${extension}`)))
  logo(@Req() req: TenantRequest, @Res() res: Response): void {
    const { logo } = req.tenant?.brand ?? this.tenants.brand;
    if (logo === undefined || !req.path.endsWith(`/${logo.file}`)) {
      throw new AppError('NOT_FOUND', 'There is nothing at this path.');
    }
    sendFile(res, logo.mimeType, logo.bytes);
  }
}

function both(file: string): string[] {
  return [file, `:tenant/${file}`];
}

function sendFile(res: Response, type: string, content: string | Buffer): void {
  res.setHeader('Content-Type', type);
  res.setHeader('Cache-Control', 'public, max-age=86400');
  // Whoever opens the image itself gets an image that can do nothing.
  res.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  res.end(content);
}
