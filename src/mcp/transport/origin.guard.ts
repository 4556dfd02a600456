import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../common/app-error.js';
import { LOOPBACK_HOSTS } from '../../common/loopback.js';
import { ServerConfig } from '../../config/server.config.js';
import { setCorsHeaders } from './cors.js';

/**
 * Which pages may call us (MCP basic/transports, "Security Warning"). Host was checked before (http/host.middleware).
 */
@Injectable()
export class OriginGuard implements CanActivate {
  private readonly origins: ReadonlySet<string>;

  constructor(config: ServerConfig) {
    this.origins = new Set([config.publicUrl, ...config.allowedOrigins]);
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
