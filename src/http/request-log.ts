import type { RequestHandler } from 'express';
import { logger } from '../common/log.js';

const log = logger('http');

/**
 * Logs one line for each request, at LOG_LEVEL=DEBUG only: method, path, status, duration (ms), and whether the whole
 * answer was sent. The path is logged without parts that may be secrets, such as the id of an interaction.
 */
export const requestLog: RequestHandler = (req, res, next) => {
  const started = performance.now();
  const { method } = req;
  const path = (req.originalUrl.split('?', 1)[0] ?? '').slice(0, 200).replace(/[\w-]{20,}/g, '…');
  res.once('close', () =>
    log.debug(
      {
        method,
        path,
        status: res.statusCode,
        whole: res.writableFinished,
        ms: Math.round(performance.now() - started),
      },
      'request',
    ),
  );
  next();
};
