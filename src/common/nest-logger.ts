import type { LoggerService } from '@nestjs/common';
import { logger } from './log.js';

/** Writes Nest's own messages as structured lines, like all other messages. */
export class NestLogger implements LoggerService {
  private readonly log_ = logger('nest');

  // Nest lists modules and routes at start; the list helps only developers of this server.
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
