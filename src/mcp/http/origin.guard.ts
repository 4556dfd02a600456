import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import { AppError } from '../../common/app-error.js';
import { LOOPBACK_HOSTS } from '../../common/loopback.js';
import { httpConfig } from '../../config/namespaces/http.config.js';
import { mcpConfig } from '../../config/namespaces/mcp.config.js';
import { setCorsHeaders } from './cors.js';

/**
 * Checks which web pages may call the server (MCP basic/transports, "Security Warning"). The Host header was checked
 * before (http/host.middleware).
 */
@Injectable()
export class OriginGuard implements CanActivate {
  private readonly origins: ReadonlySet<string>;

  constructor(
    @Inject(httpConfig.KEY) http: ConfigType<typeof httpConfig>,
    @Inject(mcpConfig.KEY) mcp: ConfigType<typeof mcpConfig>,
  ) {
    this.origins = new Set([http.publicUrl, ...mcp.allowedOrigins]);
  }

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { origin } = http.getRequest<Request>().headers;
    if (origin === undefined) return true;
    if (!this.isAllowed(origin)) throw new AppError('FORBIDDEN', 'This Origin may not call the server.');
    setCorsHeaders(http.getResponse<Response>(), origin);
    return true;
  }

  private isAllowed(origin: string): boolean {
    if (this.origins.has(origin)) return true;
    const url = URL.parse(origin);
    return url !== null && url.origin === origin && LOOPBACK_HOSTS.has(url.hostname);
  }
}
