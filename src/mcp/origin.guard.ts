import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../common/app-error.js';
import { ServerConfig } from '../config/server.config.js';
import { setCorsHeaders } from './cors.js';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Which pages may call us, and under which names: a page that rebinds its DNS name to our address has its own name in
 * Host and Origin (MCP basic/transports, "Security Warning").
 */
@Injectable()
export class OriginGuard implements CanActivate {
  private readonly origins: ReadonlySet<string>;
  private readonly publicHost: string;

  constructor(config: ServerConfig) {
    const publicUrl = new URL(config.publicUrl);
    this.publicHost = publicUrl.host;
    this.origins = new Set([publicUrl.origin, ...config.allowedOrigins]);
  }

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { host, origin } = http.getRequest<Request>().headers;
    if (host === undefined || !this.isOurs(host))
      throw new AppError('FORBIDDEN', 'The Host header names another server.');
    if (origin === undefined) return true;
    if (!this.isAllowed(origin)) throw new AppError('FORBIDDEN', 'This Origin may not call the server.');
    setCorsHeaders(http.getResponse<Response>(), origin);
    return true;
  }

  private isOurs(host: string): boolean {
    if (host === this.publicHost) return true;
    const url = parsed(`https://${host}`);
    return url !== undefined && (url.host === this.publicHost || LOOPBACK.has(url.hostname));
  }

  private isAllowed(origin: string): boolean {
    if (this.origins.has(origin)) return true;
    const url = parsed(origin);
    return url !== undefined && url.origin === origin && LOOPBACK.has(url.hostname);
  }
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
