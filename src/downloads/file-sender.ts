import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { create as contentDisposition } from 'content-disposition';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import { QueryService } from '../database/query/query.service.js';
import { ExportEvents } from '../export/export-events.js';
import { ExportSlots } from '../export/export-slots.js';
import { MEDIA_TYPES } from '../export/file-format.js';
import { FileOutput } from '../export/file-output.js';
import { DownloadStates } from '../export/links/download-states.js';
import type { ExportLink } from '../export/links/export-link.js';
import { ExportLinks } from '../export/links/export-links.js';
import { makeRun } from '../export/make-run.js';
import { callerFacts } from '../http/caller-facts.js';
import { requestIdOf } from '../http/request-id.js';
import { type Download, gone } from './download.js';
import { DownloadProgress } from './download-progress.js';

const log = logger('downloads');

/**
 * Runs the statement of a link and sends its result while it arrives. When it fails before the first byte, the error is
 * thrown; later the connection is aborted, so that no browser takes the file for whole. Only a whole file uses the link.
 */
@Injectable()
export class FileSender {
  constructor(
    private readonly queries: QueryService,
    private readonly links: ExportLinks,
    private readonly states: DownloadStates,
    private readonly events: ExportEvents,
    private readonly slots: ExportSlots,
  ) {}

  async send(download: Download, req: Request, res: Response): Promise<void> {
    const { tenant, link } = download;
    // Without chunks, the end of the connection is the end of the file, and an aborted file would look whole.
    if (req.httpVersion === '1.0') throw oldHttp();
    const giveBack = this.slots.take(tenant, link.subject);
    try {
      const claim = await this.states.claim(tenant, link.id);
      if (claim === undefined) throw new AppError('TOO_MANY_REQUESTS', 'This file is being downloaded at this moment.');
      try {
        // Another request may have used the link between the caller's look and the claim.
        if ((await this.links.find(tenant, link.id)) === undefined) throw gone();
        await this.sendClaimed(download, new DownloadProgress(this.states, download, claim), req, res);
      } finally {
        await claim.release();
      }
    } finally {
      giveBack();
    }
  }

  private async sendClaimed(
    download: Download,
    progress: DownloadProgress,
    req: Request,
    res: Response,
  ): Promise<void> {
    const { tenant, link, principal } = download;
    const requestId = requestIdOf(req);
    await this.events.begun(tenant, link, { request_id: requestId, ...callerFacts(req) });
    const started = performance.now();
    const ending = () => ({ rows: run.rows, bytes: run.output.bytes, seconds: (performance.now() - started) / 1000 });
    const call = {
      ...{ tenant, principal, requestId, signal: progress.signal },
      report: this.events.statement.bind(this.events, tenant),
    };
    const { exportMaxBytes: maxBytes } = tenant.config.limits;
    const run = makeRun(link, call, new FileOutput(res, { maxBytes, onBegin: () => beginFile(res, link) }));
    res.once('close', () => progress.abort());
    if (res.destroyed) progress.abort();
    try {
      await progress.begin(run);
      const { sha256 } = await run.run(this.queries);
      // The file has left: what fails from here on is no failure of the download.
      await this.links.spend(tenant, link.id).catch(unspent);
      await progress.end();
      this.events.ended(tenant, link, requestId, { outcome: 'ok', ...ending(), sha256 });
    } catch (thrown) {
      const error = asAppError(progress.reason ?? thrown, requestId);
      const outcome = error.code === 'CANCELLED' ? 'cancelled' : 'error';
      this.events.ended(tenant, link, requestId, { outcome, error: error.code, ...ending() });
      await progress.fail(error);
      if (!res.headersSent) throw error;
      res.destroy();
    }
  }
}

function beginFile(res: Response, { fileName, format }: ExportLink): void {
  res.statusCode = 200;
  res.setHeader('Content-Type', MEDIA_TYPES[format]);
  res.setHeader('Content-Disposition', contentDisposition(fileName));
  res.setHeader('Content-Security-Policy', 'sandbox');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  // A proxy that stores or compresses the file would read faster than the person does.
  res.setHeader('Cache-Control', 'no-store, no-transform');
  res.setHeader('X-Accel-Buffering', 'no');
}

function unspent(error: unknown): void {
  log.error({ err: error }, 'a link was used and could not be removed; it ends by itself within 15 minutes');
}

function asAppError(error: unknown, requestId: string): AppError {
  if (error instanceof AppError && error.expose) return error;
  log.error({ err: error, request_id: requestId }, 'an export failed');
  return new AppError('INTERNAL', `The export failed unexpectedly (request ${requestId}); the log has the details.`, {
    expose: true,
    cause: error,
  });
}

function oldHttp(): AppError {
  return new AppError('BAD_REQUEST', 'Files need HTTP/1.1, and a proxy in front of this server used HTTP/1.0.', {
    hint: 'The administrator of the proxy has to set proxy_http_version 1.1.',
  });
}
