import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import type { FileRun } from '../export/file-run.js';
import type { DownloadClaim, DownloadStates } from '../export/links/download-states.js';
import type { DownloadStatus } from '../export/links/export-link.js';
import type { Download } from './download.js';

const EVERY_MS = 1_000;
/** For what lies between this server and the browser when the statement has ended. */
const LAST_BYTES_MS = 30_000;
const log = logger('downloads');

/**
 * Tells the page once a second where a download stands, keeps its claim, and ends it when the person may not have the
 * file any more.
 */
export class DownloadProgress {
  /** Why it was ended from here; undefined when it was not. */
  reason: unknown;
  private readonly attempt = Date.now();
  private readonly controller = new AbortController();
  private run: FileRun | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly states: DownloadStates,
    private readonly download: Download,
    private readonly claim: DownloadClaim,
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(): void {
    this.controller.abort();
  }

  async begin(run: FileRun): Promise<void> {
    this.run = run;
    await this.write('running');
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, EVERY_MS).unref();
  }

  /** Never rejects, like `fail`. */
  async end(): Promise<void> {
    await this.stop();
    await this.write('done').catch(unstored);
  }

  /** Never rejects: the failure itself is what the caller reports. */
  async fail({ code, message, hint }: AppError): Promise<void> {
    await this.stop();
    await this.write('failed', { code, message, ...(hint === undefined ? {} : { hint }) }).catch(unstored);
  }

  private async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    try {
      // The statement has a time limit of its own; this one also ends a browser that takes nothing of the last bytes.
      const { exportTimeoutMs } = this.download.tenant.config.limits;
      if (Date.now() - this.attempt > exportTimeoutMs + LAST_BYTES_MS) throw tooSlow();
      await this.download.stillAllowed();
      await this.claim.renew();
      await this.write('running');
    } catch (error) {
      // While the state store is away nothing is known; the download goes on, and the next look asks again.
      if (error instanceof AppError && error.code === 'UNAVAILABLE') return;
      this.reason = error;
      this.abort();
      if (error instanceof AppError) this.run?.output.abort(error);
    }
  }

  private async write(state: DownloadStatus['state'], why: Partial<DownloadStatus> = {}): Promise<void> {
    const { tenant, link } = this.download;
    const { rows = 0, output } = this.run ?? {};
    const status = { attempt: this.attempt, state, rows, bytes: output?.bytes ?? 0, ...why };
    await this.states.write(tenant, link.id, link.subject, status);
  }
}

function unstored(error: unknown): void {
  log.warn({ err: error }, 'the state of a download was not stored');
}

function tooSlow(): AppError {
  return new AppError('TIMEOUT', 'The download took longer than an export may (EXPORT_TIMEOUT_MS).', {
    hint: 'Export fewer rows or columns, or ask an administrator to raise the limit.',
  });
}
