import { All, Controller, Delete, Head, Options, Post, Req, Res, Sse, UseFilters, UseGuards } from '@nestjs/common';
import type { MessageEvent } from '@nestjs/common';
import type { Response } from 'express';
import type { Observable } from 'rxjs';
import { methodNotAllowed } from '../../http/method-not-allowed.js';
import { ChallengeFilter } from '../../oauth/resource-server/challenge.filter.js';
import { AccessTokenGuard } from '../../oauth/resource-server/guards/access-token.guard.js';
import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import { answerPreflight, ENDPOINT_METHODS } from './cors.js';
import { StandaloneStreamEndpoint } from './standalone-stream.endpoint.js';
import { MAX_PENDING_BYTES } from '../protocol/limits.js';
import { OriginGuard } from './origin.guard.js';
import { StreamableHttp } from './streamable-http.js';

/** The MCP endpoint under both of its names. HEAD is declared before GET, which would otherwise reply with a stream. */
@Controller([':tenant/sse', ':tenant/mcp'])
@UseGuards(OriginGuard)
@UseFilters(ChallengeFilter)
export class McpController {
  constructor(
    private readonly http: StreamableHttp,
    private readonly get: StandaloneStreamEndpoint,
  ) {}

  @Head()
  head(@Res() res: Response): void {
    this.get.head(res);
  }

  @Options()
  options(@Req() req: PrincipalRequest, @Res() res: Response): void {
    answerPreflight(res, ENDPOINT_METHODS, req.headers['access-control-request-headers']);
  }

  @Post()
  @UseGuards(AccessTokenGuard)
  post(@Req() req: PrincipalRequest, @Res() res: Response): Promise<void> {
    return this.http.post(req, res);
  }

  @Sse('', { maxPendingDataLength: MAX_PENDING_BYTES })
  @UseGuards(AccessTokenGuard)
  stream(@Req() req: PrincipalRequest, @Res({ passthrough: true }) res: Response): Observable<MessageEvent> {
    return this.get.open(req, res);
  }

  @Delete()
  @UseGuards(AccessTokenGuard)
  delete(@Req() req: PrincipalRequest, @Res() res: Response): void {
    this.get.delete(req, res);
  }

  @All()
  otherMethods(@Res() res: Response): never {
    return methodNotAllowed(res, ENDPOINT_METHODS);
  }
}
