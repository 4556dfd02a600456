import { All, Controller, Get, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { refuseMethod } from '../common/refuse-method.js';
import type { TenantRequest } from '../tenancy/tenant.middleware.js';
import { HealthReport } from './health-report.js';
import { ReadinessService } from './readiness.service.js';

/** `/<tenant>/health` and its probes. The tenant middleware has answered unknown tenants before. */
@Controller(':tenant/health')
export class HealthController {
  constructor(
    private readonly report: HealthReport,
    private readonly readiness: ReadinessService,
  ) {}

  @Get()
  async health(@Req() { tenant }: Required<TenantRequest>, @Res() res: Response): Promise<void> {
    const { healthy, document } = await this.report.of(tenant);
    res.status(healthy ? 200 : 503).json(document);
  }

  @Get('live')
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Req() { tenant }: Required<TenantRequest>, @Res() res: Response): Promise<void> {
    const { ready, report } = await this.readiness.check([tenant]);
    res.status(ready ? 200 : 503).json(report);
  }

  @All(['', 'live', 'ready'])
  others(@Res() res: Response): never {
    return refuseMethod(res, 'GET, HEAD');
  }
}
