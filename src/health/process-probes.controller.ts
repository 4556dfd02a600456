import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { ReadinessService } from './readiness.service.js';

/** Kubernetes' probes of the whole process. Liveness never touches a database. */
@Controller('health')
export class ProcessProbesController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get('live')
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Res() res: Response): Promise<void> {
    const { ready, report } = await this.readiness.check();
    res.status(ready ? 200 : 503).json(report);
  }
}
