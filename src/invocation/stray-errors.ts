import { AsyncLocalStorage } from 'node:async_hooks';
import { logger } from '../common/log.js';

const log = logger('server');

/** The name of the running code, such as `tools/call top_customers`. Only the log reads it; no decision may depend on it. */
const running = new AsyncLocalStorage<string>();

/** Runs code under a name that the log shows when the code leaves an error that nobody catches. */
export function runNamed<T>(name: string, run: () => T): T {
  return running.run(name, run);
}

/**
 * Handles uncaught errors, which by default end the process at once together with all running calls. A rejected promise
 * that a tool, a resource or a prompt did not await is logged, and the server continues, because the code had finished
 * without it. Any other error leaves the process in an unknown state: it is logged, and `end` must end the process; the
 * exit code is 1.
 */
export function handleStrayErrors(end: () => void): void {
  let isEnding = false;
  const fail = (err: unknown): void => {
    process.exitCode = 1;
    log.fatal({ err, running: running.getStore() }, 'nobody caught an error; the server ends');
    if (isEnding) process.exit();
    isEnding = true;
    end();
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', err => {
    const name = running.getStore();
    if (name === undefined) return fail(err);
    log.error({ err, running: name }, 'a promise was rejected that this code did not await; the server goes on');
  });
}
