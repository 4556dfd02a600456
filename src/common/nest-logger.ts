import type { LoggerService } from '@nestjs/common';
import { logger } from './log.js';

/** Nest's own messages, as structured lines like everybody else's. */
export class NestLogger implements LoggerService {
  private readonly log_ = logger('nest');

  // Module and route listings at start are of use to a developer of this server only.
  log(message: unknown, context?: string): void {
    this.log_.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.log_.warn({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.log_.error({ context, stack }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.log_.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.log_.trace({ context }, String(message));
  }
}
