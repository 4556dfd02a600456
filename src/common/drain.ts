import { Injectable } from '@nestjs/common';

/** Whether this process is shutting down: readiness answers 503, idle streams end, and calls that are running may finish. */
@Injectable()
export class Drain {
  private readonly controller = new AbortController();

  /** Aborts once, at the first SIGTERM or SIGINT. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get draining(): boolean {
    return this.controller.signal.aborted;
  }

  begin(): void {
    this.controller.abort();
  }
}
