import { All, Controller, Get, Header, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { methodNotAllowed } from '../http/method-not-allowed.js';
import type { TenantRequest } from '../tenancy/tenant-request.js';
import { HealthReport } from './health-report.js';
import { NEVER_CACHED } from './process-probes.controller.js';
import { ReadinessService } from './readiness.service.js';

/** `/<tenant>/health` and its probes. The tenant middleware has already replied to requests for unknown tenants. */
@Controller(':tenant/health')
export class HealthController {
  constructor(
    private readonly report: HealthReport,
    private readonly readiness: ReadinessService,
  ) {}

  @Get()
  @Header(...NEVER_CACHED)
  async health(@Req() { tenant }: Required<TenantRequest>, @Res() res: Response): Promise<void> {
    const { healthy, document } = await this.report.of(tenant);
    res.status(healthy ? 200 : 503).json(document);
  }

  @Get('live')
  @Header(...NEVER_CACHED)
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header(...NEVER_CACHED)
  async ready(@Req() { tenant }: Required<TenantRequest>, @Res() res: Response): Promise<void> {
    const { ready, report } = await this.readiness.check([tenant]);
    res.status(ready ? 200 : 503).json(report);
  }

  @All(['', 'live', 'ready'])
  otherMethods(@Res() res: Response): never {
    return methodNotAllowed(res, 'GET, HEAD');
  }
}
