import type { RequestHandler } from 'express';
import { logger } from '../common/log.js';

const log = logger('http');

/**
 * One line a request, at LOG_LEVEL=DEBUG only: what came, what was answered, how long it took (ms), and whether the caller
 * stayed for it. Of the target the path alone, without what may be a secret in it: an interaction's id is one.
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
