import { All, Controller, Get, Header, Res } from '@nestjs/common';
import type { Response } from 'express';
import { methodNotAllowed } from '../http/method-not-allowed.js';
import { ReadinessService } from './readiness.service.js';

/** A proxy must not reply from its cache. */
export const NEVER_CACHED = ['Cache-Control', 'no-store'] as const;

/** The Kubernetes probes of the whole process. Liveness never uses a database. */
@Controller('health')
export class ProcessProbesController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get('live')
  @Header(...NEVER_CACHED)
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header(...NEVER_CACHED)
  async ready(@Res() res: Response): Promise<void> {
    const { ready, report } = await this.readiness.check();
    res.status(ready ? 200 : 503).json(report);
  }

  @All(['live', 'ready'])
  otherMethods(@Res() res: Response): never {
    return methodNotAllowed(res, 'GET, HEAD');
  }
}
