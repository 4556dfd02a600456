import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { AppError } from '../../common/app-error.js';
import { Drain } from '../../common/drain.js';
import { mcpConfig } from '../../config/namespaces/mcp.config.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import type { Caller } from '../protocol/request-context.js';

/** Counts the long-lived streams (GET streams and `subscriptions/listen`), and ends those whose caller lost access. */
@Injectable()
export class StreamLimits {
  private readonly ofPrincipal = new Map<string, number>();
  private total = 0;

  constructor(
    @Inject(mcpConfig.KEY) private readonly config: ConfigType<typeof mcpConfig>,
    private readonly metrics: MetricsService,
    private readonly drain: Drain,
  ) {}

  /**
   * Counts one more stream until the returned function is called, and calls `end` when the caller has lost their access
   * or has other rights than before; a client that still has access connects again. Throws AppError TOO_MANY_REQUESTS at
   * a limit, and UNAVAILABLE while the server stops.
   */
  claim({ tenant, principal, watchAccess }: Caller, end: () => void): () => void {
    if (this.drain.draining) throw new AppError('UNAVAILABLE', 'The server is stopping; connect again in a moment.');
    const key = `${tenant.name}\n${principal.subject}`;
    const own = this.ofPrincipal.get(key) ?? 0;
    if (own >= this.config.maxStreamsPerPrincipal || this.total >= this.config.maxStreams) {
      throw new AppError('TOO_MANY_REQUESTS', 'There are too many open streams; close one, or try again later.');
    }
    this.ofPrincipal.set(key, own + 1);
    this.total += 1;
    this.metrics.streamOpened(tenant.name);
    const opened = performance.now();
    const unwatch = watchAccess?.(end);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      unwatch?.();
      this.total -= 1;
      const left = (this.ofPrincipal.get(key) ?? 1) - 1;
      if (left === 0) this.ofPrincipal.delete(key);
      else this.ofPrincipal.set(key, left);
      this.metrics.streamClosed(tenant.name, (performance.now() - opened) / 1_000);
    };
  }
}
